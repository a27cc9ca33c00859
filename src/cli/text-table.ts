import {safeLine} from '../model/draw/safe-text.ts';
import {cellWidth, pad} from '../model/draw/width.ts';

/** Rows as text in columns. Words in it come from outside: columns are as wide as what is shown of them. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => safeLine(cell)));
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => cellWidth(row[column] ?? '')))) ?? [];
  const line = (row: readonly string[]) => row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ');
  return cells.map((row) => `${line(row).trimEnd()}\n`).join('');
}
