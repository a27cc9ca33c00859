import {limitOf, newestOf, reportedOf, requestOf, type Line} from '../model/cpu/line.ts';
import {stateOf} from '../model/cpu/line-state.ts';
import {formatBytes, formatCores} from '../model/draw/units.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import type {JournalEntry} from '../model/event.ts';
import {countdownShort, formatInterval} from '../model/housekeeping/format.ts';
import {headline} from '../model/journal/headline.ts';
import type {OnceRow, OnceState} from '../model/once/state.ts';
import {statusParts} from '../model/screen/status-text.ts';
import {targetName} from '../model/target.ts';
import {textTable} from './text-table.ts';

/** One state of a node as text: the status line, its health, what is watched as a table, the newest lines. */
export function onceText(state: OnceState): string {
  const {status, now, health, rows} = state;
  const parts = statusParts(status, now).map(({text}) => text);
  const told = health.problems.map((problem) => `${health.state}: ${problem}\n`);
  const table = rows.length === 0 ? '' : `\n${textTable([head, ...rows.map((row) => cells(row, state.nodeNow))])}`;
  return `${parts.join(' · ')}\n${told.length === 0 ? `${health.state}\n` : told.join('')}${table}${journalText(state)}`;
}

const head = ['TARGET', 'CPU', 'MEMORY', 'REQUEST', 'LIMIT', 'SAMPLE', 'NEXT TICK', 'INTERVAL'];

function cells({line, forecast}: OnceRow, nowMs: number): readonly string[] {
  const sample = stateOf(line, nowMs);
  const [likeliest] = forecast?.states ?? [];
  return [
    targetName(line.target),
    formatCores(cpuOf(line)),
    formatBytes(newestOf(line, 'memory')),
    formatCores(requestOf(line, 'cpu')),
    formatCores(limitOf(line, 'cpu')),
    sample.isAge ? `${sample.text} ago` : sample.text,
    forecast === null ? '–' : countdownShort(forecast),
    likeliest === undefined ? '–' : formatInterval(likeliest.intervalMs),
  ];
}

/** The rate of the counter; from a single answer, as here most often, what the kubelet itself says. */
export function cpuOf(line: Line): number | null {
  return newestOf(line, 'cpu') ?? (line.standsStill ? null : reportedOf(line));
}

function journalText({journal, nodeNow, lines}: OnceState): string {
  const {left, right, notes} = headline(journal, nodeNow);
  const rows = [...notes, ...lines.map(lineText)];
  return `\njournal: ${left} · ${right}\n${rows.map((row) => `${safeLine(row)}\n`).join('')}`;
}

function lineText({at, message}: JournalEntry): string {
  const date = new Date(at);
  return `${Number.isNaN(date.getTime()) ? '' : `${date.toISOString()} `}${message}`;
}
