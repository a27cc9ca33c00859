import type {Quantity} from '../draw/buckets.ts';
import {limitOf, requestOf, type Line} from './line.ts';

/** A request or a limit as a horizontal rule. */
export interface Rule {
  readonly kind: 'limit' | 'request';
  /** In nanocores or bytes. */
  readonly value: number;
  /** Whose it is, as series counted from 0; empty where all lines are of the one pod whose it is. */
  readonly series: readonly number[];
}

/**
 * The requests and limits of the lines: those of a pod alone, and of several each with the letters of its lines. A
 * value that several share is one rule; a request that is the limit too is the limit.
 */
export function rulesOf(lines: readonly Line[], quantity: Quantity): Rule[] {
  const [first] = lines;
  const isOnePod = lines.every(
    ({target}) => target.namespace === first?.target.namespace && target.pod === first.target.pod,
  );
  const owners = isOnePod ? lines.slice(0, 1) : lines.filter((line) => !line.ended);
  const rules = new Map<string, Rule>();
  const add = (kind: Rule['kind'], value: number | null, line: Line): void => {
    if (value === null || value <= 0) return;
    const key = `${kind} ${value}`;
    const series = isOnePod ? [] : [...(rules.get(key)?.series ?? []), line.colorIndex];
    rules.set(key, {kind, value, series});
  };
  for (const line of owners) {
    const [limit, request] = [limitOf(line, quantity), requestOf(line, quantity)];
    add('limit', limit, line);
    if (request !== limit) add('request', request, line);
  }
  return [...rules.values()].sort((a, b) => (a.kind < b.kind ? -1 : Number(a.kind > b.kind)) || b.value - a.value);
}
