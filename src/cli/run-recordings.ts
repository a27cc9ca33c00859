import {formatBytes} from '../model/draw/units.ts';
import {describeFailure, toFailure} from '../model/failure.ts';
import {findRecordings, inspectRecording, isBeingWritten, type RecordingSummary} from '../sources/recording/inspect.ts';
import {shrinkRecording} from '../sources/recording/shrink.ts';
import {complain, printJson, printLine, printText} from '../terminal/print.ts';
import {counted} from '../util/counted.ts';
import {durationText} from '../util/duration.ts';
import {textTable} from './text-table.ts';

export interface RecordingsRequest {
  /** Recordings, or folders that hold some. */
  readonly dirs: readonly string[];
  readonly action: 'list' | 'check' | 'shrink';
  /** With `shrink`: leave out answers that repeat the one before. */
  readonly thin: boolean;
  readonly json: boolean;
}

/** Lists, checks or shrinks recordings. Resolves with the exit code: 1 where a check finds something wrong. */
export async function runRecordings({dirs, action, thin, json}: RecordingsRequest): Promise<number> {
  try {
    const found = await findRecordings(dirs.length === 0 ? ['.'] : dirs);
    if (found.length === 0) {
      complain(`no recordings in ${dirs.length === 0 ? 'this folder' : dirs.join(', ')} — try: ktop --record DIR`);
      return action === 'list' ? 0 : 1;
    }
    if (action === 'shrink') return await shrink(found, thin);
    const summaries: RecordingSummary[] = [];
    for (const dir of found) summaries.push(await inspectRecording(dir, action === 'check'));
    if (json) printJson(`${JSON.stringify(summaries.map(jsonOf), null, 2)}\n`);
    else printText(textTable([head, ...summaries.map(rowOf)]));
    const bad = summaries.filter(({problems}) => problems.length > 0);
    if (!json) for (const {dir, problems} of bad) for (const problem of problems) printLine(`${dir}: ${problem}`);
    return action === 'check' && bad.length > 0 ? 1 : 0;
  } catch (error) {
    complain(describeFailure(toFailure(error, 'read the recordings')));
    return 2;
  }
}

async function shrink(dirs: readonly string[], thin: boolean): Promise<number> {
  let exitCode = 0;
  for (const dir of dirs) {
    try {
      const {isOpen} = await inspectRecording(dir, false);
      if (isBeingWritten(dir, isOpen, Date.now())) {
        printLine(`${dir}: left alone, it is being written`);
        continue;
      }
      const {before, after, repeats} = await shrinkRecording(dir, thin);
      const left = repeats === 0 ? '' : `, without ${counted(repeats, 'repeated answer')}`;
      printLine(`${dir}: ${formatBytes(before)} to ${formatBytes(after)}${left}`);
    } catch (error) {
      exitCode = 1;
      complain(describeFailure(toFailure(error, `shrink ${dir}`)));
    }
  }
  return exitCode;
}

const head = ['RECORDING', 'NODE', 'KUBELET', 'LASTS', 'SIZE', 'TICKS', 'LINES', 'HEALTH'];

function rowOf(one: RecordingSummary): string[] {
  const {fromMs, untilMs} = one;
  const lasts = fromMs === null || untilMs === null ? '-' : durationText(untilMs - fromMs);
  const health = one.problems.length > 0 ? counted(one.problems.length, 'problem') : one.isOpen ? 'not ended' : 'whole';
  const counts = [String(one.ticks), String(one.lines)];
  return [one.dir, one.node ?? '-', one.kubeletVersion ?? '-', lasts, formatBytes(one.bytes), ...counts, health];
}

/** Times as unix seconds, as all of ktop's JSON has them. */
function jsonOf({fromMs, untilMs, ...one}: RecordingSummary): Record<string, unknown> {
  return {...one, from: fromMs === null ? null : fromMs / 1000, until: untilMs === null ? null : untilMs / 1000};
}
