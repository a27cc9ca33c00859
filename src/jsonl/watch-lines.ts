import type {JournalEntry} from '../model/event.ts';
import type {Target} from '../model/target.ts';
import type {NodeError} from '../nodes/node-error.ts';
import type {PaneModels} from '../session/pane-models.ts';
import type {EventSink, Session} from '../session/session.ts';
import {onReaderGone, printJson} from '../terminal/print.ts';
import {JsonLines} from './json-lines.ts';

/**
 * Prints the events of a session as JSON lines, until a signal, a closed pipe or `forMs` ends it. Resolves with the exit
 * code, or with why there is no node to watch.
 */
export async function watchLines(
  forMs: number | null,
  models: PaneModels,
  open: (sink: EventSink) => Session,
): Promise<number | NodeError> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130));
    process.once('SIGTERM', () => resolve(143));
    // A reader that went away (`| head`) is an end like any other.
    onReaderGone(() => resolve(0));
    if (forMs !== null) timer = setTimeout(() => resolve(0), forMs);
  });
  const view = {
    shows: (entry: JournalEntry) => models.journal.filter.shows(entry),
    isSelected: (target: Target) => models.cpu.watches(target),
    forecasts: models.housekeeping.lines,
  };
  const lines = new JsonLines(view, printJson);
  const session = open((event) => {
    models.cpu.apply(event);
    models.housekeeping.apply(event);
    lines.take(event);
  });
  const end = await Promise.race([ended, session.unresolved]);
  clearTimeout(timer);
  await session.close();
  return end;
}
