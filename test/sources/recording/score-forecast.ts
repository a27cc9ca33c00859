import {HousekeepingPaneModel} from '../../../src/model/housekeeping/housekeeping-pane-model.ts';
import {type Forecast, forecastQuantiles} from '../../../src/model/housekeeping/forecast.ts';
import {targetKey} from '../../../src/model/target.ts';
import {replay} from '../../../src/sources/recording/replay.ts';
import type {Span, TruePoll} from './hostile-recording.ts';

/** Mean pinball loss over the seven quantiles, beside that of one who knows the interval state. */
export interface Score {
  readonly n: number;
  /** Polls that showed a tick of the target, for which there was no forecast, or one about another tick. */
  readonly missing: number;
  readonly ratio: number;
  readonly cover80: number;
  readonly oracle80: number;
}

class Sum {
  n = 0;
  missing = 0;
  ours = 0;
  oracle = 0;
  in80 = 0;
  oracle80 = 0;

  add(forecast: Forecast, sinceMs: number, intervalMs: number, actualMs: number): void {
    const opens = Math.max(intervalMs - sinceMs, 0);
    const width = Math.max(0, 2 * intervalMs - sinceMs - opens);
    const said = forecastQuantiles.map((q) => forecast.next.quantile(q) - forecast.at);
    const known = forecastQuantiles.map((q) => opens + q * width);
    const loss = (values: readonly number[]): number =>
      forecastQuantiles.reduce((sum, q, i) => {
        const over = actualMs - (values[i] ?? NaN);
        return sum + Math.max(q * over, (q - 1) * over);
      }, 0);
    const inside = ([, low = NaN, , , , high = NaN]: readonly number[]): number =>
      actualMs >= low && actualMs <= high ? 1 : 0;
    this.n++;
    this.ours += loss(said);
    this.oracle += loss(known);
    this.in80 += inside(said);
    this.oracle80 += inside(known);
  }

  get score(): Score {
    const {n, missing} = this;
    return {n, missing, ratio: this.ours / this.oracle, cover80: this.in80 / n, oracle80: this.oracle80 / n};
  }
}

/**
 * Replays a recording and scores each forecast by the tick that came, as `score.py` does: over all of it, and over the
 * polls in `closely` (the minutes after something happened).
 */
export async function scoreRecording(
  dir: string,
  truth: readonly TruePoll[],
  closely: readonly Span[],
  fromMs: number,
): Promise<{all: Score; close: Score; problems: string[]; model: HousekeepingPaneModel}> {
  const model = new HousekeepingPaneModel();
  const problems: string[] = [];
  const all = new Sum();
  const close = new Sum();
  // A poll is known by when its answer came: times of a recording are exact to a tenth of a millisecond.
  let at = 0;
  for await (const event of replay(dir, (problem) => problems.push(problem))) {
    model.apply(event);
    if (event.type !== 'poll') continue;
    while (at < truth.length && Math.abs((truth[at]?.localMs ?? 0) - event.poll.receivedAt) > 0.5) at++;
    const poll = truth[at];
    if (poll === undefined) throw new Error('a poll out of nothing');
    if (poll.receivedMs < fromMs) continue;
    const forecasts = new Map(model.forecasts(event.poll.receivedAt).map((one) => [targetKey(one.target), one]));
    const shown = new Map(event.poll.samples.map((sample) => [targetKey(sample.target), sample.at]));
    const sums = closely.some((span) => poll.receivedMs >= span.fromMs && poll.receivedMs < span.untilMs)
      ? [all, close]
      : [all];
    for (const {key, tick, next} of poll.shown) {
      const actualMs = next === null ? -1 : next.atMs - poll.receivedMs;
      const waitMs = next === null ? 0 : next.atMs - tick.atMs;
      if (actualMs <= 0 || waitMs > 2 * tick.intervalMs + 1500) continue;
      const forecast = forecasts.get(key);
      const isMissing = forecast === undefined || Math.abs(forecast.lastTickAt - (shown.get(key) ?? NaN)) > 1200;
      for (const sum of sums) {
        if (isMissing) sum.missing++;
        else if (tick.ordinal > 0 || key.endsWith('/'))
          sum.add(forecast, poll.receivedMs - tick.atMs, tick.intervalMs, actualMs);
      }
    }
  }
  return {all: all.score, close: close.score, problems, model};
}
