/** A `key=value` of structured logging. Offsets are characters of the parsed text. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The header of a klog line: `Lmmdd hh:mm:ss.uuuuuu PID file:line] msg` (k8s.io/klog, `formatHeader`). */
export interface KlogHeader {
  readonly source: string;
  readonly sourceStart: number;
  readonly messageStart: number;
}

const header = /^[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d{6} +\d+ ([^ \]]{1,200}:\d+)\] /;

/** Reads klog's header `Lmmdd hh:mm:ss.uuuuuu PID file:line] `; null where the text has none. */
export function klogHeader(text: string): KlogHeader | null {
  const found = header.exec(text);
  if (found === null) return null;
  const [whole, source = ''] = found;
  return {source, sourceStart: whole.length - 2 - source.length, messageStart: whole.length};
}

const pairStart = /(?:^|\s)([A-Za-z_][\w./-]{0,100})=/g;

/** The pairs of a structured line (`"msg" key="value" key={…}`), from `from` on. */
export function pairsOf(text: string, from: number): Pair[] {
  const pairs: Pair[] = [];
  pairStart.lastIndex = from;
  for (let found = pairStart.exec(text); found !== null && pairs.length < 200; found = pairStart.exec(text)) {
    const key = found[1] ?? '';
    const valueStart = pairStart.lastIndex;
    const valueEnd = endOfValue(text, valueStart);
    pairs.push({
      key,
      value: unquote(text.slice(valueStart, valueEnd)),
      keyStart: valueStart - key.length - 1,
      valueStart,
      valueEnd,
    });
    pairStart.lastIndex = valueEnd;
  }
  return pairs;
}

/** A quoted value ends at its quote, one in brackets at the bracket that closes it, any other at a space. */
function endOfValue(text: string, start: number): number {
  const opening = text.charAt(start);
  if (opening !== '"' && opening !== '{' && opening !== '[') {
    const end = text.indexOf(' ', start);
    return end === -1 ? text.length : end;
  }
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quoted && sign === '\\') at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === '{' || sign === '[')) depth += 1;
    else if (!quoted && (sign === '}' || sign === ']')) depth -= 1;
    if (depth === 0 && !quoted) return at + 1;
  }
  return text.length;
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}

/** A line of the kubelet's JSON logging: `{"ts":…,"caller":"file:line","msg":"…",…}`. */
export interface JsonLog {
  readonly source: string;
  readonly message: string;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

const ownFields = new Set(['ts', 'caller', 'msg', 'v']);

/** Reads a line of the kubelet's JSON log format; null where it is none. */
export function parseJsonLog(text: string): JsonLog | null {
  if (!text.startsWith('{') || !text.includes('"msg"')) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    source: plain(fields.get('caller') ?? ''),
    message: plain(fields.get('msg') ?? ''),
    pairs: [...fields].filter(([key]) => !ownFields.has(key)).map(([key, value]) => [key, plain(value)]),
  };
}
