// What the bundle holds of others, told from the bundler's own account of it: a licence asks to come along with the code.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {RolldownOutput} from 'rolldown';

/** A package of which something was bundled; `license` as its package.json names it. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  readonly folder: string;
}

/** The packages of which anything was bundled, by name. */
export function bundledPackages(output: RolldownOutput['output']): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const chunk of output) {
    if (chunk.type !== 'chunk') continue;
    for (const [path, {renderedLength}] of Object.entries(chunk.modules)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && renderedLength > 0) folders.add(folder);
    }
  }
  const packages = [...folders].map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as BundledPackage;
    return {name: manifest.name, version: manifest.version, license: manifest.license, folder};
  });
  const title = ({name, version}: BundledPackage) => `${name} ${version}`;
  return packages.sort((a, b) => (title(a) < title(b) ? -1 : 1));
}

/** One text with the licence of each, as the package itself words it; fails on one that has none. */
export function licenceText(packages: readonly BundledPackage[]): string {
  const sections = packages.map(({name, version, license, folder}) => {
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    if (file === undefined && license === undefined) throw new Error(`${name} tells no licence`);
    // Some name it in package.json only.
    const text = file === undefined ? `${license}\n` : readFileSync(join(folder, file), 'utf8');
    const title = `${name} ${version}`;
    return `${title}\n${'-'.repeat(title.length)}\n${text.trim()}\n`;
  });
  return `The programs bundled in dist/, and their licences.\n\n${sections.join('\n\n')}`;
}
