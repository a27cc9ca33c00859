import {expect, test} from 'vitest';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {parseLines, QueryReader} from '../../../src/sources/journal/log-query.ts';

const now = localMs(Date.UTC(2026, 0, 1, 0, 0, 10));
const reply = (body: string, status = 200) => ({status, body, sentAt: now, receivedAt: now});
const line = (second: number, text: string) => `Jan 01 00:00:0${second}.000001 node kubelet[7]: ${text}\n`;
const texts = (result: ReturnType<QueryReader['take']>) => result.entries.map((entry) => entry.message);

test('reads the lines of the year they are nearest to, with what continues them', () => {
  const text = `-- Boot 1 --\nDec 31 23:59:59.250000 node kubelet[7]: old\n   more\n${line(1, 'new: "a: b"')}`;
  expect(parseLines(text, 'kubelet', now)).toMatchObject([
    {at: nodeMs(Date.UTC(2025, 11, 31, 23, 59, 59, 250)), identifier: 'kubelet', pid: 7, message: 'old\nmore'},
    {message: 'new: "a: b"', unit: 'kubelet.service'},
  ]);
});

test('asks for the newest lines again and repeats nothing, not even equal lines', () => {
  const reader = new QueryReader('kubelet', 100);
  expect(reader.path()).toBe('/logs/?query=kubelet&tailLines=100');
  expect(texts(reader.take(reply(line(1, 'a') + line(2, 'b') + line(2, 'b')), now))).toEqual(['a', 'b', 'b']);
  const second = line(1, 'a') + line(2, 'b').repeat(3) + line(3, 'c');
  expect(reader.take(reply(second), now)).toMatchObject({gap: null, entries: [{message: 'b'}, {message: 'c'}]});
  expect(texts(reader.take(reply(second), now))).toEqual([]);
});

test('asks for more until the answer reaches back to what was seen', () => {
  const reader = new QueryReader('kubelet', 2);
  const many = (from: number, to: number) =>
    Array.from({length: to - from}, (_, index) => line(1, `n=${from + index}`)).join('');
  reader.take(reply(many(0, 2)), now);
  expect(reader.path()).toContain('tailLines=50');
  expect(reader.take(reply(many(52, 102)), now)).toEqual({entries: [], gap: null, more: true});
  expect(reader.path()).toContain('tailLines=400');
  const reading = reader.take(reply(many(0, 102)), now);
  expect(texts(reading)).toEqual(Array.from({length: 100}, (_, index) => `n=${index + 2}`));
  expect([reading.gap, reading.more]).toEqual([null, false]);
});

test('loses none of many lines that follow an empty answer, and shows none that was there before where none was wanted', () => {
  const many = Array.from({length: 200}, (_, index) => line(1, `n=${index}`));
  const reader = new QueryReader('kubelet', 100);
  reader.take(reply('-- No entries --\n'), now);
  expect(reader.take(reply(many.slice(-50).join('')), now).more).toBe(true);
  expect(texts(reader.take(reply(many.join('')), now))).toHaveLength(200);

  const fromNow = new QueryReader('kubelet', 0);
  expect(fromNow.path()).toContain('tailLines=1');
  expect(texts(fromNow.take(reply(line(1, 'a')), now))).toEqual([]);
  expect(texts(fromNow.take(reply(line(1, 'a') + line(2, 'b')), now))).toEqual(['b']);
});

test('says that lines are missing where the last seen ones are gone', () => {
  const reader = new QueryReader('kubelet', 100);
  reader.take(reply(line(1, 'a')), now);
  const cleared = 'the journal of the node was cleared';
  expect(reader.take(reply(line(5, 'z')), now)).toMatchObject({gap: cleared, entries: [{message: 'z'}]});
  expect(reader.take(reply(line(5, 'z')), now)).toMatchObject({gap: null, entries: []});
  expect(reader.take(reply('-- No entries --\n'), now)).toMatchObject({gap: cleared, entries: []});
  expect(reader.take(reply(line(6, 'y')), now)).toMatchObject({gap: null, entries: [{message: 'y'}]});
});

test('a kubelet that only lists its files, or refuses, is told apart from one that is down', () => {
  const reader = new QueryReader('kubelet', 100);
  expect(() => reader.take(reply('<pre>\n<a href="pods/">'), now)).toThrow('enableSystemLogQuery');
  expect(() => reader.take(reply('logs endpoint is disabled.', 405), now)).toThrow('answers no log queries');
  expect(() => reader.take(reply('query: Invalid value', 400), now)).toThrow('400: query: Invalid value');
  expect(() => reader.take(reply('\nlog not found for kubelet\n'), now)).toThrow('knows no unit "kubelet"');
  expect(() => reader.take(reply('bad gateway', 502), now)).toThrow('502');
});
