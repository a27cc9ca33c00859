import {changedCells, wholeRow} from './changed-cells.ts';
import {scrolledRows} from './scrolled-rows.ts';

/** What is needed of the terminal. */
interface Terminal {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

interface Render {
  (frame: string): boolean;
  clear(): void;
  done(): void;
  reset(): void;
  sync(frame: string): void;
  setCursorPosition(): void;
  isCursorDirty(): boolean;
  willRender(frame: string): boolean;
  getCursorPosition(): undefined;
}

/**
 * In place of Ink's module of this name, for a screen of its own (the alternate one) without a cursor: brings a frame to
 * the terminal. Only cells that changed are written, each at its place; after a change of size, and wherever it is not
 * known what the terminal shows, the whole screen is.
 */
export function create(terminal: Terminal): Render {
  /** The lines that the terminal shows; null where that is not known. */
  let shown: readonly string[] | null = null;
  let frame = '';
  let size = '';
  let isCursorHidden = false;
  const sizeNow = (): string => `${terminal.columns ?? 0}×${terminal.rows ?? 0}`;
  const willRender = (next: string): boolean => shown === null || next !== frame || sizeNow() !== size;
  const keep = (next: string, lines: readonly string[]): void => {
    frame = next;
    shown = lines;
    size = sizeNow();
  };
  const forget = (): void => {
    shown = null;
  };
  const render = (next: string): boolean => {
    if (!willRender(next)) return false;
    const lines = linesOf(next);
    const before = sizeNow() === size ? shown : null;
    const isResized = size !== '' && sizeNow() !== size;
    const hide = isCursorHidden ? '' : '\u001b[?25l';
    isCursorHidden = true;
    terminal.write(hide + (before === null ? repaint(lines) : update(before, lines)));
    keep(next, lines);
    // Laid out before the new size was known: of a row that is too long the terminal shows what fits, and that differs.
    if (isResized) forget();
    return true;
  };
  return Object.assign(render, {
    clear: () => {
      terminal.write('\u001b[m\u001b[H\u001b[J');
      forget();
    },
    done: () => {
      terminal.write('\u001b[?25h');
      isCursorHidden = false;
      forget();
    },
    reset: forget,
    // Ink has written the frame itself, from the top of the cleared screen.
    sync: (next: string) => keep(next, linesOf(next)),
    setCursorPosition: () => undefined,
    isCursorDirty: () => false,
    willRender,
    getCursorPosition: () => undefined,
  });
}

/** A frame that does not fill the screen ends with a line break. */
function linesOf(frame: string): string[] {
  return frame.replace(/\n$/, '').split('\n');
}

function repaint(lines: readonly string[]): string {
  return `\u001b[m\u001b[H\u001b[J${lines.map(wholeRow).join('')}`;
}

function update(before: readonly string[], lines: readonly string[]): string {
  const scrolled = scrolledRows(before, lines);
  const shown = scrolled?.shown ?? before;
  let out = scrolled?.sequence ?? '';
  for (let row = 0; row < Math.max(shown.length, lines.length); row += 1) {
    const [old = '', now = ''] = [shown[row], lines[row]];
    if (old !== now) out += changedCells(old, now, row);
  }
  return out;
}

export default {create};
