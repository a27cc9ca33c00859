import {newestColumn, type Buckets} from './buckets.ts';

const unicodeBars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiBars = ['_', '.', '-', '=', '+', '*', '#', '@'];

/** One row for a series: the highest of each column in eight levels, gaps blank, what is not known yet dashed. */
export function sparkline(buckets: Buckets, top: number, ended: boolean, unicode: boolean): string {
  const levels = unicode ? unicodeBars : asciiBars;
  const newest = newestColumn(buckets);
  return Array.from(buckets.high, (value, column) => {
    if (Number.isNaN(value)) return column > newest && !ended ? (unicode ? '╌' : ' ') : ' ';
    const level = Math.ceil((value / top) * levels.length) - 1;
    return levels[Math.min(Math.max(level, 0), levels.length - 1)] ?? ' ';
  }).join('');
}
