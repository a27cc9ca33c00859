import {targetKey, type Target} from '../target.ts';
import type {TableRow} from './forecast-table.ts';

/** In which order targets stand: `name` stays as it is while they tick, `next` has the next tick first. */
export type TableOrder = 'name' | 'next';

/** The rows of the table as they are drawn: what is watched, then the rest. */
export interface Ordered {
  readonly watched: readonly TableRow[];
  readonly others: readonly TableRow[];
}

/** Puts the targets of a node in order, hundreds of them each second, of which hardly any comes or goes. */
export class TableOrders {
  #ranks: ReadonlyMap<string, number> = new Map();

  /**
   * Parts rows, which come with the next tick first, and puts each part in order, what has ended last. `chosen` are the
   * keys of what is watched, a pod's for its containers too; null: all is.
   */
  inOrder(rows: readonly TableRow[], chosen: ReadonlySet<string> | null, order: TableOrder): Ordered {
    const watched: TableRow[] = [];
    const others: TableRow[] = [];
    const sorted = order === 'name' ? this.#byName(rows) : rows;
    for (const isGone of [false, true]) {
      for (const row of sorted) {
        if (row.isGone !== isGone) continue;
        const isWatched = chosen === null || chosen.has(row.key) || chosen.has(podKeyOf(row.target));
        (isWatched ? watched : others).push(row);
      }
    }
    return {watched, others};
  }

  #byName(rows: readonly TableRow[]): readonly TableRow[] {
    if (rows.length !== this.#ranks.size || rows.some(({key}) => !this.#ranks.has(key))) {
      const names = rows.map(({key, target}) => ({key, name: nameOf(target)}));
      names.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
      this.#ranks = new Map(names.map(({key}, rank) => [key, rank]));
    }
    const sorted = [...rows];
    for (const row of rows) sorted[this.#ranks.get(row.key) ?? 0] = row;
    return sorted;
  }
}

/** A pod before its containers. */
const nameOf = ({namespace, pod, container}: Target): string => [namespace, pod, container ?? ''].join('\u0000');

/** The same object stands for a target as long as it is there. */
const podKeys = new WeakMap<Target, string>();

function podKeyOf(target: Target): string {
  let key = podKeys.get(target);
  if (key === undefined) {
    key = targetKey({...target, container: null});
    podKeys.set(target, key);
  }
  return key;
}
