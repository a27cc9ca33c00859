import {safeName} from '../model/draw/safe-text.ts';

/** A label's name and value. */
export type Label = readonly [name: string, value: string];

/**
 * The labels of one or more series, laid out once: they are written at each scrape. Values come from outside: no control
 * character gets through, and none is longer than a name can be.
 */
export class Labels {
  readonly pairs: readonly Label[];
  /** `node="a",pod="b"`, as the text formats have it. */
  readonly text: string;

  constructor(pairs: readonly Label[]) {
    this.pairs = pairs.map(([name, value]) => [name, ownText(safeName(value))]);
    this.text = ownText(this.pairs.map(labelText).join(','));
  }
}

export const noLabels = new Labels([]);

/** `name="value"` with the escapes of the text formats, which both have the same. */
export function labelText([name, value]: Label): string {
  return `${name}="${value.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * A copy of its own. What was cut out of an answer keeps the whole answer in memory (V8's sliced strings): a hundred
 * kilobytes for a name, for each of the nodes.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
