// `npm run package [npm|x64|arm64|deb|krew]…`: what a release consists of, in build/. All of it where nothing is named.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buildDist} from './bundle.ts';
import {type DebParts, buildDeb, debName, licencesOf, sourceTime} from './deb.ts';
import {krewArchive, krewManifest} from './krew.ts';
import {architectures, type Architecture} from './node-binary.ts';
import {billOfMaterials} from './sbom.ts';
import {buildSingleFile} from './single-file.ts';

const project = join(import.meta.dirname, '..', '..');
const target = join(project, 'build');
const {version, description} = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Record<
  'version' | 'description',
  string
>;
const parts: readonly string[] = ['npm', 'deb', 'krew', ...architectures];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : parts;
const unknown = wanted.filter((name) => !parts.includes(name));
if (unknown.length > 0) {
  console.error(`npm run package: no such part: ${unknown.join(', ')}; there are ${parts.join(', ')}`);
  process.exit(2);
}

process.chdir(project);
mkdirSync(target, {recursive: true});
const sbom = billOfMaterials(await buildDist());
writeFileSync(join(target, 'ktop.cdx.json'), sbom);
told('ktop.cdx.json');

if (wanted.includes('npm')) {
  // Without scripts: dist/ was just made.
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', target], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  told(`ktop-${version}.tgz`);
}
// The packages for Debian and krew hold the single file.
const chosen = architectures.filter((arch) => wanted.includes(arch));
const machines = chosen.length > 0 ? chosen : architectures;
const hold = ['deb', 'krew', ...architectures].some((part) => wanted.includes(part));
for (const arch of hold ? machines : []) {
  rmSync(single(arch), {force: true});
  buildSingleFile(arch, single(arch));
  told(`ktop-linux-${arch}`);
}
if (wanted.includes('deb')) {
  for (const arch of machines) {
    const output = join(target, debName(version, arch));
    buildDeb({version, description, arch, executable: single(arch), texts: texts(), time: sourceTime(project), output});
    told(debName(version, arch));
  }
}

if (wanted.includes('krew')) {
  const archives = Object.fromEntries(machines.map((arch) => [arch, krewArchive(single(arch), sourceTime(project))]));
  for (const [arch, bytes] of Object.entries(archives)) {
    writeFileSync(join(target, `ktop-linux-${arch}.tar.gz`), bytes);
    told(`ktop-linux-${arch}.tar.gz`);
  }
  writeFileSync(join(target, 'kubelet-top.yaml'), krewManifest(version, archives));
  told('kubelet-top.yaml');
}

function single(arch: Architecture): string {
  return join(target, `ktop-linux-${arch}`);
}

function texts(): DebParts['texts'] {
  const ktop = (...args: readonly string[]) =>
    execFileSync(process.execPath, ['bin/ktop.js', ...args], {encoding: 'utf8'});
  return {
    man: readFileSync('dist/ktop.1', 'utf8'),
    bash: ktop('completion', 'bash'),
    zsh: ktop('completion', 'zsh'),
    fish: ktop('completion', 'fish'),
    licences: licencesOf(project, readFileSync('dist/LICENCES.txt', 'utf8')),
    sbom,
  };
}

function told(name: string): void {
  const bytes = readFileSync(join(target, name)).length;
  console.log(`build/${name}  ${(bytes / 1e6).toFixed(1)} MB`);
}
