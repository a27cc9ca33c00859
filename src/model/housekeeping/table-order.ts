import type {Target} from '../target.ts';
import type {TableRow} from './forecast-table.ts';

/** In which order targets stand: `name` stays as it is while they tick, `next` has the next tick first. */
export type TableOrder = 'name' | 'next';

/** The rows of the table as they are drawn: what is watched, then the rest. */
export interface Ordered {
  readonly watched: readonly TableRow[];
  readonly others: readonly TableRow[];
}

/** Parts rows, which come with the next tick first, and puts each part in order. */
export function inOrder(rows: readonly TableRow[], watches: (target: Target) => boolean, order: TableOrder): Ordered {
  const watched: TableRow[] = [];
  const others: TableRow[] = [];
  for (const row of rows) (watches(row.target) ? watched : others).push(row);
  if (order === 'name') for (const part of [watched, others]) part.sort(byName);
  return {watched, others};
}

/** What the rows are ordered by; the same object stands for a target as long as it is there. */
const names = new WeakMap<Target, string>();

/** A pod before its containers. */
function nameOf(target: Target): string {
  const known = names.get(target);
  if (known !== undefined) return known;
  const name = [target.namespace, target.pod, target.container ?? ''].join('\u0000');
  names.set(target, name);
  return name;
}

/** What has ended last. */
function byName(a: TableRow, b: TableRow): number {
  if (a.isGone !== b.isGone) return a.isGone ? 1 : -1;
  const [one, other] = [nameOf(a.target), nameOf(b.target)];
  return one < other ? -1 : Number(one > other);
}
