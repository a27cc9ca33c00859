import {safeName} from './draw/safe-text.ts';

/** Names in a sentence, all of them: `a`, `a and b`, `a, b and c`. */
export function severalNames(names: readonly string[]): string {
  const safe = names.map(safeName);
  const last = safe.at(-1) ?? '';
  return safe.length < 2 ? last : `${safe.slice(0, -1).join(', ')} and ${last}`;
}
