import type {JournalEntry} from '../model/event.ts';
import type {Target} from '../model/target.ts';
import type {NodeError} from '../nodes/node-error.ts';
import {Ending} from '../session/ending.ts';
import type {PaneModels} from '../session/pane-models.ts';
import type {EventSink, Session} from '../session/session.ts';
import {onReaderGone, outputKeepsUp, printJson, whenDrained} from '../terminal/print.ts';
import {JsonLines} from './json-lines.ts';

/** A reader that stood still for longer than this is told that it missed something. */
const missedMs = 5000;

/**
 * Prints the events of a session as JSON lines, until a signal, a closed pipe or `forMs` ends it. Resolves with the exit
 * code, or with why there is no node to watch.
 *
 * A reader that does not keep up is waited for, and nothing more is read from the node meanwhile: the journal goes on
 * where it stood, no line is lost; stats are not asked for, which a `problem` line says afterwards.
 */
export async function watchLines(
  forMs: number | null,
  models: PaneModels,
  open: (sink: EventSink) => Session,
): Promise<number | NodeError> {
  const ending = new Ending(forMs);
  const ended = new AbortController();
  // A reader that went away (`| head`) is an end like any other.
  onReaderGone(() => ending.end(0));
  const view = {
    shows: (entry: JournalEntry) => models.journal.filter.shows(entry),
    isSelected: (target: Target) => models.cpu.watches(target),
    forecasts: models.housekeeping.lines,
  };
  const lines = new JsonLines(view, printJson);
  let waiting: Promise<void> | null = null;
  const keptUp = async (): Promise<void> => {
    const since = performance.now();
    await whenDrained(ended.signal);
    waiting = null;
    const stoodMs = performance.now() - since;
    if (stoodMs > missedMs && !ended.signal.aborted) lines.problem(stoodStill(stoodMs));
  };
  const session = open((event) => {
    models.housekeeping.apply(event);
    models.cpu.apply(event);
    lines.take(event);
    if (outputKeepsUp()) return;
    return (waiting ??= keptUp());
  });
  try {
    return await Promise.race([ending.code, session.unresolved]);
  } finally {
    ended.abort();
    await session.close();
    ending.release();
  }
}

function stoodStill(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `the reader of these lines stood still for ${seconds} s: no stats were asked for meanwhile`;
}
