import {describeFailure, toFailure} from '../model/failure.ts';
import {HousekeepingPaneModel} from '../model/housekeeping/housekeeping-pane-model.ts';
import {timedReplay} from '../sources/recording/replay.ts';
import {complain, onReaderGone, printJson, whenDrained} from '../terminal/print.ts';
import {JsonLines} from './json-lines.ts';

/** So much is gathered before it is written: a write for each line would be most of the time. */
const bufferedBytes = 1 << 18;

/**
 * Prints the events of a recording as JSON lines, the forecasts of every poll and target among them, as fast as it
 * can; none from before `fromMs` (unix ms; null: all). Resolves with the exit code; problems go to standard error.
 */
export async function replayLines(dir: string, fromMs: number | null): Promise<number> {
  // A reader that went away (`| head`) is an end like any other.
  const reader = new AbortController();
  onReaderGone(() => reader.abort());
  const housekeeping = new HousekeepingPaneModel();
  let text = '';
  const lines = new JsonLines(
    {shows: () => true, isSelected: () => true, forecasts: housekeeping.lines},
    (line) => (text += line),
  );
  const flush = async (): Promise<void> => {
    const drained = reader.signal.aborted || printJson(text);
    text = '';
    if (!drained) await whenDrained(reader.signal);
  };
  try {
    for await (const {at, event} of timedReplay(dir, complain)) {
      housekeeping.apply(event);
      if (fromMs === null || at >= fromMs) lines.take(event);
      if (text.length > bufferedBytes) await flush();
      if (reader.signal.aborted) return 0;
    }
    await flush();
    return 0;
  } catch (error) {
    complain(describeFailure(toFailure(error, `replay ${dir}`)));
    return 2;
  }
}
