import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as pty from '@lydell/node-pty';
import headless from '@xterm/headless';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Cell {
  readonly text: string;
  /** A number of the terminal's palette, `#rrggbb`, or null for the default colour. */
  readonly colour: number | string | null;
  readonly background: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
}

export const project = join(import.meta.dirname, '..', '..');

/** The Node that npm installed for this project, whatever runs the tests. */
const installed = join(project, 'node_modules', 'node', 'bin', 'node');
export const nodeBinary = existsSync(installed) ? installed : process.execPath;
export const ktopBinary = join(project, 'bin', 'ktop.js');

const keys: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  backspace: '\x7f',
  space: ' ',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
};

/** Ink takes CI, and the variables of the test runner, for a reason not to be interactive or in colour. */
const notForChildren = {
  CI: undefined,
  CONTINUOUS_INTEGRATION: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  VITEST: undefined,
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
  TMUX: undefined,
};

/** A program in a real pseudo-terminal, its screen kept by a terminal emulator: what a user would see and press. */
export class TerminalProgram {
  readonly #pty: pty.IPty;
  readonly #screen: InstanceType<typeof headless.Terminal>;
  readonly #exited = Promise.withResolvers<{code: number; signal: number}>();
  #raw = '';
  #end: {code: number; signal: number} | null = null;

  constructor(file: string, args: readonly string[], options: TerminalOptions = {}) {
    const {columns: cols = 120, rows = 40} = options;
    this.#screen = new headless.Terminal({cols, rows, allowProposedApi: true, scrollback: 1000});
    const env = {...process.env, ...notForChildren, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...options.env};
    this.#pty = pty.spawn(file, [...args], {cols, rows, cwd: project, env: definedOnly(env)});
    this.#pty.onData((data) => {
      this.#raw += data;
      this.#screen.write(data);
    });
    // Answers to questions of the program (cursor position, device attributes) go back as a terminal's would.
    this.#screen.onData((data) => this.#pty.write(data));
    this.#pty.onExit(({exitCode, signal}) => {
      this.#end = {code: exitCode, signal: signal ?? 0};
      this.#exited.resolve(this.#end);
    });
  }

  static ktop(args: readonly string[], options?: TerminalOptions): TerminalProgram {
    return new TerminalProgram(nodeBinary, [ktopBinary, ...args], options);
  }

  /** A shell with job control, for what only a shell sees: exit codes, ctrl-Z and fg, the terminal's settings. */
  static shell(options?: TerminalOptions): TerminalProgram {
    return new TerminalProgram('bash', ['--norc', '--noprofile', '-i'], {
      ...options,
      env: {PS1: 'prompt> ', HISTFILE: undefined, ...options?.env},
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Processes that were started by this one and still run; none where it has ended, of which the terminal may tell later. */
  get children(): readonly number[] {
    try {
      const file = `/proc/${this.pid}/task/${this.pid}/children`;
      return readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }

  get exited(): Promise<{code: number; signal: number}> {
    return this.#exited.promise;
  }

  /** Every byte that the program wrote. */
  get raw(): string {
    return this.#raw;
  }

  /** The rows of the screen, without trailing blanks. */
  get lines(): readonly string[] {
    const {active} = this.#screen.buffer;
    return Array.from(
      {length: this.#screen.rows},
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  get size(): {readonly columns: number; readonly rows: number} {
    return {columns: this.#screen.cols, rows: this.#screen.rows};
  }

  /** What of a full-screen program would still be felt in a shell after it. */
  get modes(): {
    readonly alternateScreen: boolean;
    readonly cursorHidden: boolean;
    readonly bracketedPaste: boolean;
    readonly autowrap: boolean;
    readonly mouse: boolean;
  } {
    const shown = this.#raw.lastIndexOf('\x1b[?25h');
    const hidden = this.#raw.lastIndexOf('\x1b[?25l');
    return {
      alternateScreen: this.#screen.buffer.active.type === 'alternate',
      cursorHidden: hidden > shown,
      bracketedPaste: this.#screen.modes.bracketedPasteMode,
      autowrap: this.#screen.modes.wraparoundMode,
      mouse: this.#screen.modes.mouseTrackingMode !== 'none',
    };
  }

  cell(row: number, column: number): Cell {
    const {active} = this.#screen.buffer;
    const cell = active.getLine(active.viewportY + row)?.getCell(column);
    return {
      text: cell?.getChars() ?? '',
      colour: cell?.isFgRGB() ? hex(cell.getFgColor()) : cell?.isFgPalette() ? cell.getFgColor() : null,
      background: cell?.isBgRGB() ? hex(cell.getBgColor()) : cell?.isBgPalette() ? cell.getBgColor() : null,
      bold: cell?.isBold() === 1,
      dim: (cell?.isDim() ?? 0) > 0,
      inverse: (cell?.isInverse() ?? 0) > 0,
    };
  }

  /** Presses keys by name (`r`, `tab`, `ctrl+c`, `pageup`), one after the other. */
  press(...names: readonly string[]): this {
    for (const name of names) this.#pty.write(keyBytes(name));
    return this;
  }

  type(text: string): this {
    this.#pty.write(text);
    return this;
  }

  resize(columns: number, rows: number): this {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
    return this;
  }

  /** Waits until the screen shows it; fails with the screen as it is, where it never does. */
  async waitFor(what: string | RegExp | ((screen: this) => boolean), timeoutMs = 20_000): Promise<this> {
    const holds = () => {
      if (typeof what === 'string') return this.text.includes(what);
      return what instanceof RegExp ? what.test(this.text) : what(this);
    };
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const ended = this.#end;
      // After the end, what was written may still be on its way into the emulator.
      if (ended !== null) await this.#drained();
      if (holds()) return this;
      if (ended !== null || Date.now() > deadline) {
        const why = ended === null ? '' : ` (the program ended with ${ended.code})`;
        throw new Error(`never seen on the screen: ${String(what)}${why}\n${this.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** Resolves when the emulator has taken in what the program writes next. */
  drawn(): Promise<void> {
    return new Promise((resolve) => {
      const heard = this.#screen.onWriteParsed(() => {
        heard.dispose();
        resolve();
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Waits for the end, and for the emulator to have read everything. */
  async end(): Promise<{code: number; signal: number}> {
    const end = await this.exited;
    await this.#drained();
    return end;
  }

  /** Ends it if it still runs; for `afterEach`. */
  async dispose(): Promise<void> {
    if (this.#end === null) {
      // Stopped ones must be killed as well: SIGKILL does.
      for (const pid of this.children) tryKill(pid);
      tryKill(this.pid);
      await this.exited;
    }
    this.#screen.dispose();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => this.#screen.write('', resolve));
  }
}

const hex = (rgb: number) => `#${rgb.toString(16).padStart(6, '0')}`;

/** node-pty would hand on the word "undefined". */
function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function keyBytes(name: string): string {
  const known = keys[name];
  if (known !== undefined) return known;
  const control = /^ctrl\+([a-z])$/.exec(name)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 96);
  if (Array.from(name).length === 1) return name;
  throw new Error(`no such key: ${name}`);
}
