import type {LinePattern} from './pattern.ts';
import type {PodNames} from './pod-names.ts';

/** So much of a line is shown in the list, and only there are names put in; the detail view has more, a copy has all. */
export const shownCharacters = 4096;

/** The message as the list shows it: with the names of pods and containers for their cgroups, uids and ids. */
function shownMessage(message: string, names: PodNames): string {
  if (message.length <= shownCharacters) return names.shown(message);
  return names.shown(message.slice(0, shownCharacters)) + message.slice(shownCharacters);
}

/** Whether a message matches as the node wrote it, or as it is shown: what can be read can be found. */
export function matchesLine(pattern: LinePattern, message: string, names: PodNames | null): boolean {
  if (pattern.test(message)) return true;
  if (names === null) return false;
  const shown = shownMessage(message, names);
  return shown !== message && pattern.test(shown);
}
