import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {ktopBinary, nodeBinary, TerminalProgram} from './terminal.ts';

// However ktop ends, the terminal is given back as it was. Seen from a shell in the same terminal.
let shell: TerminalProgram;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ktop-e2e-'));
  shell = TerminalProgram.shell();
  await shell.waitFor('prompt> ');
});
afterEach(async () => {
  await shell.dispose();
  rmSync(directory, {recursive: true});
});

const running = 'journal';

/** Starts the demo from the shell and returns its process. */
async function startDemo(nodeFlags = ''): Promise<number> {
  shell.type(`clear; ${nodeBinary} ${nodeFlags} ${ktopBinary} --demo\r`);
  await shell.waitFor((screen) => screen.modes.alternateScreen && screen.text.includes(running));
  const [pid] = shell.children;
  if (pid === undefined) throw new Error('ktop is not a child of the shell');
  return pid;
}

async function expectCleanTerminal(): Promise<void> {
  await shell.waitFor('prompt> ');
  // Marked, so that the echo of the command line is not taken for its output.
  shell.type('clear; stty -a; echo end-of-"settings"\r');
  await shell.waitFor('end-of-settings');
  const settings = shell.text.split(/[\s;]+/);
  expect(settings).toEqual(expect.arrayContaining(['icanon', 'echo', 'isig', 'icrnl', 'opost']));
  expect(shell.modes).toMatchObject({alternateScreen: false, cursorHidden: false, mouse: false});
}

async function exitCode(): Promise<number> {
  await shell.waitFor((screen) => !screen.modes.alternateScreen && screen.text.includes('prompt> '));
  shell.type('echo exit-"code"=$?\r');
  await shell.waitFor(/exit-code=\d+/);
  return Number(/exit-code=(\d+)/.exec(shell.text)?.[1]);
}

test('q and ctrl-C quit with 0', async () => {
  for (const key of ['q', 'ctrl+c']) {
    await startDemo();
    shell.press(key);
    expect(await exitCode(), key).toBe(0);
    await expectCleanTerminal();
  }
});

describe.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
] as const)('%s', (signal, code) => {
  test(`ends it with ${code} and gives the terminal back`, async () => {
    const pid = await startDemo();
    process.kill(pid, signal);
    expect(await exitCode()).toBe(code);
    await expectCleanTerminal();
  });
});

const exception = "throw new Error('the bomb went off');";
test.each([
  ['SIGTERM', 143, '', null],
  ['SIGHUP', 129, '', null],
  ['SIGUSR2', 1, `setImmediate(() => { ${exception} })`, 'the bomb went off'],
  // Asked for by what draws the time axis, and by nothing else.
  ['SIGUSR2', 1, `Date.prototype.getTimezoneOffset = () => { ${exception} }`, 'the bomb went off'],
] as const)(
  '%s, %d: every mode of the terminal is given back, with no shell to mend it (%s)',
  async (signal, code, on, says) => {
    const bomb = join(directory, 'bomb.mjs');
    writeFileSync(bomb, on === '' ? '' : `process.on('SIGUSR2', () => { ${on} });`);
    const alone = new TerminalProgram(nodeBinary, ['--import', bomb, ktopBinary, '--demo']);
    try {
      await alone.waitFor(
        ({modes, text}) =>
          text.includes(running) && modes.alternateScreen && modes.bracketedPaste && modes.cursorHidden,
      );
      alone.kill(signal);
      expect((await alone.end()).code).toBe(code);
      expect(alone.modes).toEqual({
        alternateScreen: false,
        cursorHidden: false,
        bracketedPaste: false,
        autowrap: true,
        mouse: false,
      });
      if (says !== null) expect(alone.text).toContain(says);
    } finally {
      await alone.dispose();
    }
  },
);

test('an exception ends it with 1, and its message stays readable', async () => {
  const bomb = join(directory, 'bomb.mjs');
  writeFileSync(bomb, "process.on('SIGUSR2', () => setImmediate(() => { throw new Error('the bomb went off'); }));");
  const pid = await startDemo(`--import ${bomb}`);
  process.kill(pid, 'SIGUSR2');
  await shell.waitFor('the bomb went off');
  expect(await exitCode()).toBe(1);
  await expectCleanTerminal();
});

test('ctrl-Z gives the shell its terminal, fg brings the screen back', async () => {
  await startDemo();
  shell.press('ctrl+z');
  await shell.waitFor(/Stopped.*prompt> /s);
  await expectCleanTerminal();
  shell.type('clear; fg\r');
  await shell.waitFor((screen) => screen.modes.alternateScreen && screen.text.includes(running));
  shell.press('q');
  expect(await exitCode()).toBe(0);
  await expectCleanTerminal();
});

test('without a terminal it says so and names the other face', async () => {
  shell.type(`${nodeBinary} ${ktopBinary} --demo | cat\r`);
  await shell.waitFor('standard output is not a terminal; for scripts use: ktop --output jsonl');
  shell.type(`clear; ${nodeBinary} ${ktopBinary} --demo </dev/null\r`);
  await shell.waitFor('standard input is not a terminal');
});

test('--for ends the screen, too, and gives the terminal back', async () => {
  shell.type(`clear; ${nodeBinary} ${ktopBinary} --demo --for 4s\r`);
  await shell.waitFor((screen) => screen.modes.alternateScreen && screen.text.includes(running));
  expect(await exitCode()).toBe(0);
  await expectCleanTerminal();
});

test('a reader of its lines that goes away ends it, however long it was to run', async () => {
  shell.type(`clear; ${nodeBinary} ${ktopBinary} --demo --output jsonl --for 1h | head -n 1 | cut -c1-9\r`);
  await shell.waitFor(/{"type":"\nprompt>/);
});

test('a command on a host that always closes the connection ends, and says that nothing was changed', async () => {
  const ssh = join(directory, 'ssh');
  writeFileSync(ssh, '#!/bin/sh\necho "kex_exchange_identification: Connection closed \x1b]0;x\x07" >&2; exit 255\n');
  chmodSync(ssh, 0o755);
  shell.type(`clear; PATH=${directory}:$PATH ${nodeBinary} ${ktopBinary} restart --yes --ssh h; echo exit-"code"=$?\r`);
  await shell.waitFor('gave up after 3 tries to reach the node; nothing was changed');
  await shell.waitFor('exit-code=2');
});

test('a reader of its lines that stands still does not keep it from ending in time', async () => {
  const ktop = `${nodeBinary} ${ktopBinary} --demo --output jsonl --for 3s`;
  shell.type(`clear; (${ktop}; echo ended-"with"=$? >/dev/tty) | sleep 3600\r`);
  await shell.waitFor('ended-with=0');
  shell.press('ctrl+c');
});
