import {safeLine} from '../draw/safe-text.ts';
import {cellWidth, fit, pad, wrapCells} from '../draw/width.ts';
import type {FlagRow} from './flag-rows.ts';

/** The name of a row as it is shown: a flag with its dashes. */
function rowName({kind, name}: FlagRow): string {
  return kind === 'flag' && !name.startsWith('-') ? `--${safeLine(name)}` : safeLine(name);
}

/** Where a row comes from, in few words: the file's own name. */
function rowSource({path, state}: FlagRow): string {
  const file = path === null ? 'command line' : safeLine(path.slice(path.lastIndexOf('/') + 1));
  const notes = {holds: '', overridden: ' (overridden)', next: ' (next start)', ending: ' (until the next start)'};
  return file + notes[state];
}

/** The rows that hold every word, whether in name, value or source. */
export function filteredRows(rows: readonly FlagRow[], filter: string): readonly FlagRow[] {
  const words = filter.toLowerCase().split(/\s+/);
  return rows.filter((row) => {
    const text = `${rowName(row)} ${row.value} ${row.path ?? ''} ${rowSource(row)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Widths of the three columns for a table of `width` cells: names and sources as wide as they need, within reason. */
export function columnWidths(rows: readonly FlagRow[], width: number): readonly [number, number, number] {
  const widest = (texts: readonly string[], most: number): number =>
    Math.min(Math.floor(width * most), Math.max(4, ...texts.map((text) => cellWidth(text))));
  const name = widest(rows.map(rowName), 0.42);
  const source = widest(rows.map(rowSource), 0.34);
  return [name, Math.max(4, width - name - source - 4), source];
}

/** One row of the table, cut to its columns. */
export function tableRow(row: FlagRow, widths: readonly [number, number, number]): string {
  const [name, value, source] = widths;
  return `${fit(rowName(row), name)}  ${fit(safeLine(row.value), value)}  ${fit(rowSource(row), source)}`;
}

/**
 * The table as lines of at most `width` cells: flag, value, from. What is longer than its column goes on in the next
 * line, nothing is cut; below it the files by their whole names.
 */
export function tableLines(rows: readonly FlagRow[], width: number): readonly string[] {
  const widths = columnWidths(rows, width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 2 ? cell : pad(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const lines = rows.flatMap((row) => {
    const cells = [rowName(row), safeLine(row.value), rowSource(row)].map((text, i) =>
      text === '' ? [''] : wrapCells(text, widths[i] ?? 4),
    );
    const height = Math.max(...cells.map(({length}) => length));
    return Array.from({length: height}, (_, i) => line(cells.map((cell) => cell[i] ?? '')));
  });
  const files = [...new Set(rows.flatMap(({path}) => (path === null ? [] : [safeLine(path)])))];
  return [line(['FLAG', 'VALUE', 'FROM']), ...lines, '', ...files.flatMap((file) => wrapCells(file, width))];
}
