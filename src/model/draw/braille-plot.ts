import type {Canvas} from './canvas.ts';
import {runsOf} from './line-plot.ts';
import type {Slots} from './buckets.ts';

/** The bits of a braille cell, by row of dots and then left or right (Unicode, Braille Patterns). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Braille patterns have 2×4 dots a cell: a chart of them wants this many slots a column. */
export const SLOTS_PER_COLUMN = 2;

/**
 * Draws series with braille dots, each from its lowest to its highest in a slot and joined to the slot before. `slots`
 * have two entries a column; each series has its tone. In a cell that several lines cross, the last one drawn gives the colour.
 */
export function plotBraille(canvas: Canvas, all: readonly Slots[], tones: readonly number[], top: number): void {
  const cells = new Uint8Array(canvas.width * canvas.height);
  const highest = canvas.height * 4 - 1;
  if (highest < 1) return;
  const dotOf = (value: number) => highest - Math.round(Math.min(Math.max((value / top) * highest, 0), highest));
  all.forEach((slots, i) => {
    const tone = tones[i] ?? 0;
    const stroke = (slot: number, from: number, to: number) => {
      const column = slot >> 1;
      for (let y = Math.min(from, to); y <= Math.max(from, to); y++) {
        const cell = (y >> 2) * canvas.width + column;
        cells[cell] = (cells[cell] ?? 0) | (DOTS[y & 3]?.[slot & 1] ?? 0);
        canvas.put(column, y >> 2, String.fromCharCode(0x2800 + (cells[cell] ?? 0)), tone);
      }
    };
    for (const run of runsOf(slots.mean)) {
      for (let slot = run.from; slot < run.to; slot++) {
        const here = dotOf(slots.mean[slot] ?? 0);
        stroke(slot, dotOf(slots.high[slot] ?? 0), dotOf(slots.low[slot] ?? 0));
        if (slot > run.from) stroke(slot, dotOf(slots.mean[slot - 1] ?? 0), here);
      }
    }
  });
}
