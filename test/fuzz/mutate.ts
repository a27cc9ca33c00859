import type {Random} from './random.ts';

/** No input is longer, in characters. Linear work over so much takes a fraction of a second, quadratic work minutes. */
const longest = 400_000;

/** What parsers trip over: empty, far too large, not a number, other scripts, controls, half a character. */
const odd: readonly [string, ...string[]] = [
  ...([
    '',
    '0',
    '-1',
    '1e999',
    'NaN',
    'Infinity',
    '9007199254740993',
    '1.7976931348623157e308',
    '0x10',
    '00',
    '-0',
  ] as const),
  ...[
    'null',
    'true',
    '{}',
    '[]',
    '[[',
    '{"',
    '"',
    '\\',
    '\\u0000',
    '__proto__',
    'constructor',
    'toString',
    '%s',
    '%00',
  ],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '\0',
    '\u001b[31m',
    '\u001b]0;t\u0007',
    '\u009b2J',
    '\u009d',
    '\u0090',
    '\u007f',
    '\u0085',
  ],
  ...[
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u2028',
    '\u202e',
    '\u200d',
    '\ufffd',
    '\uffff',
    '\u0301',
    '\u0e33',
    '\u1100',
    '\u{e0041}',
  ],
  ...[
    'é',
    '容器',
    '👩‍👧',
    '🇩🇪',
    'क्ष',
    ':',
    '=',
    '==',
    ',',
    ';',
    '{',
    '}',
    '(',
    ')',
    '*',
    '**',
    '+',
    '?',
    '|',
    '&a',
    '*a',
    '!!js',
    '<<:',
  ],
  ...[
    '-',
    '--',
    '---\n',
    '- ',
    '0001-01-01T00:00:00Z',
    '9999-99-99',
    '1h1h',
    '.5s',
    '1e3m',
    '5Ei',
    '-----BEGIN CERTIFICATE-----',
  ],
];

/** Stands for a list in so many lists that nothing written with recursion survives it. */
const nest = 'ktop-fuzz-nest';

const jsonValues: readonly [unknown, ...unknown[]] = [
  null,
  ...[true, false, 0, -1, 0.5, 1e308, -1e308, 2 ** 53, 5e-324, '', 'x', '0', [], {}, [null], [[[]]], {a: null}],
  ...['\u001b[2J', '\ud800', '1e999', '0001-01-01T00:00:00Z', '9'.repeat(400), 'x'.repeat(5000), {length: 1e9}],
  nest,
];

/** One mutated input: of a sample most often, sometimes of nothing at all. */
export function mutated(samples: readonly [string, ...string[]], random: Random): string {
  if (random.chance(40)) return noise(random);
  let text = random.pick(samples);
  if (/^\s*[[{]/.test(text) && !random.chance(3)) text = mutatedJson(text, random);
  const times = random.chance(4) ? 0 : 1 + random.below(4);
  for (let i = 0; i < times; i += 1) text = mutatedText(text, samples, random);
  return text.slice(0, longest);
}

function noise(random: Random): string {
  const width = random.pick([0x80, 0x100, 0x300, 0x10000]);
  return Array.from({length: random.below(200)}, () => String.fromCharCode(random.below(width))).join('');
}

function mutatedText(text: string, samples: readonly [string, ...string[]], random: Random): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + random.below(random.pick([3, 20, 400])));
  const before = text.slice(0, at);
  const after = text.slice(to);
  switch (random.below(9)) {
    case 0:
      return before + after;
    case 1:
      return before + random.pick(odd) + after;
    case 2:
      return before;
    case 3: {
      // Much of the same: what a quadratic search shows by.
      const piece = random.chance(2) ? random.pick(odd) : text.slice(at, to);
      const times = random.pick([2, 10, 200, random.chance(20) ? 100_000 : 1000]);
      return before + piece.repeat(Math.min(times, Math.floor(longest / Math.max(1, piece.length)))) + after;
    }
    case 4:
      return before + text.slice(at, to) + text.slice(at, to) + after;
    case 5: {
      const other = random.pick(samples);
      return before + other.slice(random.below(other.length + 1));
    }
    case 6:
      return text.replace(/-?\d+(?:\.\d+)?/g, (number) => (random.chance(6) ? random.pick(odd) : number));
    case 7: {
      const lines = text.split('\n');
      const line = random.below(lines.length);
      const other = lines[random.below(lines.length)] ?? '';
      lines.splice(line, random.below(2), ...(random.chance(3) ? [] : [other]));
      return lines.join('\n');
    }
    default:
      return before + String.fromCharCode(random.below(random.pick([0x80, 0x100, 0x10000]))) + text.slice(at + 1);
  }
}

function mutatedJson(text: string, random: Random): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  for (let i = random.below(4); i >= 0; i -= 1) root = changed(root, random, 0);
  return JSON.stringify(root).replaceAll(JSON.stringify(nest), () => {
    const levels = random.pick([600, 6000, 60_000]);
    return '['.repeat(levels) + ']'.repeat(levels);
  });
}

/** The value with one place below it changed. */
function changed(value: unknown, random: Random, depth: number): unknown {
  if (typeof value !== 'object' || value === null || random.chance(depth === 0 ? 50 : 8))
    return random.pick(jsonValues);
  if (Array.isArray(value)) {
    const items: unknown[] = Array.from<unknown>(value);
    const at = random.below(items.length + 1);
    const item = items[at];
    if (random.chance(10)) return Array.from({length: random.pick([2, 100, 3000])}, () => item);
    if (random.chance(6)) items.splice(at, 1);
    else if (random.chance(5)) items.splice(at, 0, item);
    else items[at] = changed(item, random, depth + 1);
    return items;
  }
  const entries: [string, unknown][] = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [key = random.pick(odd), inner] = entries[at] ?? [];
  if (random.chance(6)) entries.splice(at, 1);
  else entries[at] = random.chance(12) ? [random.pick(odd), inner] : [key, changed(inner, random, depth + 1)];
  return Object.fromEntries(entries);
}

/** The text as bytes; sometimes no UTF-8. */
export function bytesOf(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text, random.chance(4) ? 'latin1' : 'utf8');
  if (random.chance(4))
    for (let i = random.below(4); i >= 0; i -= 1) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
