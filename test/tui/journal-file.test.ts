import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {withHome, writeLines} from '../../src/tui/journal-file.ts';
import type {JournalEntry} from '../../src/model/event.ts';
import {nodeMs} from '../../src/model/time.ts';
import {ExportParser} from '../../src/sources/journal/export-format.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktop-file-'));
});
afterAll(() => {
  rmSync(folder, {recursive: true});
});

const entry = (message: string) => ({
  ...{cursor: '', at: nodeMs(0), unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6},
  message,
});

it('writes lines whole and as they were, rules as comments, for the user alone', async () => {
  const path = join(folder, 'out.log');
  const huge = `a\x1b[31m${'x'.repeat(48_000)}`;
  const lines = [entry(huge), {rule: 'gap', at: 0, text: 'gap: 3 missing'} as const, entry('b')];
  expect(await writeLines(path, lines)).toBe(`2 lines and 1 rule written to ${path}`);
  expect(readFileSync(path, 'utf8')).toBe(`${huge}\n# 1970-01-01T00:00:00.000Z gap: 3 missing\nb\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('counts lines as lines, and knows the home folder as a shell does', async () => {
  expect(await writeLines(join(folder, 'one.log'), [entry('a')])).toMatch(/^1 line written to /);
  expect(withHome('~/logs/a.log', '/home/me')).toBe('/home/me/logs/a.log');
  expect(withHome('~', '/home/me')).toBe('/home/me');
  expect(withHome('./~/a', '/home/me')).toBe('./~/a');
});

it('leaves a file alone that is there already, and says why it cannot write', async () => {
  const path = join(folder, 'kept.log');
  await writeLines(path, [entry('first')]);
  expect(await writeLines(path, [entry('second')])).toContain('is there already');
  expect(readFileSync(path, 'utf8')).toBe('first\n');
  expect(await writeLines(join(folder, 'no', 'such.log'), [])).toMatch(/^cannot write .*: there is no such folder$/);
});

it('writes the bytes of what is not UTF-8 as the node wrote them', async () => {
  const path = join(folder, 'bytes.log');
  const message = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x0a, 0x62]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(message.length));
  const exported = [Buffer.from('__CURSOR=s=a;i=1\nMESSAGE\n'), size, message, Buffer.from('\n\n')];
  const entries: JournalEntry[] = [];
  new ExportParser().push(Buffer.concat(exported), entries);
  expect(entries[0]?.message).toContain('\ufffd');
  await writeLines(path, [...entries, entry('déjà \ufffd')]);
  expect(readFileSync(path)).toEqual(Buffer.concat([message, Buffer.from('\ndéjà \ufffd\n')]));
});
