import {getHeapStatistics} from 'node:v8';
import {describeFailure, FailureError, toFailure} from '../../model/failure.ts';
import {recordingMeta} from '../../sources/recording/replay.ts';
import type {ReadState} from './player.ts';
import {readRecording} from './read-recording.ts';
import {Tape} from './tape.ts';

/** A recording that is being read. */
export interface OpenRecording {
  /** As it was named. */
  readonly dir: string;
  readonly tape: Tape;
  /** Where it ends by what it says of itself, unix ms; null where it does not. */
  readonly endMs: number | null;
  /** How far it has been read. */
  readonly state: ReadState;
  /** What is damaged in it, a sentence each. */
  readonly problems: readonly string[];
  /** Why it could not be read to its end; null where nothing stood in the way. */
  readonly failure: string | null;
  /** Resolves once no more is read. */
  readonly read: Promise<void>;
  close(): void;
}

/** A tape takes so much memory at most, and no more than this share of what the process may have. */
const mostBytes = 768 << 20;
const heapShare = 0.3;

/**
 * Opens a recording, from a moment on (unix ms; null: from its beginning), and goes on reading it. Resolves once something of it
 * is there. Rejects with a `FailureError` where it is no recording, or holds nothing.
 */
export async function openRecording(dir: string, fromMs: number | null): Promise<OpenRecording> {
  const meta = await recordingMeta(dir);
  const tape = new Tape();
  const ended = new AbortController();
  const problems: string[] = [];
  let state: ReadState = {isDone: false, note: null};
  const failures: FailureError[] = [];
  const started = Promise.withResolvers<null>();
  const read = readRecording({
    dir,
    tape,
    fromMs,
    mostBytes: Math.min(mostBytes, heapShare * getHeapStatistics().heap_size_limit),
    signal: ended.signal,
    problem: (sentence) => void problems.push(sentence),
    pause: () =>
      new Promise((resolve) => {
        if (tape.events.length > 0) started.resolve(null);
        setImmediate(resolve);
      }),
    elapsedMs: () => performance.now(),
  })
    .then(
      (note) => void (state = {isDone: true, note}),
      (error: unknown) => {
        failures.push(new FailureError(toFailure(error, `replay ${dir}`), {cause: error}));
        state = {isDone: true, note: 'the rest could not be read'};
      },
    )
    .finally(() => started.resolve(null));
  await started.promise;
  if (tape.events.length === 0) {
    const after = fromMs === null ? 'there is nothing in it' : 'it ends before that moment';
    const problem = [after, ...problems].join('; ');
    throw failures[0] ?? new FailureError({tried: `replay ${dir}`, problem, next: `ktop recordings --check ${dir}`});
  }
  return {
    dir,
    tape,
    endMs: meta.counts?.untilMs ?? meta.endedAt,
    get state() {
      return state;
    },
    problems,
    get failure() {
      return failures[0] === undefined ? null : describeFailure(failures[0].failure);
    },
    read,
    close: () => ended.abort(),
  };
}
