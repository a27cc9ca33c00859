import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import {parsers} from './parsers.ts';
import {inputBytes, sharedOf, type Finding} from './watch.ts';

// Gives every parser of outside text mutated inputs: `npm run fuzz`, FUZZ_SECONDS (300) for all together, FUZZ_SEED to
// have the same inputs again. Exit code 1 where one throws what it does not declare, takes over a second, draws a
// control character or keeps memory. The inputs that did it are kept in a temporary folder.

/** A step that is not back after so long never will be. */
const hangMs = 10_000;

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_007);
const seconds = Number(process.env.FUZZ_SECONDS ?? 300);
const folder = mkdtempSync(join(tmpdir(), 'ktop-fuzz-'));
const buffer = new SharedArrayBuffer(12 + inputBytes);
const {head, input} = sharedOf(buffer);
process.stdout.write(`FUZZ_SEED=${seed} FUZZ_SECONDS=${seconds}, ${parsers.length} parsers, findings in ${folder}\n`);

let findings = 0;
function keep({parser, fault, input: bytes}: Finding): void {
  findings += 1;
  const path = join(folder, `${findings}-${parser.replace(/\W+/g, '-')}`);
  writeFileSync(path, bytes);
  const shape = JSON.stringify(Buffer.from(bytes.subarray(0, 60)).toString('latin1')).replace(/[^\x20-\x7e]/g, '?');
  process.stdout.write(`FOUND ${parser}: ${JSON.stringify(fault)}\n  ${bytes.length} bytes, ${shape}… in ${path}\n`);
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), {workerData: {buffer, seed, seconds}});
const ended = Promise.withResolvers<null>();
worker.on('message', (message: Finding | {readonly counts: ReadonlyMap<string, number>}) => {
  if ('parser' in message) return keep(message);
  const counts = [...message.counts].map(([parser, steps]) => `${parser} ${steps}`);
  process.stdout.write(`inputs: ${counts.join(', ')}\n`);
});
worker.on('error', (error: unknown) => {
  keep({parser: parsers[head[1] ?? 0]?.[0] ?? '?', fault: `ended the thread: ${String(error)}`, input: current()});
});
worker.on('exit', () => ended.resolve(null));

const current = () => Uint8Array.from(input.subarray(0, head[2]));
let [lastStep, since] = [0, performance.now()];
const watch = setInterval(() => {
  const step = Atomics.load(head, 0);
  if (step !== lastStep) [lastStep, since] = [step, performance.now()];
  else if (step % 2 === 1 && performance.now() - since > hangMs) {
    keep({parser: parsers[head[1] ?? 0]?.[0] ?? '?', fault: `hangs for over ${hangMs / 1000} s`, input: current()});
    void worker.terminate();
  }
}, 500);
await ended.promise;
clearInterval(watch);
process.stdout.write(findings === 0 ? 'nothing found\n' : `${findings} found, again with FUZZ_SEED=${seed}\n`);
process.exitCode = findings === 0 ? 0 : 1;
