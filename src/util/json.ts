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

/** Parses text that may not be JSON at all; then the answer is undefined. */
export function parseJson(text: string): unknown {
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
