import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {paletteOf, type PaletteName} from '../../src/components/palettes.ts';
import {record} from './recorded.ts';
import {ktopBinary, nodeBinary, project} from './terminal.ts';

const missing = spawnSync('tmux', ['-V']).error !== undefined;
const sizes = ['200x50', '120x40', '80x24', '60x15'] as const;
const themes: readonly (readonly [theme: string, palette: PaletteName])[] = [
  ['dark', 'dark'],
  ['light', 'light'],
  ['solarized', 'solarized-dark'],
  ['mono', 'mono'],
  ['auto', 'dark'],
];

let server = '';
const tmux = (...args: readonly string[]) =>
  execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], {encoding: 'utf8', cwd: project});
const pane = (...how: readonly string[]) => tmux('capture-pane', '-p', ...how, '-t', 'ktop');

/** The colours that a captured pane uses, as a palette names them, or as the terminal numbers them. */
function coloursIn(captured: string): Set<string> {
  const found = new Set<string>();
  for (const [, codes = ''] of captured.matchAll(/\x1b\[([\d;]*)m/g)) {
    for (const [, index] of codes.matchAll(/[34]8;5;(\d+)/g)) found.add(`ansi256(${index})`);
    for (const [code] of codes.replaceAll(/[34]8;5;\d+/g, '').matchAll(/\b(?:[349]|10)[0-7]\b/g)) found.add(code);
  }
  return found;
}

// One state of a recording, in the real tmux, in each theme and at each size.
describe.skipIf(missing)('in tmux', () => {
  let folder = '';
  /** What the first theme showed at each size. */
  const seen = new Map<string, string>();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ktop-themes-'));
    record(folder);
  });
  afterEach(() => void spawnSync('tmux', ['-L', server, 'kill-server']));
  afterAll(() => rmSync(folder, {recursive: true}));

  test.each(themes)('the theme %s colours every size, and changes no word', async (theme, palette) => {
    server = `ktop-themes-${process.pid}-${theme}`;
    const {series, ...roles} = paletteOf(palette, 'many');
    const allowed = new Set([...Object.values(roles), ...series].filter((colour) => colour !== undefined));
    const words = ['env', '-u', 'CI', '-u', 'NO_COLOR', nodeBinary, ktopBinary, 'replay', folder, '--pod', 'cpuload'];
    const command = [...words, '--theme', theme].join(' ');
    // Each second theme comes to a size from the other side: what a larger or smaller screen left behind would differ.
    const order: readonly string[] =
      themes.findIndex(([name]) => name === theme) % 2 === 0 ? sizes : sizes.toReversed();
    const [columns = '', rows = ''] = order[0]?.split('x') ?? [];
    const plain = ['-e', `XDG_CONFIG_HOME=${folder}`, '-e', 'LANG=C.UTF-8'];
    const options = ['set-option', '-g', 'status', 'off', ';', 'set-option', '-g', 'default-terminal', 'tmux-256color'];
    const session = ['new-session', '-d', '-s', 'ktop', ...plain, '-x', columns, '-y', rows, command];
    tmux('start-server', ';', ...options, ';', ...session);
    await expect.poll(() => pane(), {timeout: 20_000}).toContain('playing');
    tmux('send-keys', '-t', 'ktop', 'Space');
    await expect.poll(() => pane(), {timeout: 10_000}).toContain('paused');
    tmux('send-keys', '-t', 'ktop', '}');
    await expect.poll(() => pane(), {timeout: 10_000}).toContain('number 13');
    for (const size of order) {
      const [width = 0, height = 0] = size.split('x').map(Number);
      tmux('resize-window', '-t', 'ktop', '-x', String(width), '-y', String(height));
      const whole = () => {
        const text = pane();
        const lines = text.split('\n').slice(0, height);
        return {
          isWide: lines.find((line) => line.startsWith('─ journal '))?.length === width,
          isHigh: (lines.at(-1) ?? '') !== '',
          isPaused: text.includes('paused'),
          panes: /─ cpu [^]*─ journal /.test(text),
          same: text === (seen.get(size) ?? text),
        };
      };
      await expect
        .poll(whole, {timeout: 10_000, message: size})
        .toEqual({isWide: true, isHigh: true, isPaused: true, panes: true, same: true});
      seen.set(size, pane());
      const others = [...coloursIn(pane('-e'))].filter((colour) => !allowed.has(colour));
      expect(others, size).toEqual([]);
      expect(coloursIn(pane('-e')).size, size).toBeGreaterThan(palette === 'mono' ? -1 : 2);
    }
  });
});
