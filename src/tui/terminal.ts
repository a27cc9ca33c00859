import {render, type Instance} from 'ink';
import type {ReactNode} from 'react';
import type {Depth} from '../components/palettes.ts';
import {chooseTheme, needsBackground, type Theme, type ThemeName} from '../components/theme.tsx';
import {backgroundFrom, backgroundOf, type Background} from '../model/screen/background.ts';
import type {Size} from '../model/screen/layout.ts';
import type {MouseEvent} from '../model/screen/terminal-input.ts';
import {writeSequence} from '../terminal/print.ts';
import {ScreenInput} from './screen-input.ts';
import {screenTerminal} from './screen-terminal.ts';
import {TerminalModes} from './terminal-modes.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A terminal at the other end of a slow link answers later: then the theme changes when it does. */
const backgroundPatienceMs = 150;

export interface TerminalOptions {
  readonly theme: ThemeName | null;
  /** Whether the mouse is ktop's from the start. */
  readonly mouse: boolean;
}

/** The user's terminal: what it can show, what it said about itself, and the one way in which screens are put on it. */
export class Terminal {
  readonly modes: TerminalModes;
  readonly #options: TerminalOptions;
  readonly #env: Env;
  readonly #input = new ScreenInput(process.stdin);
  readonly #depth: Depth;
  #background: Background | null;
  #theme: Theme;
  #listeners: {readonly onMouse: (events: readonly MouseEvent[]) => void; readonly onTheme: () => void} | null = null;

  private constructor(options: TerminalOptions, env: Env) {
    this.#options = options;
    this.#env = env;
    this.modes = new TerminalModes(options.mouse);
    this.#depth = depthOf(env);
    this.#background = backgroundFrom(env.COLORFGBG);
    this.#theme = this.#chosen();
  }

  /** Gets to know the terminal; where the theme depends on it, what its background is like. */
  static async open(options: TerminalOptions, env: Env): Promise<Terminal> {
    const terminal = new Terminal(options, env);
    if (terminal.#depth === 'many' && needsBackground(options.theme, env)) {
      const colour = await terminal.#input.askBackground(writeSequence, backgroundPatienceMs);
      if (colour !== null) terminal.#learn(colour);
    }
    terminal.#input.listen({
      onMouse: (events) => terminal.#listeners?.onMouse(events),
      onBackground: (colour) => terminal.#learn(colour),
    });
    return terminal;
  }

  /** The theme as it is now: a late answer of the terminal can change it. */
  get theme(): Theme {
    return this.#theme;
  }

  /** How large it is, in cells. */
  get size(): Size {
    return {width: process.stdout.columns, height: process.stdout.rows};
  }

  /** Takes the mouse, or gives it back to the terminal; whether it is ktop's now. */
  toggleMouse(): boolean {
    writeSequence(this.modes.toggleMouse());
    return this.modes.mouse;
  }

  /** Says who takes what the mouse does, and is told of another theme. */
  listen(listeners: {readonly onMouse: (events: readonly MouseEvent[]) => void; readonly onTheme: () => void}): void {
    this.#listeners = listeners;
  }

  /** Puts a screen on the terminal until it is unmounted. */
  show(screen: ReactNode): Instance {
    // Ink does it too, but behind its first frame: whoever sees that and presses ctrl-Z is heard by ktop.
    process.stdin.setRawMode(true);
    return render(screen, {
      stdout: screenTerminal(process.stdout, this.#theme.unicode, this.modes),
      stdin: this.#input.stream,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
    });
  }

  /** Calls back when the terminal is gone: a pane that was closed takes its terminal along. */
  onGone(gone: () => void): void {
    for (const stream of [process.stdin, process.stdout]) stream.on('error', gone);
  }

  #learn(colour: string): void {
    const background = backgroundOf(colour);
    if (background === null || background === this.#background) return;
    this.#background = background;
    this.#theme = this.#chosen();
    this.#listeners?.onTheme();
  }

  #chosen(): Theme {
    return chooseTheme(this.#options.theme, this.#env, {depth: this.#depth, background: this.#background});
  }
}

/** `NO_COLOR` is a wish about the theme, not what the terminal can do; and a screen is never drawn for a CI. */
function depthOf(env: Env): Depth {
  const wishes = ['NO_COLOR', 'NODE_DISABLE_COLORS', 'CI'];
  const bits = process.stdout.getColorDepth(
    Object.fromEntries(Object.entries(env).filter(([name]) => !wishes.includes(name))),
  );
  return bits >= 8 ? 'many' : bits > 1 ? 'sixteen' : 'none';
}
