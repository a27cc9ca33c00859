import {streamFiles} from '../../sources/recording/files.ts';
import {isBeingWritten} from '../../sources/recording/inspect.ts';
import {recordingMeta, timedReplay} from '../../sources/recording/replay.ts';
import type {RecordingMeta} from '../../sources/recording/format.ts';
import type {Event} from '../../model/event.ts';
import {safeLine} from '../../model/draw/safe-text.ts';
import type {LocalMs} from '../../model/time.ts';
import {durationText} from '../../util/duration.ts';
import {localTime} from '../../util/local-time.ts';
import type {Tape} from './tape.ts';

export interface ReadOptions {
  readonly dir: string;
  readonly tape: Tape;
  /** What comes before this moment (unix ms) is passed over; null: nothing is. */
  readonly fromMs: number | null;
  /** No more is read once the tape takes so much memory. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  /** Told what is damaged, a sentence each. */
  readonly problem: (sentence: string) => void;
  /** Lets others work for a moment. */
  readonly pause: () => Promise<void>;
  readonly elapsedMs: () => number;
}

/** Reading holds up the screen for so long at most. */
const sliceMs = 12;

/**
 * Reads a recording onto a tape, from its beginning (or from a moment on) to its end. Resolves with why there is no more of
 * it, where that needs to be said. Rejects with a `FailureError` where it is no recording.
 */
export async function readRecording(options: ReadOptions): Promise<string | null> {
  const {dir, tape, fromMs, mostBytes, signal, problem, pause, elapsedMs} = options;
  const meta = await recordingMeta(dir);
  const before = new Map<Event['type'], Event>();
  let since = elapsedMs();
  for await (const {at, event} of timedReplay(dir, problem)) {
    if (signal.aborted) return null;
    if (elapsedMs() - since > sliceMs) {
      await pause();
      since = elapsedMs();
    }
    if (fromMs !== null && at < fromMs) {
      // What holds from before is known from the start.
      if (event.type === 'facts' || event.type === 'clock' || event.type === 'kubelet-started') {
        before.set(event.type, event);
      }
      continue;
    }
    if (tape.events.length === 0) for (const one of begin(meta, dir, at, before)) tape.add(at, one);
    tape.add(at, event);
    if (tape.bytes <= mostBytes) continue;
    const {fromMs: firstMs, untilMs} = tape.stretch;
    const next = `ktop replay ${safeLine(dir)} --from ${localTime(untilMs)}`;
    return `more than ${durationText(untilMs - firstMs)} of it does not fit into memory, what follows: ${next}`;
  }
  return isBeingWritten(dir, meta.endedAt === null, Date.now())
    ? 'it is still being written: what was added since is there when it is opened again'
    : null;
}

/** What a live node tells first, and a recording does not keep. */
function* begin(
  {node}: RecordingMeta,
  dir: string,
  at: LocalMs,
  before: ReadonlyMap<Event['type'], Event>,
): Generator<Event> {
  const readOnly = {tried: 'act on the node', problem: 'this is a recording', next: null};
  const name = node ?? 'a node without a name';
  yield {type: 'node', at, node: {name, provider: 'recording', transport: dir, commandPrefix: '', readOnly}};
  const none = {tried: 'show figures', problem: 'this recording holds no answers of the kubelet', next: null};
  const hasAnswers = streamFiles(dir, 'polls').length > 0;
  yield {
    type: 'stats-stream',
    state: hasAnswers ? {kind: 'following', since: at} : {kind: 'unavailable', since: at, failure: none},
  };
  yield {type: 'journal-stream', state: {kind: 'following', since: at}};
  yield* before.values();
}
