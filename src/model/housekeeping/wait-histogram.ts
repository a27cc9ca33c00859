import {Canvas, type Row} from '../draw/canvas.ts';
import type {Forecast} from './forecast.ts';
import {formatShort} from './format.ts';

const eighths = ' ▁▂▃▄▅▆▇█';

/**
 * The last waits as bars against the shape that the rule gives them: each wait of interval d is uniform from d to 2d,
 * so the shape is the sum of those windows. `rows` rows of bars and one with the times.
 */
export function waitHistogram({waits}: Forecast, width: number, rows: number, unicode: boolean): Row[] {
  const canvas = new Canvas(width, rows + 1);
  const longest = Math.max(...waits.map(({waitMs, intervalMs}) => Math.max(waitMs, 2 * intervalMs)), 1);
  const shortest = Math.min(...waits.map(({waitMs, intervalMs}) => Math.min(waitMs, intervalMs)));
  const from = Math.max(0, shortest - 0.1 * longest);
  const bins = Math.max(1, Math.min(width, 40));
  const size = ((longest - from) * 1.04) / bins;
  const counts = new Array<number>(bins).fill(0);
  const theory = new Array<number>(bins).fill(0);
  for (const {waitMs, intervalMs} of waits) {
    const bin = Math.min(bins - 1, Math.floor((waitMs - from) / size));
    counts[bin] = (counts[bin] ?? 0) + 1;
    for (let i = 0; i < bins; i++) {
      const low = Math.max(intervalMs, from + i * size);
      const high = Math.min(2 * intervalMs, from + (i + 1) * size);
      theory[i] = (theory[i] ?? 0) + Math.max(0, high - low) / intervalMs;
    }
  }
  const top = Math.max(...counts, ...theory, 1e-9);
  for (let i = 0; i < bins; i++) {
    const height = ((counts[i] ?? 0) / top) * rows;
    for (let row = 0; row < rows; row++) {
      const filled = Math.max(0, Math.min(1, height - row));
      if (filled > 0) canvas.put(i, rows - 1 - row, unicode ? (eighths[Math.ceil(filled * 8)] ?? '█') : '#', 0);
    }
    const expected = theory[i] ?? 0;
    const row = rows - 1 - Math.min(rows - 1, Math.floor((expected / top) * rows));
    if (expected > 0 && canvas.isFree(i, row)) canvas.put(i, row, unicode ? '┈' : '-', 'dim');
  }
  for (const share of [0, 0.5, 1]) {
    const text = formatShort(from + share * bins * size);
    canvas.write(Math.round(share * (bins - text.length)), rows, text, 'dim');
  }
  const note = ` ${waits.length} waits`;
  if (bins + note.length <= width) canvas.write(bins, rows, note, 'dim');
  return Array.from({length: rows + 1}, (_, row) => canvas.row(row));
}
