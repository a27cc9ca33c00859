import StockOutput, {type Clip, type WriteOptions} from 'ink-stock/output.js';
import type {PaintedRow} from '../../components/painted.ts';

type Operation =
  | {
      readonly kind: 'write';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly options: WriteOptions;
    }
  | {readonly kind: 'paint'; readonly x: number; readonly y: number; readonly rows: readonly PaintedRow[]}
  | {readonly kind: 'clip'; readonly clip: Clip}
  | {readonly kind: 'unclip'};

interface Piece {
  readonly x: number;
  readonly row: PaintedRow;
}

/**
 * In place of Ink's module of this name: turns what the components draw into the lines of a frame. Ink tokenizes and
 * measures every line of every frame, whether it changed or not. Here a line that consists of finished rows only is
 * put together as it is; all others, such as those under a question or with a prompt in them, are left to Ink's own.
 */
export default class Output {
  readonly #width: number;
  readonly #height: number;
  readonly #operations: Operation[] = [];

  constructor({width, height}: {readonly width: number; readonly height: number}) {
    this.#width = width;
    this.#height = height;
  }

  /** Writes a text that still has to be measured, perhaps of several lines. */
  write(x: number, y: number, text: string, options: WriteOptions): void {
    if (text !== '') this.#operations.push({kind: 'write', x, y, text, options});
  }

  /** Puts finished rows below each other, the first one at `y`. */
  paint(x: number, y: number, rows: readonly PaintedRow[]): void {
    this.#operations.push({kind: 'paint', x, y, rows});
  }

  /** What follows shows inside of this only, and of the clips around it. */
  clip(clip: Clip): void {
    this.#operations.push({kind: 'clip', clip});
  }

  /** Ends the newest clip. */
  unclip(): void {
    this.#operations.push({kind: 'unclip'});
  }

  /** The frame: as many lines as it is high, without the blanks at their ends. */
  get(): {output: string; height: number} {
    const pieces = this.#pieces();
    const mixed = pieces.some((line) => line === null) ? this.#composed(pieces) : [];
    const lines = pieces.map((line, y) => (line === null ? (mixed[y] ?? '') : joined(line)));
    return {output: lines.join('\n'), height: this.#height};
  }

  /** The finished rows in each line, from left to right; null where Ink has to compose it. */
  #pieces(): (Piece[] | null)[] {
    const lines = Array.from({length: Math.max(0, this.#height)}, (): Piece[] | null => []);
    const clips: Clip[] = [];
    for (const operation of this.#operations) {
      if (operation.kind === 'clip') clips.push(operation.clip);
      else if (operation.kind === 'unclip') clips.pop();
      else if (operation.kind === 'write') {
        const end = operation.y + operation.text.split('\n').length;
        for (let y = Math.max(0, operation.y); y < Math.min(end, lines.length); y += 1) lines[y] = null;
      } else {
        for (const [index, row] of operation.rows.entries()) {
          const y = operation.y + index;
          const line = lines[y];
          if (line === null || line === undefined || row.text === '') continue;
          if (this.#isWhole(operation.x, y, row, line.at(-1), clips)) line.push({x: operation.x, row});
          else lines[y] = null;
        }
      }
    }
    return lines;
  }

  /** Whether a row shows from its first to its last cell, to the right of what is in the line already. */
  #isWhole(x: number, y: number, {width}: PaintedRow, before: Piece | undefined, clips: readonly Clip[]): boolean {
    const end = x + width;
    if (x < (before === undefined ? 0 : before.x + before.row.width) || end > this.#width) return false;
    return clips.every(
      ({x1 = -Infinity, x2 = Infinity, y1 = -Infinity, y2 = Infinity}) => x >= x1 && end <= x2 && y >= y1 && y < y2,
    );
  }

  /** The lines of the frame as Ink composes them; those that need no composing are left out. */
  #composed(pieces: readonly (readonly Piece[] | null)[]): string[] {
    const stock = new StockOutput({width: this.#width, height: this.#height});
    for (const operation of this.#operations) {
      if (operation.kind === 'clip') stock.clip(operation.clip);
      else if (operation.kind === 'unclip') stock.unclip();
      else if (operation.kind === 'write') stock.write(operation.x, operation.y, operation.text, operation.options);
      else {
        for (const [index, row] of operation.rows.entries()) {
          const y = operation.y + index;
          if (pieces[y] === null) stock.write(operation.x, y, row.text, {transformers: []});
        }
      }
    }
    return stock.get().output.split('\n');
  }
}

function joined(pieces: readonly Piece[]): string {
  let line = '';
  let column = 0;
  for (const {x, row} of pieces) {
    if (x > column) line += ' '.repeat(x - column);
    line += row.text;
    column = x + row.width;
  }
  return line.trimEnd();
}
