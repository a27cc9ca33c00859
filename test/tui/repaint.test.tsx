// The whole screen (panes, overlays, keys, Ink and what ktop replaces of it) in a long random run: after each frame the
// terminal must show what it would if the frame were painted on an empty one.
import {PassThrough} from 'node:stream';
import {render} from 'ink';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {chooseTheme} from '../../src/components/theme.tsx';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {App} from '../../src/tui/app.tsx';
import {Frames} from '../../src/tui/frames.ts';
import type {create} from '../../src/tui/ink/log-update.ts';
import {screenTerminal} from '../../src/tui/screen-terminal.ts';
import {TerminalModes} from '../../src/tui/terminal-modes.ts';
import {playDemo, startMs} from '../screens/demo-scene.ts';
import {Drawn, randomOf, randomPiece} from './ink/drawn.ts';
import './loaded.ts';

/** What Ink gave to be shown last, as a whole. */
const given = vi.hoisted(() => ({frame: '', count: 0}));
vi.mock(import('../../src/tui/ink/log-update.ts'), async (original) => {
  const actual = await original();
  const spied: typeof create = (terminal) => {
    const inner = actual.create(terminal);
    const note = (frame: string): string => {
      given.frame = frame;
      given.count += 1;
      return frame;
    };
    return Object.assign((frame: string) => inner(note(frame)), inner, {
      sync: (frame: string) => inner.sync(note(frame)),
    });
  };
  return {create: spied, default: {create: spied}};
});

beforeEach(() => void vi.useFakeTimers({toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'], now: startMs}));
afterEach(() => void vi.useRealTimers());

/** A terminal that keeps cells, as Ink writes to one. */
class CellTerminal extends PassThrough {
  readonly isTTY = true;
  readonly drawn: Drawn;

  constructor(columns: number, rows: number) {
    super();
    this.drawn = new Drawn(columns, rows);
    // As a terminal's driver does it (ONLCR).
    this.on('data', (bytes: Buffer) => this.drawn.write(bytes.toString('utf8').replaceAll('\n', '\r\n')));
  }

  get columns(): number {
    return this.drawn.columns;
  }

  get rows(): number {
    return this.drawn.rows;
  }

  resizeTo(columns: number, rows: number): void {
    this.drawn.resize(columns, rows);
    this.emit('resize');
  }
}

/** A keyboard that is typed on by `write`. */
class Keyboard extends PassThrough {
  readonly isTTY = true;
  setRawMode = () => this;
  ref = () => this;
  unref = () => this;
}

/** The emulator takes what is written by and by, by timers, which stand still here. */
async function cellsOf(drawn: Drawn): Promise<string[]> {
  const cells = drawn.cells();
  await vi.advanceTimersByTimeAsync(0);
  return cells;
}

function repainted(frame: string, columns: number, rows: number): Promise<string[]> {
  const fresh = new Drawn(columns, rows);
  fresh.write(frame.replace(/\n$/, '').split('\n').join('\r\n'));
  return cellsOf(fresh);
}

const keys = [
  ...[
    '\t',
    '\u001b[Z',
    '\u001b[A',
    '\u001b[B',
    '\u001b[C',
    '\u001b[D',
    '\u001b[5~',
    '\u001b[6~',
    '\u001b[H',
    '\u001b[F',
  ],
  ...[
    '?',
    ':',
    'p',
    '/',
    'f',
    'z',
    'r',
    'c',
    'n',
    't',
    'm',
    'u',

    'x',
    'v',
    '+',
    '-',
    ' ',
    'g',
    'G',
    '\r',
    '\u001b',
    'a',
    'e',
    '1',
  ],
];
const sizes = [
  [120, 40],
  [80, 24],
  [60, 15],
  [200, 50],
  [40, 8],
  [30, 4],
] as const;

test.each([1, 2])(
  'what a frame changes makes the same screen as all of it would (run %i)',
  {timeout: 60_000},
  async (seed) => {
    const random = randomOf(seed * 104_729);
    const {screen, nowMs} = await playDemo({}, (ms) => vi.setSystemTime(ms));
    const {store} = screen;
    const frames = new Frames(() => 1000);
    const terminal = new CellTerminal(120, 40);
    const keyboard = new Keyboard();
    const theme = chooseTheme('dark', {LANG: 'C.UTF-8'}, {depth: 'many', background: 'dark'});
    const nodes = {screen, tabRow: () => null, all: [screen]};
    const instance = render(<App nodes={nodes} frames={frames} terminal={{theme} as never} unit="kubelet" />, {
      stdout: screenTerminal(terminal as never, true, new TerminalModes(false)),
      stdin: keyboard,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      interactive: true,
      patchConsole: false,
      maxFps: 60,
    });
    const settle = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    };
    let number = 0;
    const flood = (lines: number) => {
      const entries = Array.from({length: lines}, () => {
        number += 1;
        const words = Array.from({length: 1 + random(14)}, () => randomPiece(random)).join(' ');
        const at = nodeMs(nowMs + number);
        return {
          ...{cursor: `f${number}`, at, unit: 'kubelet.service', identifier: 'kubelet', pid: 9, priority: 6},
          message: `I1123 20:08:10.000000 9 flood.go:1] ${words} ${number}`,
        };
      });
      store.dispatch({type: 'journal', entries});
      frames.invalidate(lines < 10 ? 'low' : 'high');
    };
    const before = given.count;
    for (let step = 0; step < 150; step += 1) {
      const what = random(12);
      if (what === 0) {
        const [columns, rows] = sizes[random(sizes.length)] ?? [120, 40];
        terminal.resizeTo(columns, rows);
      } else if (what < 3) flood(1 + random(400));
      else if (what === 3)
        screen.mouse([{kind: 'press', column: random(terminal.columns), row: random(terminal.rows)} as never], {
          width: terminal.columns,
          height: terminal.rows,
        });
      else if (what === 4)
        store.dispatch({type: 'journal-gap', at: localMs(Date.now()), after: null, reason: 'vacuumed', atMost: 3});
      else keyboard.write(keys[random(keys.length)] ?? ' ');
      frames.now();
      await settle(20 + random(1200));
      expect(await cellsOf(terminal.drawn), `after step ${step}`).toEqual(
        await repainted(given.frame, terminal.columns, terminal.rows),
      );
    }
    expect(given.count - before).toBeGreaterThan(30);
    instance.unmount();
  },
);
