import type {Quantity} from './buckets.ts';

/** Near enough to each other that a chart is used up to its top, and round in halves, thirds, quarters or fifths. */
const decimalSteps = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.2, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9, 10];
const binarySteps = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5]
  .flatMap((step) => [1, 4, 16, 64, 256].map((unit) => step * unit))
  .sort((a, b) => a - b);

/** A scale never ends below one millicore or one mebibyte: else the noise of an idle container would fill the chart. */
const lowest: Readonly<Record<Quantity, number>> = {cpu: 1e6, memory: 2 ** 20};

/** The lowest round number that is not below the value. */
function roundUp(value: number, quantity: Quantity): number {
  const wanted = Math.max(value, lowest[quantity]);
  const base = quantity === 'cpu' ? 10 : 1024;
  const unit = base ** Math.floor(Math.log(wanted) / Math.log(base) + 1e-12);
  const factor =
    (quantity === 'cpu' ? decimalSteps : binarySteps).find((each) => each * unit >= wanted * (1 - 1e-9)) ?? base;
  return factor * unit;
}

/** Some air above the highest value, lest it draw along the edge. */
const headroom = 1.02;
/** The scale shrinks only when so little of it is used: a line at the edge of a step does not make it jump. */
const shrinkBelow = 0.7;

/**
 * The top of a scale from 0. It grows at once, and shrinks only when much less of it is needed; `before` is the
 * top that was drawn last, null at first. `least` is to be seen as well, at the edge perhaps.
 */
export function nextTop(before: number | null, highest: number, quantity: Quantity, least = 0): number {
  const wanted = roundUp(Math.max((Number.isFinite(highest) ? highest : 0) * headroom, least), quantity);
  if (before === null || wanted > before || wanted <= before * shrinkBelow) return wanted;
  return before;
}
