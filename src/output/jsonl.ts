import type {Event} from '../model/event.ts';

/** One event as one JSON line, for scripts. */
export function jsonLine(event: Event): string {
  return `${JSON.stringify(event)}\n`;
}
