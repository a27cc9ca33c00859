// How many journal lines a second parsing and storing take, and how long a filter needs over a full scrollback.
import type {JournalEntry} from '../../src/model/event.ts';
import {LineFilter} from '../../src/model/journal/line-filter.ts';
import {compilePattern} from '../../src/model/journal/pattern.ts';
import {LineRing} from '../../src/model/journal/ring.ts';
import {JournalParser} from '../../src/sources/journal/parser.ts';
import {exportEntry} from './journal/lines.ts';
import {journalModel, rate} from './journal/model.ts';
import {say} from './peers/watched.ts';

const lines = 200_000;

/** The best of some rounds: what the machine can do, not what else it did. */
async function bestMs(run: () => unknown, rounds = 5): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const atMs = Date.UTC(2026, 10, 23, 20);
const bytes = Buffer.from(Array.from({length: lines}, (_, number) => exportEntry(number, atMs + number)).join(''));
const chunks = Array.from({length: Math.ceil(bytes.length / 65_536)}, (_, i) =>
  bytes.subarray(i * 65_536, (i + 1) * 65_536),
);

function parse(take: (entries: JournalEntry[]) => void): void {
  const parser = new JournalParser();
  for (const chunk of chunks) {
    const entries: JournalEntry[] = [];
    parser.push(chunk, entries);
    take(entries);
  }
}

say(`parse only: ${rate(lines, await bestMs(() => parse(() => undefined)))}`);
const whole = await bestMs(() => {
  const journal = journalModel();
  parse((entries) => journal.apply({type: 'journal', entries}));
});
say(`parse, match, store: ${rate(lines, whole)}`);

const ring = new LineRing(50_000);
parse((entries) => entries.forEach((entry) => ring.push(entry)));
for (const source of [
  'SyncLoop',
  '(?i)synclooP',
  'pod="kube-system/.*"',
  '^E',
  '(?i)sync.*pod.*kube',
  '(a+)+$',
  '(x+x+)+y',
]) {
  const compiled = compilePattern(source);
  if (!compiled.ok) continue;
  const criteria = {grep: compiled.pattern, exclude: [], severity: null, contextLines: 0, fold: true, ticks: true};
  const ms = await bestMs(() => new LineFilter(ring, criteria).work(() => false));
  say(`filter 50 000 lines by ${source}: ${ms.toFixed(1)} ms (bar: 50 ms)`);
}
