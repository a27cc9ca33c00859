import type {Poll, Sample} from '../../../src/model/event.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

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
  };
}

export function seen(atS: number) {
  return localMs(noon + atS * 1_000);
}

export function poll(atS: number, samples: readonly Sample[]): Poll {
  return {sentAt: seen(atS - 0.015), receivedAt: seen(atS), samples, problems: []};
}
