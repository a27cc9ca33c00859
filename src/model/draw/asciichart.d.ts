/** asciichart brings no types. Only what is used here. */
declare module 'asciichart' {
  interface PlotConfig {
    readonly min?: number;
    readonly max?: number;
    readonly height?: number;
    /** Columns of labels and axis before the first value. */
    readonly offset?: number;
    readonly format?: (value: number, row: number) => string;
    /** Ten: `┼ ┤ ╶ ╴ ─ ╰ ╭ ╮ ╯ │`. */
    readonly symbols?: readonly string[];
  }

  const asciichart: {
    /** Throws a RangeError where a value is NaN; rows are joined by line breaks. */
    plot(series: readonly number[], config?: PlotConfig): string;
  };
  export default asciichart;
}
