import type {Poll, Sample} from '../../../src/model/event.ts';
import {CpuSeries, type Observation} from '../../../src/model/cpu/series.ts';
import {SeriesStore} from '../../../src/model/cpu/series-store.ts';
import type {Figures} from '../../../src/model/housekeeping/forecast.ts';
import {SampleMarks} from '../../../src/model/sample-marks.ts';
import {localMs, type LocalMs, nodeMs} from '../../../src/model/time.ts';

/** Noon of a day without meaning: samples of tests are told in seconds after it. */
export const noon = Date.UTC(2026, 10, 23, 12);

export interface Reading {
  readonly atS: number;
  readonly usageMs?: number | null;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string | null;
  readonly reported?: number | null;
  readonly bytes?: number | null;
  readonly startedS?: number | null;
  readonly uid?: string | null;
  readonly precision?: 's' | 'ms';
}

export function sample(said: Reading): Sample {
  return {
    target: {
      namespace: said.namespace ?? 'default',
      pod: said.pod ?? 'cpuload',
      container: said.container === undefined ? 'load' : said.container,
    },
    at: nodeMs(noon + said.atS * 1_000),
    precision: said.precision ?? 'ms',
    usageCoreNanoSeconds: said.usageMs === undefined ? null : said.usageMs === null ? null : said.usageMs * 1e6,
    usageNanoCores: said.reported ?? null,
    workingSetBytes: said.bytes ?? null,
    fingerprint: '',
    startedAt: said.startedS === null ? null : nodeMs(noon + (said.startedS ?? -3_600) * 1_000),
    uid: said.uid ?? null,
    novelty: 'new',
  };
}

export function seen(atS: number) {
  return localMs(noon + atS * 1_000);
}

export function poll(atS: number, samples: readonly Sample[]): Poll {
  return {sentAt: seen(atS - 0.015), receivedAt: seen(atS), samples, problems: []};
}

/** A series that is told, as the join of the endpoints tells it, which samples are new. */
export class MarkedSeries extends CpuSeries {
  readonly #marks = new SampleMarks();

  override observe(one: Sample, seenAt: LocalMs, figures: Figures | null = null): Observation {
    const [marked = one] = this.#marks.mark([one]);
    return super.observe(marked, seenAt, figures);
  }
}

/** The same for the store of all series. */
export class MarkedStore extends SeriesStore {
  readonly #marks = new SampleMarks();

  override observe(one: Poll, isStarting = false): void {
    super.observe({...one, samples: this.#marks.mark(one.samples)}, isStarting);
  }
}
