import type {CpuPaneModel} from '../cpu/cpu-pane-model.ts';
import type {Line} from '../cpu/line.ts';
import type {JournalEntry} from '../event.ts';
import type {Forecast} from '../housekeeping/forecast.ts';
import type {HousekeepingPaneModel} from '../housekeeping/housekeeping-pane-model.ts';
import {isRule} from '../journal/line.ts';
import type {JournalModel, JournalSummary} from '../journal/journal-model.ts';
import type {Status} from '../screen/status.ts';
import {isSystem, targetKey} from '../target.ts';
import type {LocalMs, NodeMs} from '../time.ts';
import {healthOf, type Health} from './health.ts';

/** One watched target: its figures, and when the next come; no forecast where nobody times it (the node itself). */
export interface OnceRow {
  readonly line: Line;
  readonly forecast: Forecast | null;
}

/** All that the panes would show at one moment. */
export interface OnceState {
  readonly status: Status;
  readonly now: LocalMs;
  readonly nodeNow: NodeMs;
  readonly health: Health;
  readonly rows: readonly OnceRow[];
  readonly journal: JournalSummary;
  /** The newest lines that the filter lets through, the oldest first. */
  readonly lines: readonly JournalEntry[];
}

/** So many of the newest lines are told; who wants all of them reads the JSON lines. */
const mostLines = 10;

/** Gathers from the panes' models what is known of the node at `now`. */
export function onceState(
  models: {readonly journal: JournalModel; readonly cpu: CpuPaneModel; readonly housekeeping: HousekeepingPaneModel},
  status: Status,
  now: LocalMs,
  isChosen: boolean,
): OnceState {
  const {journal, cpu, housekeeping} = models;
  const lines = cpu.lines(now);
  const forecasts = new Map(housekeeping.forecasts(now).map((forecast) => [targetKey(forecast.target), forecast]));
  const rows = lines.map((line): OnceRow => {
    const forecast = isSystem(line.target) ? null : (forecasts.get(targetKey(line.target)) ?? null);
    return {line, forecast};
  });
  const nodeNow = housekeeping.nodeTime(now);
  const watched = rows.flatMap(({forecast}) => forecast ?? []);
  return {
    status,
    now,
    nodeNow,
    health: healthOf({status, now, nodeNow, selected: cpu.selected, isChosen, forecasts: watched}),
    rows,
    journal: journal.summary,
    lines: newest(journal),
  };
}

function newest(journal: JournalModel): readonly JournalEntry[] {
  const all: JournalEntry[] = [];
  for (const line of journal.matchingLines()) if (!isRule(line)) all.push(line);
  return all.slice(-mostLines);
}
