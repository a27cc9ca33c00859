import type {Target} from '../target.ts';

/** What a piece of drawing means; the theme gives it a colour. A number is a series, counted from 0. */
export type Tone = number | 'plain' | 'dim' | 'limit' | 'request' | 'warning' | 'strong';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of a drawing. Its texts are safe to draw, and together as wide as the row. */
export type Row = readonly Span[];

/** Which rows of a drawing are about whom. */
export type RowOwners = ReadonlyMap<Row, Target>;

/** A rectangle of cells to draw on; the first cell is at the top left. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #marks: string[];
  readonly #tones: Tone[];

  constructor(width: number, height: number) {
    this.width = Math.max(0, width);
    this.height = Math.max(0, height);
    this.#marks = new Array<string>(this.width * this.height).fill(' ');
    this.#tones = new Array<Tone>(this.width * this.height).fill('plain');
  }

  /** Draws one cell; outside of the canvas nothing happens. */
  put(column: number, row: number, mark: string, tone: Tone): void {
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return;
    this.#marks[row * this.width + column] = mark;
    this.#tones[row * this.width + column] = tone;
  }

  /** Draws ASCII text to the right of a cell. */
  write(column: number, row: number, text: string, tone: Tone): void {
    Array.from(text).forEach((mark, i) => this.put(column + i, row, mark, tone));
  }

  /** Whether nothing was drawn into the cell yet. */
  isFree(column: number, row: number): boolean {
    return this.#marks[row * this.width + column] === ' ';
  }

  /** A finished row, neighbours of one tone in one span. */
  row(row: number): Row {
    const spans: {text: string; tone: Tone}[] = [];
    for (let i = row * this.width; i < (row + 1) * this.width; i++) {
      const text = this.#marks[i] ?? ' ';
      const tone = this.#tones[i] ?? 'plain';
      const last = spans.at(-1);
      if (last !== undefined && (last.tone === tone || text === ' ')) last.text += text;
      else spans.push({text, tone});
    }
    return spans;
  }
}

/** A row as plain text. */
export function rowText(row: Row): string {
  return row.map((span) => span.text).join('');
}
