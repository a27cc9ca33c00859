import {durationText} from '../../util/duration.ts';
import type {JobLine} from '../job-log.ts';

/** How a deploy ended on the node. */
export interface GuardEnd {
  /** `done`: the new one is in place and runs; `stuck`: the guard itself could do nothing. */
  readonly step: 'done' | 'back' | 'booted' | 'refused' | 'down' | 'stuck';
  readonly why: string;
}

const ends = ['done', 'back', 'booted', 'refused', 'down', 'stuck'] as const;

/** The end that a line of the log tells; null where it tells none. */
export function endOf({word, text}: JobLine): GuardEnd | null {
  if (word !== 'end') return null;
  const [first = '', ...why] = text.split(' ');
  const step = ends.find((one) => one === first) ?? 'stuck';
  return {step, why: why.join(' ')};
}

/** A line as the user is told of it, with how long it took since the one before; null for what only ktop reads. */
export function guardText({word, text, uptimeMs}: JobLine, before: JobLine | null): string | null {
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
      return `the kubelet is ${text.replace(/^(\S+) (\S+)$/, '$1 ($2)')}${took}`;
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
