import {spawn, execFileSync} from 'node:child_process';
import {closeSync, constants, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {ktopBinary, nodeBinary} from './terminal.ts';

let directory = '';
const ends: (() => void)[] = [];
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ktop-stuck-'))));
afterEach(() => {
  for (const end of ends.splice(0)) end();
  rmSync(directory, {recursive: true});
});

/** A pipe that is full, and whose reader reads nothing before it is told to. */
function stuckPipe(name: string) {
  const path = join(directory, name);
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  ends.push(() => closeSync(reader));
  const filling = Buffer.alloc(4096, '\n');
  const bytes = Buffer.alloc(1 << 16);
  const isStuck = (move: () => number) => {
    try {
      return move() === 0;
    } catch {
      return true;
    }
  };
  while (!isStuck(() => writeSync(writer, filling))) continue;
  let text = '';
  return {
    writer,
    /** What has come so far, after what is in it was taken. */
    read: () => {
      let count = 0;
      while (!isStuck(() => (count = readSync(reader, bytes)))) text += bytes.toString('utf8', 0, count);
      return text;
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Starts ktop with the pipe for both of its outputs. */
function ktop(pipe: ReturnType<typeof stuckPipe>, ...args: readonly string[]) {
  const child = spawn(nodeBinary, [ktopBinary, ...args], {
    stdio: ['ignore', pipe.writer, pipe.writer],
    env: {...process.env, HOME: directory, XDG_CONFIG_HOME: directory, XDG_STATE_HOME: directory},
  });
  closeSync(pipe.writer);
  ends.push(() => void child.kill('SIGKILL'));
  const run = {code: null as number | null, ended: new Promise<number | null>((resolve) => child.on('exit', resolve))};
  void run.ended.then((code) => (run.code = code));
  return {child, run};
}

test('a reader that reads nothing holds back no stream and no action, and a list is held until it is read', async () => {
  const pipes = {list: stuckPipe('list'), stream: stuckPipe('stream'), action: stuckPipe('action')};
  const list = ktop(pipes.list, '--help');
  const stream = ktop(pipes.stream, '--demo', '--output', 'jsonl', '--for', '1s');
  const action = ktop(pipes.action, 'restart', '--demo', '--yes');
  expect(await Promise.all([stream.run.ended, action.run.ended])).toEqual([0, 0]);
  // It is of use only whole, and so still there.
  expect([list.child.exitCode, list.child.signalCode]).toEqual([null, null]);
  await until(() => {
    pipes.list.read();
    return list.run.code !== null;
  });
  const whole = execFileSync(nodeBinary, [ktopBinary, '--help']).toString();
  expect([pipes.list.read().trimStart(), list.run.code]).toEqual([whole.trimStart(), 0]);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s ends a stream whose reader reads nothing with %i', async (signal, code) => {
  const pipe = stuckPipe('stream');
  const recording = join(directory, 'recording');
  const {child, run} = ktop(pipe, '--demo', '--output', 'jsonl', '--record', recording);
  // That it watches is seen from what it records: of what it prints nothing comes through.
  await until(() => existsSync(join(recording, 'polls.jsonl.gz')));
  child.kill(signal);
  expect(await run.ended).toBe(code);
});
