import type {JournalEntry} from '../model/event.ts';
import type {Target} from '../model/target.ts';
import type {NodeError} from '../nodes/node-error.ts';
import {Ending} from '../session/ending.ts';
import type {EventSink} from '../session/session.ts';
import type {Watching} from '../session/watching.ts';
import {onReaderGone, outputKeepsUp, printJson, whenDrained} from '../terminal/print.ts';
import {JsonLines} from './json-lines.ts';

/** A reader that stood still for longer than this is told that it missed something. */
const missedMs = 5000;

/**
 * Prints the events of nodes as JSON lines, until a signal, a closed pipe or `forMs` ends it. Of several nodes each line
 * begins with the one that it is of. Resolves with the exit code, or with why there is no node to watch.
 *
 * A reader that does not keep up is waited for, and nothing more is read from the nodes meanwhile: the journals go on
 * where they stood, no line is lost; stats are not asked for, which a `problem` line says afterwards.
 */
export async function watchLines(forMs: number | null, nodes: readonly Watching[]): Promise<number | NodeError> {
  const ending = new Ending(forMs);
  const ended = new AbortController();
  // A reader that went away (`| head`) is an end like any other.
  onReaderGone(() => ending.end(0));
  const sessions = nodes.map((node) => {
    const lines = linesOf(node, nodes.length > 1);
    return node.open(sinkOf(node, lines, ended.signal));
  });
  try {
    return await Promise.race([ending.code, ...sessions.map((session) => session.unresolved)]);
  } finally {
    ended.abort();
    await Promise.all(sessions.map((session) => session.close()));
    ending.release();
  }
}

function linesOf({label, models}: Watching, isOneOfSeveral: boolean): JsonLines {
  const view = {
    shows: (entry: JournalEntry) => models.journal.filter.shows(entry),
    isSelected: (target: Target) => models.cpu.watches(target),
    forecasts: models.housekeeping.lines,
  };
  if (!isOneOfSeveral) return new JsonLines(view, printJson);
  const beginning = `{"node":${JSON.stringify(label)},`;
  return new JsonLines(view, (line) => printJson(beginning + line.slice(1)));
}

function sinkOf({models}: Watching, lines: JsonLines, ended: AbortSignal): EventSink {
  let waiting: Promise<void> | null = null;
  const keptUp = async (): Promise<void> => {
    const since = performance.now();
    await whenDrained(ended);
    waiting = null;
    const stoodMs = performance.now() - since;
    if (stoodMs > missedMs && !ended.aborted) lines.problem(stoodStill(stoodMs));
  };
  return (event) => {
    models.housekeeping.apply(event);
    models.cpu.apply(event);
    lines.take(event);
    if (outputKeepsUp()) return;
    return (waiting ??= keptUp());
  };
}

function stoodStill(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `the reader of these lines stood still for ${seconds} s: no stats were asked for meanwhile`;
}
