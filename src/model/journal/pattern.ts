import {RE2JS, RE2JSSyntaxException} from 're2js';

/** Where a pattern matched: `[start, end)` in characters. */
export type MatchRange = readonly [start: number, end: number];

export type CompiledPattern =
  {readonly ok: true; readonly pattern: LinePattern} | {readonly ok: false; readonly problem: string};

/** Nothing but letters, escaped signs and `|`: such a pattern cannot backtrack, in whatever engine. */
const plain = /^(?:[^\\()[\]{}*+?^$.\u0080-\uffff]|\\[\\()[\]{}*+?|^$./"'=:-])+$/;
const ignoreCase = /^\(\?i\)/;
/** What of an expression is no letter that a line could hold: escapes, classes by name, names of groups, flags. */
const signs = /\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|.)|\[:\^?\w+:\]|\(\?P?<\w+>/gsu;

/**
 * A word that every match of an expression holds, or null: its longest run of plain characters outside of groups and
 * classes. re2js does this itself, but not where case is ignored; most lines lack the word, and the built-in engine
 * says so several times sooner.
 */
function wordOf(words: string): string | null {
  // Alternatives, flags inside, and escapes that stand for characters: not worth understanding.
  if (/[|#]|\(\?[^:]|\\[xXQEpPC\d]/.test(words)) return null;
  const flat = words.replace(/\\./gs, '\u0000').replace(/\[\^?\]?[^\]]*\]/g, '\u0000');
  let open = 0;
  let outside = '';
  for (const sign of flat) {
    if (sign === '(') open += 1;
    outside += open > 0 ? '\u0000' : sign;
    if (sign === ')') open -= 1;
  }
  const runs = outside.replace(/.(?:[*?]|\{[^}]*\})/g, '\u0000').match(/[\w/="':,-]{3,}/g) ?? [];
  return runs.sort((a, b) => b.length - a.length)[0] ?? null;
}

/**
 * A regular expression over log lines that takes time linear in the line, whatever is typed: RE2's syntax, so neither
 * backreferences nor lookahead. Patterns of plain words go to the built-in engine, which is quicker for them.
 */
export class LinePattern {
  readonly source: string;
  readonly #linear: RE2JS;
  readonly #test: (text: string) => boolean;

  /** `anyCase`: letters match whatever their case, as with `(?i)` at the start. */
  constructor(source: string, linear: RE2JS, anyCase = false) {
    this.source = source;
    this.#linear = linear;
    const words = source.replace(ignoreCase, '');
    const isExact = !anyCase && words === source;
    if (plain.test(words)) {
      const builtIn = new RegExp(words, isExact ? '' : 'i');
      this.#test = (text) => builtIn.test(text);
      return;
    }
    const word = isExact ? null : wordOf(words);
    if (word === null) {
      this.#test = (text) => linear.test(text);
    } else {
      const held = new RegExp(word, 'i');
      this.#test = (text) => held.test(text) && linear.test(text);
    }
  }

  /** Whether the text matches, in time linear in its length. */
  test(text: string): boolean {
    return this.#test(text);
  }

  /** All matches that are not empty, at most `limit` of them. */
  ranges(text: string, limit = 100): MatchRange[] {
    const found: MatchRange[] = [];
    if (!this.#test(text)) return found;
    const matcher = this.#linear.matcher(text);
    while (found.length < limit && matcher.find()) {
      if (matcher.end() > matcher.start()) found.push([matcher.start(), matcher.end()]);
    }
    return found;
  }

  /** What the named groups of the first match caught, or null where the line does not match. */
  groups(text: string): Readonly<Record<string, string | null>> | null {
    if (!this.#test(text)) return null;
    const matcher = this.#linear.matcher(text);
    return matcher.find() ? matcher.getNamedGroups() : null;
  }

  /** The names of the capture groups. */
  get groupNames(): readonly string[] {
    return Object.keys(this.#linear.namedGroups());
  }
}

/**
 * Compiles what a user looks for, as `journalctl --grep`, `less -i` and `rg -S` take it: without an upper-case letter in it
 * case does not matter. Flags at the start (`(?i)`, `(?-i)`) decide that otherwise.
 */
export function compileSought(source: string): CompiledPattern {
  const isExact = /^\(\?[a-zA-Z-]+[:)]/.test(source) || /\p{Lu}/u.test(source.replace(signs, ''));
  return compilePattern(source, !isExact);
}

/** Compiles an expression; a mistake comes back as a sentence. With `anyCase` letters match whatever their case. */
export function compilePattern(source: string, anyCase = false): CompiledPattern {
  try {
    const linear = anyCase ? RE2JS.compile(source, RE2JS.CASE_INSENSITIVE) : RE2JS.compile(source);
    return {ok: true, pattern: new LinePattern(source, linear, anyCase)};
  } catch (error) {
    // A mistake is told in what was typed, and not in what re2js makes of it.
    if (anyCase) return compilePattern(source);
    if (/\\[1-9]|\(\?=|\(\?!|\(\?<[=!]/.test(source)) {
      return {ok: false, problem: 'backreferences and lookaround are not supported (RE2 syntax)'};
    }
    if (error instanceof RE2JSSyntaxException) {
      const where = error.getPattern();
      const what = error.getDescription();
      return {ok: false, problem: where === null || where === '' ? what : `${what}: ${where}`};
    }
    return {ok: false, problem: error instanceof Error ? error.message : 'not a regular expression'};
  }
}
