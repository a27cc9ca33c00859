import {parseJson} from '../../util/json.ts';

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

const header = /^(?:\S{1,64} )?[IWEF](?:\d{4}){1,2} \d{2}:\d{2}:\d{2}\.\d{6} +\d+ ([^ \]]{1,200}:\d+)\](?: |$)/;
const headerStart = /^(?:\S{1,64} )?(?=[IWEF](?:\d{4}){1,2} \d{2}:\d{2}:)/;

/**
 * Where klog's header begins: at 0, or behind the name that a program puts before it (MicroShift's kubelet: `kubelet `,
 * `??? ` where it does not know the component); -1 where the text has none.
 */
export function klogStart(text: string): number {
  return headerStart.exec(text)?.[0].length ?? -1;
}

/** Reads klog's header `Lmmdd hh:mm:ss.uuuuuu PID file:line] `; null where the text has none. */
export function klogHeader(text: string): KlogHeader | null {
  const found = header.exec(text);
  if (found === null) return null;
  const [whole, source = ''] = found;
  return {source, sourceStart: whole.lastIndexOf(`${source}]`), messageStart: whole.length};
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
  const parsed = parseJson(value);
  return typeof parsed === 'string' ? parsed : value;
}

/** A line of the kubelet's JSON logging: `{"ts":…,"caller":"file:line","msg":"…",…}`. */
export interface JsonLog {
  readonly source: string;
  readonly message: string;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

const ownFields = new Set(['ts', 'caller', 'msg', 'v']);

/** The fields of a line that is one JSON object; null where it is none. */
function jsonFields(text: string): ReadonlyMap<string, unknown> | null {
  const parsed = parseJson(text);
  return typeof parsed !== 'object' || parsed === null ? null : new Map<string, unknown>(Object.entries(parsed));
}

/** Reads a line of the kubelet's JSON log format; null where it is none. */
export function parseJsonLog(text: string): JsonLog | null {
  if (!text.startsWith('{') || !text.includes('"msg"')) return null;
  const fields = jsonFields(text);
  if (fields === null) return null;
  const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    source: plain(fields.get('caller') ?? ''),
    message: plain(fields.get('msg') ?? ''),
    pairs: [...fields].filter(([key]) => !ownFields.has(key)).map(([key, value]) => [key, plain(value)]),
  };
}

/** The severities that ktop tells apart. */
export type LogLevel = 'info' | 'warning' | 'error' | 'fatal';

const levels: Readonly<Record<string, LogLevel>> = {
  ...{trace: 'info', debug: 'info', info: 'info', notice: 'info'},
  ...{warn: 'warning', warning: 'warning', err: 'error', error: 'error'},
  ...{fatal: 'fatal', panic: 'fatal', crit: 'fatal', critical: 'fatal', alert: 'fatal', emerg: 'fatal'},
};
const klogLevels: Readonly<Record<string, LogLevel>> = {I: 'info', W: 'warning', E: 'error', F: 'fatal'};
const logrus = /^(?:time=(?:"[^"]{1,64}"|\S{1,64}) )?level="?([A-Za-z]{1,16})/;
/** A longer line is not taken apart to tell how serious it is. */
const longestJson = 64 * 1024;

/**
 * How serious a line calls itself, null where it does not say: by klog's letter; in the kubelet's JSON format an info has
 * a verbosity `v` and an error has none (k8s.io/component-base `logs/json`); `level` in other JSON and in logrus' text
 * (containerd, CRI-O).
 */
export function levelOf(text: string): LogLevel | null {
  const first = text.charAt(0);
  if (first === '{') return jsonLevel(text);
  const start = klogStart(text);
  if (start >= 0) return klogLevels[text.charAt(start)] ?? null;
  const level = first === 't' || first === 'l' ? logrus.exec(text)?.[1] : undefined;
  return level === undefined ? null : (levels[level.toLowerCase()] ?? null);
}

function jsonLevel(text: string): LogLevel | null {
  if (text.length > longestJson) return null;
  const fields = jsonFields(text);
  if (fields === null) return null;
  const named = fields.get('level') ?? fields.get('severity');
  if (typeof named === 'string') return levels[named.toLowerCase()] ?? null;
  if (!fields.has('msg') || !(fields.has('ts') || fields.has('caller'))) return null;
  return fields.has('v') ? 'info' : 'error';
}
