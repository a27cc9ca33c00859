// What the bundle holds of others, told from esbuild's own account of it: a licence asks to come along with the code.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * The packages of which anything was bundled, by name: `{name, version, folder}`.
 * @param {import('esbuild').Metafile} metafile
 */
export function bundledPackages(metafile) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, {bytesInOutput}] of Object.entries(output.inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const packages = [...folders].map((folder) => {
    const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return {name, version, license, folder};
  });
  return packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** One text with the licence of each, as the package itself words it; fails on one that has none. */
export function licenceText(packages) {
  const sections = packages.map(({name, version, license, folder}) => {
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    if (file === undefined && license === undefined) throw new Error(`${name} tells no licence`);
    // Some name it in package.json only.
    const text = file === undefined ? `${license}\n` : readFileSync(join(folder, file), 'utf8');
    return `${name} ${version}\n${'-'.repeat(name.length + version.length + 1)}\n${text.trim()}\n`;
  });
  return `The programs bundled in dist/, and their licences.\n\n${sections.join('\n\n')}`;
}
