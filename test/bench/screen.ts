// What the screen costs as a user meets it: the built program with its demo in a real pseudo-terminal of 120×40.
import {readFileSync} from 'node:fs';
import {nodeBinary, TerminalProgram} from '../e2e/terminal.ts';

const runs = 9;
const settleS = 15;
const idleS = 30;
const ticksPerSecond = 100;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const say = (what: string, figure: string, note: string) =>
  process.stdout.write(`${what.padEnd(28)}${figure.padStart(12)}   ${note}\n`);

/** Milliseconds from the start of a program until it has written something that matches. */
async function msUntil(start: () => TerminalProgram, pattern: RegExp): Promise<number> {
  const began = performance.now();
  const program = start();
  while (!pattern.test(program.raw)) await new Promise((resolve) => setTimeout(resolve, 1));
  const took = performance.now() - began;
  await program.dispose();
  return took;
}

const bare: number[] = [];
const firstFrame: number[] = [];
for (let run = 0; run < runs; run += 1) {
  bare.push(await msUntil(() => new TerminalProgram(nodeBinary, ['-e', 'process.stdout.write("ready")']), /ready/));
  // The status line is the last row of a frame.
  firstFrame.push(await msUntil(() => TerminalProgram.ktop(['--demo']), /\? help/));
}
const [bareMs, firstFrameMs] = [median(bare), median(firstFrame)];
say('bare node, first byte', `${bareMs.toFixed(0)} ms`, `median of ${runs}`);
say(
  'ktop --demo, first frame',
  `${firstFrameMs.toFixed(0)} ms`,
  `${(firstFrameMs / bareMs).toFixed(1)} × bare node; bar 400 ms`,
);

/** Processor time of a process so far, in milliseconds. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
const framesIn = (raw: string) => raw.split('\x1b[?2026h').length - 1;

const ktop = TerminalProgram.ktop(['--demo']);
await new Promise((resolve) => setTimeout(resolve, settleS * 1000));
const began = {ms: performance.now(), cpu: cpuMs(ktop.pid), bytes: ktop.raw.length};
const resident: number[] = [];
for (let second = 0; second < idleS; second += 1) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  resident.push(residentMb(ktop.pid));
}
const seconds = (performance.now() - began.ms) / 1000;
const percent = (cpuMs(ktop.pid) - began.cpu) / seconds / 10;
const frames = framesIn(ktop.raw.slice(began.bytes)) / seconds;
const children = ktop.children.length;
say('idle demo, processor', `${percent.toFixed(2)} %`, `of a core over ${idleS} s after ${settleS} s; bar 3 %`);
say(
  'idle demo, memory',
  `${Math.max(...resident).toFixed(0)} MB`,
  `resident, the most seen; bar 130 MB; ${children} child processes`,
);
say(
  'idle demo, frames',
  `${frames.toFixed(2)} /s`,
  `${((percent * 10) / frames).toFixed(1)} ms of processor each, all else included`,
);
say('idle demo, output', `${((ktop.raw.length - began.bytes) / seconds).toFixed(0)} B/s`, '');
await ktop.dispose();
