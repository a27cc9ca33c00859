import {durationText} from '../../util/duration.ts';
import {formatBytes} from '../draw/units.ts';
import {cellWidth, pad} from '../draw/width.ts';
import {safeLine} from '../draw/safe-text.ts';
import type {DeployState, NodeReport} from './node-report.ts';

/**
 * What lies on a node, a line each: the binary in place, those that were put aside (the newest first), and what the last
 * deploy came to. Safe to print.
 */
export function listing(target: string, report: NodeReport): readonly string[] {
  const ago = (at: number | null): string =>
    at === null ? '–' : `${durationText(Math.max(0, report.now - at) * 1000)} ago`;
  const row = (version: string | null, sha: string | null, bytes: number | null, when: string, what: string) =>
    [safeLine(version ?? '–'), sha?.slice(0, 12) ?? '–', formatBytes(bytes), when, what] as const;
  const rows = [
    row(
      report.version,
      report.sha,
      report.bytes,
      ago(report.placedAt),
      report.sha === null ? 'missing' : report.isRunning ? 'in place, runs' : 'in place, does not run',
    ),
    ...report.kept.map(({version, sha, bytes, keptAt}, index) =>
      row(version, sha, bytes, ago(keptAt), index === 0 ? 'kept: ktop rollback goes back to it' : 'kept'),
    ),
  ];
  const headings = ['VERSION', 'SHA-256', 'SIZE', 'SINCE', ''] as const;
  const table = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...table.map((cells) => cellWidth(cells[column] ?? ''))));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const last = report.state === null ? [] : [lastText(report.state, report, ago)];
  return [safeLine(target), ...lines, ...last.map((line) => safeLine(line))];
}

/** What became of the last deploy, as a sentence. */
function lastText(state: DeployState, report: NodeReport, ago: (at: number | null) => string): string {
  const what = `the ${state.kind} of ${state.versionNew === '' ? state.shaNew.slice(0, 12) : state.versionNew}`;
  if (report.isBusy) return `${what} is under way`;
  return `${what} ${standing(state)}${state.endedAt === null ? '' : `, ${ago(state.endedAt)}`}`;
}

/** How far it came, as the end of a sentence that begins with "the deploy of …". */
export function standing({step, why}: DeployState): string {
  const because = why === '' ? '' : `: ${why}`;
  switch (step) {
    case 'ready':
      return 'was left before it began: the node is as it was';
    case 'begun':
    case 'swapped':
      return 'was cut off half-way';
    case 'done':
      return 'went through';
    case 'back':
      return `went back${because}`;
    case 'booted':
      return `went back at boot${because}`;
    case 'refused':
      return `changed nothing${because}`;
    case 'down':
      return `failed${because}`;
  }
}
