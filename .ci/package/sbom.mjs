// The bill of materials: npm's own CycloneDX, of what is in the bundle and nothing that only builds it.
import {execFileSync} from 'node:child_process';

/** The CycloneDX document as text, the same for the same lock file: without the time and number that npm draws. */
export function billOfMaterials(packages) {
  const document = JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {encoding: 'utf8', maxBuffer: 1 << 26}),
  );
  const bundled = new Set(packages.map(({name, version}) => `${name}@${version}`));
  const kept = document.components.filter(({name, group, version}) =>
    bundled.has(`${fullName(group, name)}@${version}`),
  );
  const missing = bundled.size - kept.length;
  if (missing !== 0) throw new Error(`npm sbom lacks ${missing} of the ${bundled.size} packages that are bundled`);
  const refs = new Set(kept.map((component) => component['bom-ref']));
  const {serialNumber: _number, ...rest} = document;
  const {timestamp: _time, ...metadata} = document.metadata;
  metadata.component = {...metadata.component, type: 'application', name: 'ktop'};
  const own = metadata.component['bom-ref'];
  const dependencies = [
    {ref: own, dependsOn: [...refs]},
    ...document.dependencies
      .filter(({ref}) => refs.has(ref))
      .map(({ref, dependsOn = []}) => ({ref, dependsOn: dependsOn.filter((other) => refs.has(other))})),
  ];
  const components = kept.map((component) => ({...component, scope: 'required'}));
  return `${JSON.stringify({...rest, metadata, components, dependencies}, null, 2)}\n`;
}

function fullName(group, name) {
  return group === undefined || name.startsWith(group) ? name : `${group}/${name}`;
}
