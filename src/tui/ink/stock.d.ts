// The modules of Ink that ours wrap, under the names that `bundling.ts` gives them. Ink does not publish their types.

declare module 'ink-stock/output.js' {
  export interface Clip {
    /** Columns and rows; `x2` and `y2` are the first ones outside. Undefined does not clip. */
    readonly x1: number | undefined;
    readonly x2: number | undefined;
    readonly y1: number | undefined;
    readonly y2: number | undefined;
  }
  export interface WriteOptions {
    readonly transformers: readonly ((line: string, index: number) => string)[];
  }
  /** Collects what is drawn and composes the lines of a frame from it, cell by cell. */
  export default class StockOutput {
    constructor(size: {readonly width: number; readonly height: number});
    /** Draws text, perhaps of several lines. */
    write(x: number, y: number, text: string, options: WriteOptions): void;
    /** What follows shows inside of it only. */
    clip(clip: Clip): void;
    /** Ends the newest clip. */
    unclip(): void;
    /** The frame, its lines without blanks at their ends. */
    get(): {output: string; height: number};
  }
}

declare module 'ink-stock/render-background.js' {
  import type StockOutput from 'ink-stock/output.js';

  export interface InkBox {
    readonly attributes: Readonly<Record<string, unknown>>;
  }
  /** Fills a box with its background colour, if it has one. */
  export default function renderBackground(
    x: number,
    y: number,
    node: InkBox,
    output: Pick<StockOutput, 'write'>,
  ): void;
}
