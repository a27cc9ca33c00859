import {cellWidth, sliceCells, truncateMiddle} from './width.ts';

/** `ip-10-0-3-7.eu-central-1.compute.internal`; no address, and nothing before the name. */
const ofDomain = /^([\w-]+)(?:\.[a-z][\w-]*)+$/i;

/**
 * Names of several nodes in `width` cells at most, so that one still tells which is which: where not all fit, the domain
 * goes first (clouds give all nodes of a region the same), as far as what is left is nobody else's; then the middle of a
 * name, or its beginning where that leaves more of them different.
 */
export function tellApart(names: readonly string[], width: number): readonly string[] {
  if (names.every((name) => cellWidth(name) <= width)) return names;
  const short = names.map((name) => ofDomain.exec(name)?.[1] ?? name);
  const owners = new Map<string, Set<string>>();
  for (const [i, one] of short.entries()) owners.set(one, (owners.get(one) ?? new Set()).add(names[i] ?? one));
  const kept = names.map((name, i) => (owners.get(short[i] ?? name)?.size === 1 ? (short[i] ?? name) : name));
  const cut = [truncateMiddle, truncateStart].map((way) => kept.map((name) => way(name, width)));
  const [best = kept] = cut.toSorted((a, b) => new Set(b).size - new Set(a).size);
  return best;
}

/** The end of a text that does not fit. */
function truncateStart(text: string, width: number): string {
  const cells = cellWidth(text);
  return cells <= width ? text : `…${sliceCells(text, cells - width + 1, cells)}`;
}
