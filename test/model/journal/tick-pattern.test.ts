import {existsSync, readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {expect, it} from 'vitest';
import {compileTickPattern} from '../../../src/model/journal/tick-pattern.ts';
import {parseJournalJson} from '../../../src/sources/journal/json-format.ts';

const trace = '../shared/traces/v1.32-interval-5s';
const linesOf = (name: string) =>
  gunzipSync(readFileSync(`${trace}/${name}`))
    .toString()
    .trimEnd()
    .split('\n');

it.skipIf(!existsSync(trace))('reads every tick that a patched kubelet told of, as it was', () => {
  const compiled = compileTickPattern(
    'housekeeping container="(?P<container>[^"]*)" interval=(?P<interval>\\S+) next=(?P<next>\\S+)',
  );
  if (!compiled.ok) throw new Error(compiled.problem);
  const read = linesOf('journal.jsonl.gz').flatMap((line) => {
    const entry = parseJournalJson(line);
    const fact = entry === null ? null : compiled.pattern.read(entry);
    return fact === null ? [] : [[fact.at / 1000, fact.cgroup, fact.intervalMs, fact.nextMs?.toFixed(3)]];
  });
  const told = linesOf('truth.jsonl.gz').map((line) => {
    const fields = new Map<string, unknown>(Object.entries(JSON.parse(line) as object));
    const seconds = (name: string) => Number(fields.get(name));
    const at: unknown = expect.closeTo(seconds('time'), 5);
    return [at, fields.get('cgroup'), seconds('interval') * 1000, (seconds('wait') * 1000).toFixed(3)];
  });
  expect(read).toEqual(told);
});
