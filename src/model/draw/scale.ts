import type {Quantity} from './buckets.ts';

const decimalSteps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const binarySteps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

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
const headroom = 1.05;
/** The scale shrinks only when so little of it is used: a line at the edge of a step does not make it jump. */
const shrinkBelow = 0.5;

/**
 * The top of a scale from 0. It grows at once, and shrinks only when less than half of it is needed; `before` is the
 * top that was drawn last, null at first.
 */
export function nextTop(before: number | null, highest: number, quantity: Quantity): number {
  const wanted = roundUp((Number.isFinite(highest) ? highest : 0) * headroom, quantity);
  if (before === null || wanted > before || wanted <= before * shrinkBelow) return wanted;
  return before;
}
