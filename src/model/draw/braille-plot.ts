import type {Canvas} from './canvas.ts';
import {runsOf} from './line-plot.ts';
import type {Buckets} from './buckets.ts';

/** The bits of a braille cell, by row of dots and then left or right (Unicode, Braille Patterns). */
const brailleDots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Braille patterns have 2×4 dots a cell: a chart of them wants this many slots a column. */
export const bucketsPerColumn = 2;

/**
 * Draws series with braille dots, each from its lowest to its highest in a slot and joined to the slot before. `slots`
 * have two entries a column; each series has its tone. In a cell that several lines cross, the last one drawn gives the colour.
 */
export function plotBraille(canvas: Canvas, all: readonly Buckets[], tones: readonly number[], top: number): void {
  const cells = new Uint8Array(canvas.width * canvas.height);
  const highest = canvas.height * 4 - 1;
  if (highest < 1) return;
  const dotOf = (value: number) => highest - Math.round(Math.min(Math.max((value / top) * highest, 0), highest));
  all.forEach((buckets, i) => {
    const tone = tones[i] ?? 0;
    const stroke = (bucket: number, from: number, to: number) => {
      const column = bucket >> 1;
      for (let y = Math.min(from, to); y <= Math.max(from, to); y++) {
        const cell = (y >> 2) * canvas.width + column;
        cells[cell] = (cells[cell] ?? 0) | (brailleDots[y & 3]?.[bucket & 1] ?? 0);
        canvas.put(column, y >> 2, String.fromCharCode(0x2800 + (cells[cell] ?? 0)), tone);
      }
    };
    for (const run of runsOf(buckets.mean)) {
      for (let bucket = run.from; bucket < run.to; bucket++) {
        const here = dotOf(buckets.mean[bucket] ?? 0);
        stroke(bucket, dotOf(buckets.high[bucket] ?? 0), dotOf(buckets.low[bucket] ?? 0));
        if (bucket > run.from) stroke(bucket, dotOf(buckets.mean[bucket - 1] ?? 0), here);
      }
    }
  });
}
