import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {record, restartS, startS} from './recorded.ts';
import {TerminalProgram, type TerminalOptions} from './terminal.ts';

// A recording that is played back in a real terminal.
let folder: string;
let ktop: TerminalProgram | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktop-played-'));
});
afterEach(async () => {
  await ktop?.dispose();
  ktop = undefined;
  rmSync(folder, {recursive: true});
});

function play(args: readonly string[], options: TerminalOptions = {}): TerminalProgram {
  ktop = TerminalProgram.ktop(['replay', folder, ...args], options);
  return ktop;
}

/** How far into the recording the screen is, in seconds, by the clock of its status line. */
function atS({text}: TerminalProgram): number {
  const clock = /^recording .* (\d\d):(\d\d):(\d\d) ·/m.exec(text)?.slice(1).map(Number) ?? [];
  const start = new Date(startS * 1000);
  const [h = NaN, m = NaN, s = NaN] = clock;
  return (h - start.getHours()) * 3600 + (m - start.getMinutes()) * 60 + s - start.getSeconds();
}

const isAt =
  (seconds: number) =>
  (screen: TerminalProgram): boolean =>
    screen.text.includes('paused') && Math.abs(atS(screen) - seconds) <= 1;

test('is played, paused and gone through by ticks, lines, matches and restarts, and gives the terminal back', async () => {
  record(folder);
  const screen = play(['--pod', 'cpuload'], {columns: 100, rows: 30});
  await screen.waitFor(/^recording .*playing/m);
  screen.press('space');
  await screen.waitFor('paused');

  // Forth and back by the restart, the ticks around it, the lines around those.
  screen.press('}');
  await screen.waitFor(isAt(restartS));
  screen.press(',');
  await screen.waitFor(isAt(60));
  screen.press('.');
  await screen.waitFor(isAt(72));
  screen.press('J');
  await screen.waitFor(isAt(75));
  await screen.waitFor('hay number 14');
  expect(screen.text).not.toContain('number 16');
  screen.press('K');
  await screen.waitFor(isAt(70));

  // The time bar shows all of it, and what is filtered besides.
  expect(screen.text).toMatch(/━.*┴.*R.*●.*─.*┴/);
  screen.press('/');
  await screen.waitFor('filter /');
  screen.type('needle').press('enter');
  await screen.waitFor(/━.*▪.*●.*▪/);
  screen.press(']');
  await screen.waitFor(isAt(75));
  screen.press('0');
  await screen.waitFor(isAt(0));
  screen.press('g');
  await screen.waitFor(/^go to/m);
  screen.type('+1m').press('enter');
  await screen.waitFor(isAt(60));

  // A node that there is not cannot be restarted, whatever the key.
  screen.press('r');
  await screen.waitFor('this is a recording');
  screen.resize(60, 15);
  await screen.waitFor((now) => now.lines.at(-1) !== '' && now.text.includes('●'));
  screen.press('q');
  expect(await screen.end()).toMatchObject({code: 0});
  expect(screen.modes).toEqual({
    alternateScreen: false,
    cursorHidden: false,
    bracketedPaste: false,
    autowrap: true,
    mouse: false,
  });
});

test('names the keys that the user has, in hints inside of it too', async () => {
  record(folder);
  const config = join(folder, 'config');
  mkdirSync(join(config, 'ktop'), {recursive: true});
  writeFileSync(join(config, 'ktop', 'config.yaml'), 'keys:\n  pods: H\n  replay.play: Y\n');
  const screen = play(['--pod', 'nobody'], {env: {XDG_CONFIG_HOME: config}});
  await screen.waitFor(/Y pause/);
  await screen.waitFor('no such pod yet: nobody (H shows what there is)');
});

test('of an empty folder, or one without an answer, it is said what is missing', async () => {
  const screen = play([]);
  expect(await screen.end()).toMatchObject({code: 2});
  expect(screen.text).toMatch(/polls\.jsonl[^]*--record/);
});
