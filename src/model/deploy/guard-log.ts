import {durationText} from '../../util/duration.ts';

/** A line of the guard's log: how long the node was up then, what it did, and with what. Words of the node: untrusted. */
export interface GuardLine {
  readonly uptimeMs: number;
  readonly word: string;
  readonly text: string;
}

/** What a look at the log brought: the lines that are new, and whether the guard has ended. */
export interface GuardTail {
  readonly lines: readonly GuardLine[];
  readonly isOver: boolean;
}

/** Reads what the guard's `tail` printed; a line that was half written is left for the next look. */
export function readTail(text: string): GuardTail {
  const rows = text.split('\n');
  const lines = rows.flatMap((row): readonly GuardLine[] => {
    const [uptime = '', word = '', ...rest] = row.split(' ');
    if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(uptime) || word === '') return [];
    return [{uptimeMs: Math.round(Number(uptime) * 1000), word, text: rest.join(' ')}];
  });
  return {lines, isOver: rows.includes('over')};
}

/** How a deploy ended on the node. */
export interface GuardEnd {
  /** `done`: the new one is in place and runs; `stuck`: the guard itself could do nothing. */
  readonly step: 'done' | 'back' | 'booted' | 'refused' | 'down' | 'stuck';
  readonly why: string;
}

const ends = ['done', 'back', 'booted', 'refused', 'down', 'stuck'] as const;

/** The end that a log tells; null while there is none. */
export function endOf(lines: readonly GuardLine[]): GuardEnd | null {
  const line = lines.findLast(({word}) => word === 'end');
  if (line === undefined) return null;
  const [first = '', ...why] = line.text.split(' ');
  const step = ends.find((one) => one === first) ?? 'stuck';
  return {step, why: why.join(' ')};
}

/** A line as the user is told of it, with how long it took since the one before; null for what only ktop reads. */
export function guardText({word, text, uptimeMs}: GuardLine, before: GuardLine | null): string | null {
  const took = before === null ? '' : ` (${durationText(uptimeMs - before.uptimeMs)})`;
  switch (word) {
    case 'swapped':
      return `in place at ${text}${took}`;
    case 'cleared':
      return `journal cleared${took}`;
    case 'uncleared':
      return `the journal was not cleared: ${text}`;
    case 'restart':
      return 'restarting the kubelet';
    case 'up':
      return `the kubelet is ${text}${took}`;
    case 'down':
    case 'late':
      return `the unit ${text.replace(/^\S+ /, '')}${took}: going back`;
    case 'restored':
      return 'the one before is in place again';
    case 'unarmed':
      return `${text} may not be written: a reboot of the node just now would start the new binary untried`;
    default:
      return null;
  }
}
