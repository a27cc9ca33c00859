// What it costs to go to a moment of an hour that was recorded on a full node: 110 pods with a container each, 50 000 lines.
import {playerOf, settle, syntheticTape, t0} from '../session/played.ts';
import {seeded} from '../model/housekeeping/synthetic-cgroup.ts';

const durationMs = 3_600_000;
const shape = {seed: 2, pods: 110, durationMs, lines: 50_000, pollMs: 2500, restartMs: 1_900_000};
const heapBefore = process.memoryUsage().heapUsed;
const tape = syntheticTape(shape);
const played = playerOf(tape, ['--pod', 'load-1'], () => performance.now());
const {player, models} = played;
print(
  'all states folded once, behind the screen',
  timed(() => undefined),
);

const random = seeded(3);
const seeks: number[] = [];
const steps: number[] = [];
for (let i = 0; i < 60; i += 1) {
  seeks.push(timed(() => player.goToMoment(t0 + 60_000 + random() * (durationMs - 60_000))));
  steps.push(timed(() => player.go('tick', -1)));
  steps.push(timed(() => player.go('line', -1)));
}
quantiles('to a random moment, with the first frame (bar: 200 ms)', seeks);
quantiles('to the tick and to the line before', steps);
process.stdout.write(
  `the tape says ${mega(tape.bytes)}; the heap grew by ${mega(process.memoryUsage().heapUsed - heapBefore)}\n`,
);

/** The processor's time of this thread from the key to the picture, in however many steps: others share the machine. */
function timed(act: () => unknown): number {
  const before = process.threadCpuUsage();
  act();
  settle(played);
  draw();
  const {user, system} = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** What a frame of 120 × 40 cells asks the models. */
function draw(): void {
  const {now} = player;
  models.cpu.view({width: 66, height: 17}, {now, unicode: true, utcOffsetMs: 0});
  models.housekeeping.view({width: 53, height: 17}, now, true);
  models.journal.view({width: 120, height: 19});
}

function quantiles(what: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(0);
  process.stdout.write(`${what}: half ${at(0.5)} ms, 95 % ${at(0.95)} ms, all ${at(1)} ms\n`);
}

function print(what: string, ms: number): void {
  process.stdout.write(`${what}: ${ms.toFixed(0)} ms\n`);
}

function mega(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
