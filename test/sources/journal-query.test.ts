import {expect, test} from 'vitest';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {parseLines, QueryReader} from '../../src/sources/journal-query.ts';

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

test('asks again from the last second and repeats nothing, not even equal lines', () => {
  const reader = new QueryReader('kubelet', 100);
  expect(reader.path()).toBe('/logs/?query=kubelet&tailLines=100');
  expect(texts(reader.take(reply(line(1, 'a') + line(2, 'b') + line(2, 'b')), now))).toEqual(['a', 'b', 'b']);
  expect(reader.path()).toContain('sinceTime=2026-01-01T00%3A00%3A02Z');
  const second = line(2, 'b').repeat(3) + line(3, 'c');
  expect(reader.take(reply(second), now)).toMatchObject({gap: null, entries: [{message: 'b'}, {message: 'c'}]});
  expect(texts(reader.take(reply(line(3, 'c')), now))).toEqual([]);
});

test('says that lines are missing where the last seen ones are gone', () => {
  const reader = new QueryReader('kubelet', 100);
  reader.take(reply(line(1, 'a')), now);
  expect(reader.take(reply(line(5, 'z')), now)).toMatchObject({
    gap: expect.any(String) as string,
    entries: [{message: 'z'}],
  });
  expect(reader.take(reply(line(5, 'z')), now)).toEqual({gap: null, entries: []});
});

test('a kubelet that only lists its files, or refuses, is told apart from one that is down', () => {
  const reader = new QueryReader('kubelet', 100);
  expect(() => reader.take(reply('<pre>\n<a href="pods/">'), now)).toThrow('enableSystemLogQuery');
  expect(() => reader.take(reply('not found', 404), now)).toThrow('answers no log queries');
  expect(() => reader.take(reply('bad gateway', 502), now)).toThrow('502');
});
