import {execFile, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, describe, expect, it} from 'vitest';
import {HousekeepingPaneModel} from '../../../src/model/housekeeping/housekeeping-pane-model.ts';
import {replay} from '../../../src/sources/recording/replay.ts';

const shared = resolve(import.meta.dirname, '../../../../shared');
const hasScore = existsSync(join(shared, 'score.py')) && spawnSync('python3', ['--version']).status === 0;
// A file without any test is a failure; a skipped one is not.
const traces = hasScore ? readdirSync(join(shared, 'traces')) : ['none here'];
const scratch = mkdtempSync(join(tmpdir(), 'ktop-score-'));
afterAll(() => rmSync(scratch, {recursive: true}));

if (!hasScore)
  console.warn('SKIPPED: the forecast is not scored, ../shared with score.py and traces, or python3, is missing');

/** The forecasts of a recording as lines; `bare` leaves out what `meta.json` and the journal tell of the kubelet. */
async function forecastsOf(dir: string, bare = false): Promise<string[]> {
  const model = new HousekeepingPaneModel();
  const lines: string[] = [];
  for await (const event of replay(dir, () => undefined)) {
    if (bare && event.type !== 'poll') continue;
    model.apply(event);
    if (event.type !== 'poll') continue;
    for (const {line} of model.lines(event.poll.receivedAt)) lines.push(line);
  }
  return lines;
}

async function score(trace: string, forecasts: string) {
  const said = await promisify(execFile)('python3', [
    join(shared, 'score.py'),
    join(shared, 'traces', trace),
    forecasts,
  ]);
  const row = (name: string) => {
    const figures = new RegExp(`^${name} .*ratio_to_oracle=(\\S+) cover80=(\\S+) cover90=(\\S+)`, 'm').exec(
      said.stdout,
    );
    const [ratio = NaN, cover80 = NaN, cover90 = NaN] = (figures ?? []).slice(1).map(Number);
    return {ratio, cover80, cover90};
  };
  return {ours: row('given'), oracle: row('oracle'), missing: Number(/another tick: (\d+)/.exec(said.stdout)?.[1])};
}

/** How far above the loss of one who knows the interval state: a slow node's ticks are late, and that differs. */
function mostRatio(trace: string): number {
  return trace.includes('slow') ? 1.02 : trace.includes('cgroup2') ? 1.01 : 1.003;
}

function medianOf(line: string): number {
  return Number(/"0\.5":([\d.]+)/.exec(line)?.[1]);
}

describe.skipIf(!hasScore).each(traces)('the forecast on the recording of a real kubelet, %s', (trace) => {
  const dir = join(shared, 'traces', trace);

  it.each([
    ['', false],
    [', where nobody told the base interval', true],
  ])('is as good as knowing the interval state%s', {timeout: 120_000}, async (_, bare) => {
    const into = join(scratch, `${trace}-${bare}.jsonl`);
    writeFileSync(into, (await forecastsOf(dir, bare)).join('\n'));
    const {ours, oracle, missing} = await score(trace, into);
    expect(missing).toBe(0);
    expect(ours.ratio).toBeLessThan(mostRatio(trace));
    expect(Math.abs(ours.cover80 - oracle.cover80)).toBeLessThan(0.02);
    expect(Math.abs(ours.cover90 - oracle.cover90)).toBeLessThan(0.02);
  });

  it('says the same where nobody told the base interval', {timeout: 60_000}, async () => {
    const [told, learned] = [await forecastsOf(dir), await forecastsOf(dir, true)];
    expect(learned).toHaveLength(told.length);
    // The first minutes are for learning; a base that hardly anybody sets takes a few more.
    const from = trace.includes('base7') ? 2000 : 1000;
    const off = told
      .slice(from)
      .filter((line, i) => Math.abs(medianOf(line) - medianOf(learned[i + from] ?? '')) > 0.1);
    expect(off.length).toBeLessThan(0.002 * told.length);
  });
});
