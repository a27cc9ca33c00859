/** Careful steps into a parsed JSON value of which nothing is known: a wrong turn gives undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

/** The text at a path of parsed JSON; undefined where there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The same where an empty word means that there is none. */
export function wordAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = textAt(value, ...path);
  return found === '' ? undefined : found;
}

/** The list at a path of parsed JSON; empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** What Kubernetes says is a dozen levels deep. Some thousands are more than can be written as JSON again. */
const mostLevels = 500;

/** Whether brackets stand in more others than `most`: each level costs a hundred times its one character in memory. */
function isTooDeep(text: string, most: number): boolean {
  // Each level needs two brackets.
  if (text.length <= 2 * most) return false;
  let level = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) level += 1;
    else if (code === 0x5d || code === 0x7d) level -= 1;
    if (level > most) return true;
  }
  return false;
}

/**
 * Parses text that may not be JSON at all, or nested beyond all sense; then the answer is undefined. What is to be read
 * again as a part of other JSON leaves room for the `levelsAround` it.
 */
export function parseJson(text: string, levelsAround = 0): unknown {
  if (isTooDeep(text, mostLevels - levelsAround)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Parses text that should be a JSON object; undefined where it is none. What cannot be one costs no exception, which is a
 * hundred times as much as this look: a damaged file may be all short lines.
 */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const trimmed = text.trim();
  const value = trimmed.startsWith('{') && trimmed.endsWith('}') ? parseJson(trimmed) : undefined;
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
