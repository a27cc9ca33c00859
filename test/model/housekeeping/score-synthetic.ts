import type {Poll, Sample} from '../../../src/model/event.ts';
import {forecastQuantiles} from '../../../src/model/housekeeping/forecast.ts';
import {Housekeeping} from '../../../src/model/housekeeping/housekeeping.ts';
import {targetKey} from '../../../src/model/target.ts';
import {nodeMs} from '../../../src/model/time.ts';
import type {Activity} from './synthetic-cgroup.ts';
import {type Shows, type SyntheticTarget, syntheticNode, syntheticPoll, tickAfter, tickAt} from './synthetic-node.ts';

const activities: readonly Activity[] = ['busy', 'idle', 'bursty'];

function cgroups(count: number): {target: SyntheticTarget['target']; activity: Activity}[] {
  return Array.from({length: count}, (_, i) => ({
    target: {namespace: 'default', pod: `p${i >> 1}`, container: i % 2 === 0 ? null : 'c'},
    activity: activities[i % 3] ?? 'busy',
  }));
}

/** Pinball loss over the seven quantiles, of the forecast and of one who knows the interval. */
export function scoreSynthetic(options: {
  seed: number;
  baseMs: number;
  told: boolean;
  count?: number;
  hidden?: number;
  lateMs?: number;
  restarts?: readonly number[];
  durationMs?: number;
  fromMs?: number;
  pollMs?: number;
  answerMs?: number;
  pressure?: boolean;
  shows?: Shows;
  /** The summary is asked at each such poll only. */
  summaryEvery?: number;
}) {
  const {seed, baseMs, told, count = 24, fromMs = 60_000, pollMs = 1000} = options;
  const durationMs = options.durationMs ?? Math.max(600_000, 40 * baseMs);
  const targets = syntheticNode({
    seed,
    durationMs,
    kubelets: [0, ...(options.restarts ?? [])].map((at) => ({fromMs: at, baseMs})),
    targets: cgroups(count),
    hidden: options.hidden,
    lateMs: options.lateMs,
    pressure: options.pressure,
  });
  const housekeeping = new Housekeeping();
  if (told) housekeeping.reportBase(baseMs);
  const start = 1_795_464_000_000;
  const remembered = new Map<string, Sample>();
  let ours = 0;
  let oracle = 0;
  let n = 0;
  let in80 = 0;
  let in90 = 0;
  let oracle80 = 0;
  let oracle90 = 0;
  for (let t = 1000; t < durationMs; t += pollMs) {
    const now = start + t;
    const shows = t % (pollMs * (options.summaryEvery ?? 1)) === 0 ? options.shows : 'no summary';
    const answer = options.answerMs ?? 10;
    const poll = joined(remembered, syntheticPoll(targets, now, answer, false, shows));
    housekeeping.observe(poll);
    if (t < fromMs) continue;
    for (const target of targets) {
      const tick = tickAt(target, now);
      const next = tickAfter(target, now);
      if (tick === null || next === null || next.atMs <= poll.receivedAt) continue;
      const wait = next.atMs - tick.atMs;
      if (wait < tick.intervalMs - 500 || wait > 2 * tick.intervalMs + 1500) continue;
      const forecast = housekeeping.forecast(targetKey(target.target), nodeMs(poll.receivedAt));
      if (forecast === null || forecast.lastTickAt > now + 10) throw new Error('no forecast');
      if (target.target.container !== null && tick.ordinal === 0) continue;
      const opens = Math.max(tick.atMs + tick.intervalMs, poll.receivedAt);
      const width = Math.max(0, tick.atMs + 2 * tick.intervalMs - opens);
      const quantiles = forecastQuantiles.map((q) => forecast.next.quantile(q));
      const known = forecastQuantiles.map((q) => opens + q * width);
      forecastQuantiles.forEach((q, i) => {
        const over = next.atMs - (quantiles[i] ?? NaN);
        const over0 = next.atMs - (known[i] ?? NaN);
        ours += Math.max(q * over, (q - 1) * over);
        oracle += Math.max(q * over0, (q - 1) * over0);
      });
      const inside = (values: number[], a: number, b: number) =>
        next.atMs >= (values[a] ?? NaN) && next.atMs <= (values[b] ?? NaN) ? 1 : 0;
      in80 += inside(quantiles, 1, 5);
      in90 += inside(quantiles, 0, 6);
      oracle80 += inside(known, 1, 5);
      oracle90 += inside(known, 0, 6);
      n++;
    }
  }
  return {
    n,
    ratio: ours / oracle,
    cover80: in80 / n,
    cover90: in90 / n,
    off80: Math.abs(in80 - oracle80) / n,
    off90: Math.abs(in90 - oracle90) / n,
    base: housekeeping.base,
  };
}

/** A summary is remembered until the next tick, as the poller does it. */
function joined(remembered: Map<string, Sample>, poll: Poll): Poll {
  const samples = poll.samples.map((sample) => {
    const known = remembered.get(targetKey(sample.target));
    if (sample.fingerprint === '') return known?.at === sample.at ? known : sample;
    remembered.set(targetKey(sample.target), sample);
    return sample;
  });
  return {...poll, samples};
}
