import {newestColumn, type Buckets} from './buckets.ts';

const unicodeBars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiBars = ['_', '.', '-', '=', '+', '*', '#', '@'];

/** One row for a series: the highest of each column in eight levels, gaps blank, what is not known yet dotted. */
export function sparkline(buckets: Buckets, top: number, ended: boolean, unicode: boolean): string {
  const levels = unicode ? unicodeBars : asciiBars;
  const newest = newestColumn(buckets);
  return Array.from(buckets.high, (value, column) => {
    if (Number.isNaN(value)) return column > newest && !ended ? (unicode ? '·' : ' ') : ' ';
    const level = Math.ceil((value / top) * levels.length) - 1;
    return levels[Math.min(Math.max(level, 0), levels.length - 1)] ?? ' ';
  }).join('');
}

/** How much of a limit is used, as a bar of `width` cells: `▕██▌  ▏`. Empty cells where there is no limit. */
export function limitBar(value: number | null, limit: number | null, width: number, unicode: boolean): string {
  if (value === null || limit === null || limit <= 0) return ' '.repeat(width);
  const cells = width - 2;
  const halves = Math.min(Math.round((value / limit) * cells * 2), cells * 2);
  const full = (unicode ? '█' : '#').repeat(halves >> 1);
  const half = halves % 2 === 1 ? (unicode ? '▌' : '=') : '';
  const bar = (full + half).padEnd(cells);
  return unicode ? `▕${bar}▏` : `[${bar}]`;
}
