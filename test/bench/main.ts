// `npm run bench [NAME…]`: runs every bench of this folder (or the named ones), one after the other, each in its own
// process. A bench prints its figures with the bar beside them; nothing here fails a build, because machines differ.
import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {cpus} from 'node:os';
import {basename, join} from 'node:path';

const wanted = process.argv.slice(2);
const benches = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => basename(file, '.ts'))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .sort();
if (benches.length === 0) {
  process.stderr.write(`no such bench: ${wanted.join(', ')}\n`);
  process.exitCode = 2;
}
process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
for (const name of benches) {
  process.stdout.write(`\n== ${name}\n`);
  const {status} = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {stdio: 'inherit'});
  if (status !== 0) process.exitCode = 1;
}
