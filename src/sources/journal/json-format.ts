import {isUtf8} from 'node:buffer';
import type {JournalEntry} from '../../model/event.ts';
import {nodeMs} from '../../model/time.ts';
import {parseJsonObject} from '../../util/json.ts';

/**
 * One line of `journalctl -o json` as an entry, or null where it is none. A value is a string, an array of bytes where
 * it is not plain UTF-8, an array of these where a field occurs more than once, or null where it was too long
 * (journalctl then wants `--all`).
 */
export function parseJournalJson(line: string): JournalEntry | null {
  const fields = parseJsonObject(line);
  if (fields === undefined) return null;
  const values = new Map<string, unknown>(Object.entries(fields));
  const text = (name: string): string | null => valueText(values.get(name));
  const cursor = text('__CURSOR');
  const micros = Number(text('__REALTIME_TIMESTAMP') ?? NaN);
  if (cursor === null || !Number.isFinite(micros)) return null;
  const message = values.get('MESSAGE');
  const raw = rawText(message);
  return {
    ...(raw === null ? {} : {raw}),
    cursor,
    at: nodeMs(micros / 1000),
    unit: text('UNIT') ?? text('OBJECT_SYSTEMD_UNIT') ?? text('_SYSTEMD_UNIT') ?? '',
    identifier: text('SYSLOG_IDENTIFIER') ?? '',
    pid: wholeNumber(text('_PID')),
    priority: wholeNumber(text('PRIORITY')) ?? 6,
    message: text('MESSAGE') ?? (message === null ? '(a message too long for journalctl -o json)' : ''),
  };
}

function valueText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const items: unknown[] = value;
  const bytes = items.filter((item) => typeof item === 'number');
  return bytes.length === items.length ? Buffer.from(bytes).toString('utf8') : valueText(items.at(-1));
}

/** The bytes of a value that is not UTF-8, a character each; null where its text says it all. */
function rawText(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const items: unknown[] = value;
  const bytes = items.filter((item) => typeof item === 'number');
  if (bytes.length < items.length) return rawText(items.at(-1));
  const buffer = Buffer.from(bytes);
  return isUtf8(buffer) ? null : buffer.toString('latin1');
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
