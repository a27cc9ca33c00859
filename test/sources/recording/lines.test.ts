import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {inspectRecording} from '../../../src/sources/recording/inspect.ts';
import {linesOfFile} from '../../../src/sources/recording/lines.ts';
import {shrinkRecording} from '../../../src/sources/recording/shrink.ts';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'ktop-lines-'))));
afterEach(() => rmSync(dir, {recursive: true}));

/** A member of `count` lines, each with a name of its own. */
const member = (name: string, count = 3) =>
  gzipSync(Array.from({length: count}, (_, i) => `${name}${i} ${(i * 7919) % 4001}\n`).join(''));

async function readBack(...parts: readonly (Buffer | string)[]) {
  const path = join(dir, 'journal.jsonl.gz');
  writeFileSync(
    path,
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
  );
  const problems: string[] = [];
  const lines: string[] = [];
  for await (const chunk of linesOfFile(path, 'journal.jsonl', (sentence, kind) =>
    problems.push(`${kind}: ${sentence}`),
  ))
    lines.push(...chunk.filter((line) => line !== ''));
  return {lines, names: lines.map((line) => line.split(' ')[0]), problems};
}
const abc = ['a0', 'a1', 'a2', 'b0', 'b1', 'b2'];

it.each([
  ['words', 'rubbish'],
  ['zeros, which a lost power supply leaves', '\0'.repeat(4096)],
  ['the half of gzip’s number', '\x1f\x8b\x07'],
  ['what looks like a member and is none', '\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff'],
])('whole members before %s give their lines, and the damage is told', async (_what, rubbish) => {
  const whole = [member('a'), member('b')];
  const {names, problems} = await readBack(...whole, rubbish);
  expect(names).toEqual(abc);
  expect(problems).toEqual([expect.stringContaining('unread: journal.jsonl is damaged in 1 place, from byte')]);
});

it('reads on behind what is no gzip between two members, and behind a member that broke, on a line of its own', async () => {
  const between = await readBack(member('a'), 'rubbish\x1f\x8b\x08', member('b'));
  expect(between.names).toEqual(abc);
  const long = member('x', 20_000);
  long.fill(0xff, long.length >> 1, (long.length >> 1) + 40);
  const broken = await readBack(member('a'), long, member('b'));
  expect(broken.names.slice(0, 3)).toEqual(['a0', 'a1', 'a2']);
  expect(broken.names.slice(-3)).toEqual(['b0', 'b1', 'b2']);
  expect(broken.lines.length).toBeGreaterThan(1000);
  expect(broken.problems).toHaveLength(1);
});

it('takes a name and a comment in a header, and tells a wrong checksum', async () => {
  const [plain, wrong] = [member('a'), member('b')];
  const named = Buffer.concat([
    Buffer.from('\x1f\x8b\x08\x1c\0\0\0\0\0\x03\x02\0xxjournal.jsonl\0mine\0', 'latin1'),
    plain.subarray(10),
  ]);
  wrong.writeUInt32LE(1, wrong.length - 8);
  const {names, problems} = await readBack(named, wrong);
  expect([names, problems.length]).toEqual([abc, 1]);
});

it.each([
  ['data', 30],
  ['checksum', 3],
  ['header', member('b').length - 4],
])('a last member that ends within its %s is cut, no more', async (_where, missing) => {
  const last = member('b');
  const {names, problems} = await readBack(member('a'), last.subarray(0, last.length - missing));
  expect(names.slice(0, 3)).toEqual(['a0', 'a1', 'a2']);
  expect(problems).toEqual(['cut: journal.jsonl ends in the middle']);
});

it('an empty file has neither lines nor damage', async () => {
  expect(await readBack('')).toMatchObject({lines: [], problems: []});
});

it('a recording with rubbish in a file is called damaged by a check, and is not replaced by a smaller one', async () => {
  const line = (n: number) =>
    `${JSON.stringify({__CURSOR: `i=${n}`, __REALTIME_TIMESTAMP: `${n}000000`, MESSAGE: `line ${n}`})}\n`;
  const damaged = Buffer.concat([gzipSync(line(1)), gzipSync(line(2)), Buffer.from('rubbish')]);
  writeFileSync(join(dir, 'journal.jsonl.gz'), damaged);
  const {problems} = await inspectRecording(dir, true);
  expect(problems.join('; ')).toContain('journal.jsonl is damaged in 1 place');
  await expect(shrinkRecording(dir, false)).rejects.toThrow('is damaged in 1 place');
});
