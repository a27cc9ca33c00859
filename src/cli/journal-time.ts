import {InvalidArgumentError} from 'commander';

/** A time span without its blanks. What follows a number is no digit: so there is one way only to read it. */
const span = new RegExp(
  '^(?:\\d+(?!\\d)(?:\\.\\d+(?!\\d))?(?:usec|us|µs|μs|msec|ms|seconds?|sec|s|minutes?|min|months?|m|hours?|hr|h|' +
    'days?|d|weeks?|w|M|years?|y)?)+$',
);
const weekday =
  '(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';
const date = '(?:\\d{4}|\\d{2})-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\\d|3[01])';
const time = '(?:[01]?\\d|2[0-3]):[0-5]?\\d(?::(?:[0-5]?\\d|60)(?:\\.\\d{1,9})?)?';
const moment = new RegExp(`^(?:${weekday},?\\s+)?(?:${date}(?:(?:\\s+|T)${time})?|${time})$`, 'i');
const word = /^(?:now|today|yesterday|tomorrow)$/;
/** `Z`, `+02:00`, ` UTC`, ` CEST`, ` Europe/Berlin` at the end. */
const zone = /(?:\s*[+-]\d{2}(?::?\d{2})?|Z|\s+[A-Z]{2,5}|\s+[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2})$/;

/** Whether systemd reads it as a point in time (`man systemd.time`, `parse_timestamp` in its time-util.c). */
function isTime(text: string): boolean {
  if (/^@\d+(?:\.\d+)?$/.test(text)) return true;
  if ([text, text.replace(zone, '')].some((local) => word.test(local) || moment.test(local))) return true;
  const distance = /^(?:[+-](.+)|(.+?)\s+(?:ago|left))$/.exec(text);
  return span.test((distance?.[1] ?? distance?.[2] ?? '').replace(/\s+/g, ''));
}

/** What `journalctl --since` takes; the node's own has the last word, this refuses what none of them would take. */
export function journalTime(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length <= 100 && isTime(trimmed)) return trimmed;
  throw new InvalidArgumentError(
    'a time is wanted as journalctl takes it: today, yesterday, "2026-11-28 14:00", 14:00, -5m, "2 hours ago", @1795831366',
  );
}

/** What `journalctl --boot` takes: a boot's id, an offset (0: this boot, -1: the one before), both, or `all`. */
export function bootId(text: string): string {
  const trimmed = text.trim();
  const isBoot = /^(?:all|[+-]?\d{1,6}|[0-9a-f]{32}(?:[+-]\d{1,6})?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
  if (isBoot.test(trimmed)) return trimmed;
  throw new InvalidArgumentError(
    'a boot is wanted as journalctl takes it: 0, -1, its id of 32 hexadecimal digits, or all',
  );
}
