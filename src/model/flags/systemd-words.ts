/**
 * How systemd reads words: command lines (systemd.service(5), `src/basic/extract-word.c`, `src/basic/env-util.c`),
 * `Environment=` and environment files (systemd.exec(5), `src/basic/env-file.c`).
 */

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The words of a line: blanks part them, quotes hold them together, C escapes count; one that is unknown stays as it is. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? '';
    if (c === '\\') {
      const {text, length} = escaped(line.slice(i + 1, i + 11));
      word = (word ?? '') + text;
      i += length;
    } else if (quote !== '') {
      if (c === quote) quote = '';
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + c;
  }
  if (word !== null) words.push(word);
  return words;
}

function escaped(rest: string): {readonly text: string; readonly length: number} {
  const [first = ''] = rest;
  const known = escapes[first];
  if (known !== undefined) return {text: known, length: 1};
  const [code = '', hex, octal] = /^(?:x([0-9a-f]{2})|u[0-9a-f]{4}|U[0-9a-f]{8}|([0-7]{3}))/i.exec(rest) ?? [];
  if (code === '') return {text: `\\${first}`, length: first.length};
  const value = octal === undefined ? parseInt(hex ?? code.slice(1), 16) : parseInt(octal, 8);
  return {text: value <= 0x10ffff ? String.fromCodePoint(value) : '\ufffd', length: code.length};
}

/** The variables of one `Environment=`, in order. What is no assignment is passed over, as systemd does. */
export function readAssignments(value: string): readonly (readonly [name: string, value: string])[] {
  return splitWords(value).flatMap((word) => {
    const [, name, text] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
    return name === undefined || text === undefined ? [] : [[name, text] as const];
  });
}

/**
 * The variables of an environment file. Quotes count where a value begins, or behind a quoted part; a backslash outside
 * of quotes, and inside of double ones before `"`, `\`, `` ` `` and `$`, stands for the character behind it.
 */
export function readEnvironmentFile(text: string): readonly (readonly [name: string, value: string])[] {
  const found: (readonly [string, string])[] = [];
  let at = 0;
  while (at < text.length) {
    const [skipped = ''] = /^\s*/.exec(text.slice(at)) ?? [];
    at += skipped.length;
    if (text[at] === '#' || text[at] === ';') at = endOfComment(text, at);
    else {
      const end = text.slice(at).search(/[=\n\r]/);
      if (end === -1) break;
      const key = text.slice(at, at + end).trim();
      at += end + 1;
      if (text[at - 1] !== '=') continue;
      const value = readValue(text, at);
      at = value.end;
      if (/^[A-Za-z_]\w*$/.test(key)) found.push([key, value.text]);
    }
  }
  return found;
}

/** A comment goes on in the next line where its own ends with a backslash. */
function endOfComment(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function readValue(text: string, from: number): {readonly text: string; readonly end: number} {
  let at = from;
  let value = '';
  /** How much of the value is there for good: blanks behind it are not, unless something follows. */
  let kept = 0;
  let quote = '';
  let begun = false;
  for (; at < text.length; at += 1) {
    const c = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (quote === "'") {
      if (c === quote) quote = '';
      else value += c;
      kept = value.length;
    } else if (quote === '"') {
      if (c === quote) quote = '';
      else if (c !== '\\') value += c;
      else {
        if (/["\\`$]/.test(next)) value += next;
        else if (next !== '\n') value += c + next;
        at += 1;
      }
      kept = value.length;
    } else if (c === '\n' || c === '\r') break;
    else if (c === '\\') {
      begun = true;
      at += 1;
      if (next !== '\n') value += next;
      kept = value.length;
    } else if (!begun && (c === '"' || c === "'")) quote = c;
    else if (/\s/.test(c)) value += begun ? c : '';
    else {
      begun = true;
      value += c;
      kept = value.length;
    }
  }
  return {text: value.slice(0, kept), end: at + 1};
}

/** A word for `ExecStart=`, so that systemd makes just this of it: of specifiers, variables, escapes and quotes. */
export function execWord(word: string, expandsVariables = true): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', expandsVariables ? '$$$$' : '$$');
  if (!/[\s"'\\;]/.test(plain) && plain !== '') return plain;
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\t', '\\t')}"`;
}
