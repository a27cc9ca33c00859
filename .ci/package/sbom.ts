// The bill of materials: npm's own CycloneDX, of what is in the bundle and nothing that only builds it.
import {execFileSync} from 'node:child_process';
import type {BundledPackage} from './licences.ts';

interface Document {
  serialNumber?: string;
  metadata: {timestamp?: string; component: {'bom-ref': string; type: string; name: string}};
  components: {'bom-ref': string; name: string; version: string; scope: string}[];
  dependencies: {ref: string; dependsOn?: string[]}[];
}

/** The CycloneDX document as text, the same for the same lock file: without the time and the number that npm draws. */
export function billOfMaterials(packages: readonly BundledPackage[]): string {
  const told = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {encoding: 'utf8', maxBuffer: 1 << 26});
  const document = JSON.parse(told) as Document;
  const bundled = new Set(packages.map(({name, version}) => `${name}@${version}`));
  const components = document.components
    .filter(({name, version}) => bundled.has(`${name}@${version}`))
    .map((component) => ({...component, scope: 'required'}));
  const missing = bundled.size - components.length;
  if (missing !== 0) throw new Error(`npm sbom lacks ${missing} of the ${bundled.size} packages that are bundled`);

  const refs = new Set(components.map((component) => component['bom-ref']));
  const component = {...document.metadata.component, type: 'application', name: 'ktop'};
  const dependencies = [
    {ref: component['bom-ref'], dependsOn: [...refs]},
    ...document.dependencies
      .filter(({ref}) => refs.has(ref))
      .map(({ref, dependsOn = []}) => ({ref, dependsOn: dependsOn.filter((other) => refs.has(other))})),
  ];
  const metadata = {...document.metadata, component};
  delete metadata.timestamp;
  const bill = {...document, metadata, components, dependencies};
  delete bill.serialNumber;
  return `${JSON.stringify(bill, null, 2)}\n`;
}
