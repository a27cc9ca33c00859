import type {Severity} from '../journal/line.ts';
import type {NodeFacts} from '../event.ts';
import type {LocalMs} from '../time.ts';

/** One figure and when it was seen: unix milliseconds by the clock of who watched. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/** The figures of one thing that can be measured on one target: its key is that of `matchKey`. */
export type Readings = ReadonlyMap<string, readonly Reading[]>;

/** What is measured. The order is that of the tables. */
export const metrics = [
  {key: 'wait', name: 'wait between ticks', unit: 's', of: 'housekeeping'},
  {key: 'age', name: 'sample age', unit: 's', of: 'housekeeping'},
  {key: 'worst', name: 'worst sample age', unit: 's', of: 'housekeeping'},
  {key: 'interval', name: 'interval believed', unit: 's', of: 'housekeeping'},
  {key: 'idle', name: 'equal samples', unit: '%', of: 'housekeeping'},
  {key: 'cpu', name: 'kubelet CPU', unit: 'm', of: 'cost'},
  {key: 'memory', name: 'kubelet memory', unit: 'Mi', of: 'cost'},
  {key: 'resource', name: '/metrics/resource', unit: 'ms', of: 'cost'},
  {key: 'summary', name: '/stats/summary', unit: 'ms', of: 'cost'},
] as const;
export type MetricKey = (typeof metrics)[number]['key'];

/** Where a line of log comes from, and when such lines came. */
export interface LogSite {
  readonly severity: Severity;
  /** `container.go:571`, or the program's name where the line has no such header. Untrusted text. */
  readonly source: string;
  /** The message without what differs from line to line. Untrusted text. */
  readonly message: string;
  readonly atMs: readonly number[];
}

/** One of two things that are compared: a recording, or a part of one. */
export interface Side {
  readonly name: string;
  readonly facts: NodeFacts | null;
  readonly node: string | null;
  readonly fromMs: LocalMs;
  readonly untilMs: LocalMs;
  readonly ticks: number;
  readonly lines: number;
  readonly restarts: number;
  readonly readings: Readonly<Record<MetricKey, Readings>>;
  readonly sites: ReadonlyMap<string, LogSite>;
}
