/**
 * What can be told from two cursors (systemd `sd_journal_get_cursor`): `s` names a numbering of entries and `i` is the
 * entry's number in it, in hexadecimal. All units of a node are numbered together.
 */
interface Place {
  readonly numbering: string;
  readonly number: number;
}

function placeOf(cursor: string): Place | null {
  const numbering = /(?:^|;)s=([0-9a-f]+)/.exec(cursor)?.[1];
  const number = /(?:^|;)i=([0-9a-f]+)/.exec(cursor)?.[1];
  return numbering === undefined || number === undefined ? null : {numbering, number: parseInt(number, 16)};
}

/** The boot in which the entry was written (`b`); null where the cursor does not name one. */
export function bootOf(cursor: string): string | null {
  return /(?:^|;)b=([0-9a-f]{32})(?:;|$)/.exec(cursor)?.[1] ?? null;
}

/** Whether two cursors mean one entry; the rest of a cursor may differ between the files that hold it. */
export function sameEntry(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [placeOf(one), placeOf(other)];
  return a !== null && a.numbering === b?.numbering && a.number === b.number;
}

/** How many entries the journal numbered between two; null where the numberings differ (a new journal). */
export function entriesBetween(before: string, after: string): number | null {
  const [a, b] = [placeOf(before), placeOf(after)];
  if (a === null || a.numbering !== b?.numbering) return null;
  return Math.max(0, b.number - a.number - 1);
}
