/** What was typed into a prompt earlier, oldest first, and how far back the user has gone among it. */
export interface PastLines {
  readonly texts: readonly string[];
  /** The place in `texts`; behind the last of them what is being typed now. */
  readonly at: number;
  /** What was being typed when the user went back. */
  readonly draft: string;
}

const mostKept = 100;

/** What was typed earlier, before the user has gone back. */
export function pastLines(texts: readonly string[]): PastLines {
  return {texts, at: texts.length, draft: ''};
}

/** With one more that was taken: it is the newest, and stands there once. */
export function withTaken(texts: readonly string[], text: string): readonly string[] {
  return text === '' ? texts : [...texts.filter((one) => one !== text), text].slice(-mostKept);
}

/**
 * The line before (-1) or after (1), as readline's history: behind the newest is what was being typed. What stands there
 * already is passed over. Null where there is none.
 */
export function pastLine(
  past: PastLines,
  step: 1 | -1,
  typed: string,
): {readonly past: PastLines; readonly text: string} | null {
  const draft = past.at === past.texts.length ? typed : past.draft;
  let at = past.at + step;
  while (at >= 0 && at < past.texts.length && past.texts[at] === typed) at += step;
  if (at < 0 || at > past.texts.length) return null;
  return {past: {...past, at, draft}, text: past.texts[at] ?? draft};
}
