import {parentPort, workerData} from 'node:worker_threads';
import {cellWidth} from '../../src/model/draw/width.ts';
import {describeFailure, FailureError} from '../../src/model/failure.ts';
import {bytesOf, mutated} from './mutate.ts';
import {Drawn} from './parser.ts';
import {parsers} from './parsers.ts';
import {Random} from './random.ts';
import {sharedOf, type Finding} from './watch.ts';

/** A step that takes longer holds up a key press for longer. */
const slowMs = 1000;
/** What a parser may leave behind after thousands of inputs. */
const grownBytes = 32 << 20;

interface Task {
  readonly buffer: SharedArrayBuffer;
  readonly seed: number;
  readonly seconds: number;
}

function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && 'buffer' in value && 'seed' in value && 'seconds' in value;
}

/** What is wrong with an answer, or null. */
function faultOf(answer: unknown): string | null {
  if (!(answer instanceof Drawn)) return null;
  const {rows, width} = answer;
  if (rows.some((row) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(row))) return 'a control character is drawn';
  const wide = rows.map(cellWidth).find((cells) => cells > width);
  return wide === undefined ? null : `${wide} cells in a row of ${width}`;
}

async function main(task: Task): Promise<void> {
  const {head, input} = sharedOf(task.buffer);
  const counts = new Map<string, number>();
  const found = new Set<string>();
  const post = (finding: Finding) => {
    // One input for each way to fail is enough.
    const kind = `${finding.parser}: ${finding.fault.replace(/\d+/g, 'N').slice(0, 80)}`;
    if (!found.has(kind)) parentPort?.postMessage(finding);
    found.add(kind);
  };
  const sliceMs = (task.seconds * 1000) / parsers.length;
  for (const [index, [parser, samples, parse]] of parsers.entries()) {
    // Each parser's inputs follow from the seed alone, however many others had.
    const random = new Random(task.seed + index * 7919);
    const until = performance.now() + sliceMs;
    let steps = 0;
    let settled = 0;
    while (performance.now() < until) {
      const text = mutated(samples, random);
      const bytes = bytesOf(text, random);
      const copy = Buffer.from(text).subarray(0, input.length);
      input.set(copy);
      head[1] = index;
      head[2] = copy.length;
      Atomics.add(head, 0, 1);
      // Of this thread's own work: a busy machine is no fault of a parser.
      const before = process.threadCpuUsage();
      try {
        const fault = faultOf(await parse(text, bytes));
        if (fault !== null) post({parser, fault, input: copy});
      } catch (error) {
        const fault =
          error instanceof FailureError ? faultOf(new Drawn([describeFailure(error.failure)])) : String(error);
        const where =
          error instanceof Error ? (error.stack?.split('\n').find((line) => line.includes('/src/')) ?? '') : '';
        if (fault !== null) post({parser, fault: `${fault.slice(0, 200)} ${where.trim()}`, input: copy});
      }
      const {user, system} = process.threadCpuUsage(before);
      const tookMs = (user + system) / 1000;
      Atomics.add(head, 0, 1);
      if (tookMs > slowMs) post({parser, fault: `took ${Math.round(tookMs)} ms`, input: copy});
      steps += 1;
      // What is kept once (tables, compiled code) is there after the first inputs.
      if (steps === 50) {
        global.gc?.();
        settled = process.memoryUsage().heapUsed;
      }
    }
    counts.set(parser, steps);
    global.gc?.();
    const grown = process.memoryUsage().heapUsed - settled;
    if (settled > 0 && grown > grownBytes) {
      post({parser, fault: `the heap grew by ${grown >> 20} MB in ${steps} inputs`, input: new Uint8Array()});
    }
  }
  parentPort?.postMessage({counts});
}

const task: unknown = workerData;
if (isTask(task)) await main(task);
