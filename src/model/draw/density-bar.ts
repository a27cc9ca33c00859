import {Canvas, type Row} from './canvas.ts';
import type {Forecast} from '../housekeeping/forecast.ts';
import {formatShort} from '../housekeeping/format.ts';

const unicodeShades = ['·', '░', '▒', '▓', '█'];
const asciiShades = ['.', ':', '-', '=', '#'];

/**
 * The window of the next tick as a bar: from the last tick at the left to the end of the last window, shaded by the
 * density of the tick, with "now" moving through it. The second row says the times, counted from the last tick.
 */
export function densityBar(forecast: Forecast, width: number, unicode: boolean): {bar: Row; scale: Row} {
  const canvas = new Canvas(width, 2);
  const {next, at, ageMs: nowMs} = forecast;
  // By the node's clock as it is now: it may have been set since the sample was stamped.
  const lastTickAt = at - nowMs;
  const longest = forecast.states.reduce(
    (most, {intervalMs, probability}) => (probability > 0.001 ? Math.max(most, intervalMs) : most),
    0,
  );
  const endMs = Math.max(2 * longest, nowMs + 1000, next.quantile(0.95) - lastTickAt);
  const shades = unicode ? unicodeShades : asciiShades;
  const perCell = endMs / width;
  const mass = Array.from({length: width}, (_, i) => {
    const from = lastTickAt + i * perCell;
    return next.between(from, from + perCell);
  });
  const most = Math.max(...mass, 1e-9);
  const nowCell = Math.min(width - 1, Math.floor(nowMs / perCell));
  for (let i = 0; i < width; i++) {
    const share = (mass[i] ?? 0) / most;
    const shade = share <= 0.005 ? 0 : 1 + Math.min(3, Math.floor(share * 3.999));
    canvas.put(i, 0, shades[shade] ?? ' ', shade === 0 ? 'dim' : 0);
  }
  canvas.put(nowCell, 0, unicode ? '┃' : '|', 'strong');
  for (const mark of marksOf(forecast, endMs)) {
    const column = Math.round(mark / perCell);
    const text = formatShort(mark).replace('.0s', 's');
    const from = Math.min(Math.max(0, column - (text.length >> 1)), width - text.length);
    const isFree = Array.from({length: text.length + 2}, (_, i) => canvas.isFree(from - 1 + i, 1) || from - 1 + i < 0);
    if (isFree.every(Boolean)) canvas.write(from, 1, text, 'dim');
  }
  return {bar: canvas.row(0), scale: canvas.row(1)};
}

/** The moments worth a label, the most telling first: where windows open and close. */
function marksOf(forecast: Forecast, endMs: number): number[] {
  const marks = forecast.states
    .filter(({probability}) => probability > 0.01)
    .flatMap(({intervalMs}) => [intervalMs, 2 * intervalMs]);
  return [0, ...marks].filter((mark, i, all) => mark <= endMs && all.indexOf(mark) === i);
}
