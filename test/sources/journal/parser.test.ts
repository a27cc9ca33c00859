import {existsSync, readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import type {JournalEntry} from '../../../src/model/event.ts';
import {parseJournalJson} from '../../../src/sources/journal/json-format.ts';
import {JournalParser} from '../../../src/sources/journal/parser.ts';

const head = (sequence: number) =>
  `__CURSOR=s=ab;i=${sequence.toString(16)};b=cd\n__REALTIME_TIMESTAMP=1795470381332331\n_BOOT_ID=cd\n`;
const kubelet = 'PRIORITY=6\nSYSLOG_IDENTIFIER=kubelet\n_PID=1546\n_SYSTEMD_UNIT=kubelet.service\n';

function binary(name: string, value: Uint8Array): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]);
}

function parse(bytes: Uint8Array, chunkBytes = bytes.length): JournalEntry[] {
  const parser = new JournalParser();
  const out: JournalEntry[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.subarray(at, at + chunkBytes), out);
  return out;
}

const messages = (entries: readonly JournalEntry[]) => entries.map((entry) => entry.message);

describe('the journal export format', () => {
  const stackTrace = 'panic: 容器\n\tat main()\n\n__CURSOR=forged\n';
  const long = `I1123 20:07:44.858588 1546 x.go:1] ${'long '.repeat(10_000)}`;
  const bytes = Buffer.concat([
    Buffer.from(`${head(1)}${kubelet}MESSAGE=plain a=b=c\n\n${head(2)}`),
    binary('MESSAGE', Buffer.from(stackTrace)),
    Buffer.from(`${kubelet}\n${head(3)}${kubelet}`),
    binary('MESSAGE', Buffer.from([0x61, 0xff, 0x00, 0x62])),
    Buffer.from(`\n${head(4)}MESSAGE=${long}\n${kubelet}\n`),
    Buffer.from(
      `${head(5)}_PID=1\nSYSLOG_IDENTIFIER=systemd\n_SYSTEMD_UNIT=init.scope\nUNIT=kubelet.service\nMESSAGE=Started\n\n`,
    ),
  ]);

  it('reads entries with every field that a pane needs', () => {
    expect(parse(bytes)[0]).toEqual({
      cursor: 's=ab;i=1;b=cd',
      at: 1795470381332.331,
      unit: 'kubelet.service',
      identifier: 'kubelet',
      pid: 1546,
      priority: 6,
      message: 'plain a=b=c',
    });
  });

  it('keeps messages of several lines, of bytes that are no text, and of 50 KB whole', () => {
    expect(messages(parse(bytes))).toEqual(['plain a=b=c', stackTrace, 'a\ufffd\0b', long, 'Started']);
  });

  it('reads names of units and programs in any script', () => {
    const named = `${head(1)}SYSLOG_IDENTIFIER=kübelet\n_SYSTEMD_UNIT=容器.service\nMESSAGE=a\n\n${head(2)}UNIT=é.service\n\n`;
    expect(parse(Buffer.from(named))).toMatchObject([
      {identifier: 'kübelet', unit: '容器.service'},
      {unit: 'é.service'},
    ]);
  });

  it('names the unit that systemd speaks of', () => {
    expect(parse(bytes).at(-1)).toMatchObject({identifier: 'systemd', unit: 'kubelet.service'});
  });

  it.each([1, 2, 7, 100, 4096])('reads the same from chunks of %i bytes', (chunkBytes) => {
    expect(parse(bytes, chunkBytes)).toEqual(parse(bytes));
  });

  it('refuses what is no export instead of making entries up', () => {
    expect(() => parse(Buffer.from('Failed to open the journal\nfor whatever reason it was\n'))).toThrow(
      'export format',
    );
    expect(parse(Buffer.from('-- No entries --\n\n'))).toEqual([]);
  });
});

describe('journalctl -o json', () => {
  it('reads text, bytes, repeated fields and messages that journalctl left out', () => {
    const line = (message: string) =>
      `{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1795470381332331","SYSLOG_IDENTIFIER":["a","b"],"MESSAGE":${message}}\n`;
    const entries = parse(Buffer.from(line('"x"') + line('[104,105]') + line('null')));
    expect(messages(entries)).toEqual(['x', 'hi', '(a message too long for journalctl -o json)']);
    expect(entries[0]?.identifier).toBe('b');
  });

  it.each(['', '{', 'null', '[]', '{"MESSAGE":"no cursor"}', '{"__CURSOR":"c","__REALTIME_TIMESTAMP":"x"}'])(
    'makes nothing of %j',
    (line) => {
      expect(parseJournalJson(line)).toBeNull();
    },
  );

  const trace = '../shared/traces/v1.32-default/journal.jsonl.gz';
  it.skipIf(!existsSync(trace))('reads every line of a recorded kubelet', () => {
    const bytes = gunzipSync(readFileSync(trace));
    const entries = parse(bytes, 5000);
    expect(entries).toHaveLength(bytes.toString().trimEnd().split('\n').length);
    expect(entries.every((entry) => entry.unit !== '' && entry.message !== '')).toBe(true);
  });
});

describe('what no kubelet writes', () => {
  it.each([
    ['as text', Buffer.concat([Buffer.from('MESSAGE='), Buffer.alloc(5 << 20, 'x'), Buffer.from('\n')])],
    ['as bytes', binary('MESSAGE', Buffer.alloc(5 << 20, 'x'))],
  ])('cuts a huge value %s and says so', (_, value) => {
    const bytes = Buffer.concat([Buffer.from(head(1)), value, Buffer.from(`${kubelet}\n${head(2)}MESSAGE=after\n\n`)]);
    const [huge, after] = parse(bytes, 65_536);
    expect(huge?.message).toHaveLength((1 << 20) + ' … (4194304 bytes more)'.length);
    expect(huge?.message.endsWith('x … (4194304 bytes more)')).toBe(true);
    expect(huge?.pid).toBe(1546);
    expect(after?.message).toBe('after');
  });

  it('passes over what is damaged up to the next entry, in pieces of any size', () => {
    const parser = new JournalParser();
    const damaged = Buffer.from(
      `${head(1)}MESSAGE=one\n\n__CURSOR=s=ab;i=2\nMESSAGE\n\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001rest\n\n${head(3)}MESSAGE=three\n\n`,
    );
    const out: JournalEntry[] = [];
    for (let at = 0; at < damaged.length; at += 7) parser.push(damaged.subarray(at, at + 7), out);
    expect(messages(out)).toEqual(['one', 'three']);
    expect(parser.takeSkipped()).toBe(1);
  });

  it('keeps the bytes of a message that is not UTF-8, in JSON too', () => {
    const line = (value: unknown) => JSON.stringify({__CURSOR: 'c', __REALTIME_TIMESTAMP: '1', MESSAGE: value});
    expect(parseJournalJson(line([0x61, 0xff]))?.raw).toBe('a\u00ff');
    expect(parseJournalJson(line([0xc3, 0xa4]))?.raw).toBeUndefined();
  });
});
