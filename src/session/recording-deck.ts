import {describeFailure, type Failure} from '../model/failure.ts';
import type {Event} from '../model/event.ts';
import {localMs} from '../model/time.ts';
import {noKeys, ofKey, type KeyNames} from '../model/screen/key.ts';
import {formatBytes} from '../model/draw/units.ts';
import type {KubeletRoute} from '../nodes/node.ts';
import {tappedRoute} from '../nodes/kubelet/tapped-route.ts';
import {Recorder, recordingProblem} from '../sources/recording/recorder.ts';
import {durationText} from '../util/duration.ts';
import type {RecordOptions} from './options.ts';
import {fileNameOf} from './recording-folders.ts';
import type {EventSink, Source} from './session.ts';

/** What a recording that begins in the middle must know of before: told once, and not again. */
type Known = Extract<Event, {type: 'facts' | 'clock' | 'kubelet-started'}>;

/**
 * What the node says runs past here; while a recording is on it is kept. It can be begun and ended at any time, from
 * the command line (`--record`) or by a key.
 */
export class RecordingDeck {
  readonly #given: RecordOptions;
  readonly #keys: KeyNames;
  readonly #known = new Map<Known['type'], Known>();
  #node: string | null = null;
  #recorder: Recorder | null = null;
  #change = Promise.withResolvers<null>();

  /** `keys` are the user's, for what is said; there may be no keyboard. */
  constructor(given: RecordOptions, keys: KeyNames = noKeys) {
    this.#given = given;
    this.#keys = keys;
  }

  /** The node is reached: what `--record` named begins. */
  reached(node: string): void {
    this.#node = node;
    if (this.#given.dir !== null) this.#begin(this.#given.dir, node);
  }

  /** Whether what the node says is kept now. */
  get isRecording(): boolean {
    return this.#recorder !== null;
  }

  /** Begins a recording in a folder of its own below the present one, or ends the one that runs; resolves with what to say. */
  async toggle(): Promise<string> {
    if (this.#recorder !== null) return this.#stop(this.#recorder);
    if (this.#node === null) return 'no node yet: there is nothing to record';
    const dir = folderFor(this.#node, new Date());
    const unfit: Failure | null = recordingProblem(dir);
    if (unfit !== null) return describeFailure(unfit);
    this.#begin(dir, this.#node);
    return `recording to ${dir}${ofKey(this.#keys, 'record', (key) => `: ${key} ends it`)}`;
  }

  /** The same route; each exchange over it is kept while a recording is on, failed ones too. */
  tapRoute(route: KubeletRoute): KubeletRoute {
    return tappedRoute(route, async (path, options) => {
      const reply = await route.get(path, options);
      this.#recorder?.exchange(path, reply, options?.pollMs);
      return reply;
    });
  }

  /** The same events, kept in the recording; polls say so when it cannot be written any more. */
  tap(source: Source): Source {
    const taken = (event: Event) => this.#taken(event);
    return async function* (...context) {
      for await (const event of source(...context)) yield* taken(event);
    };
  }

  /** The same sink; commands that change the node are no source's events, and are kept, too. */
  hearing(sink: EventSink): EventSink {
    return (event) => {
      if (event.type === 'command') this.#recorder?.onEvent(event);
      return sink(event);
    };
  }

  /** Tells when a recording begins or ends, and ends the one that is on with the session. */
  readonly events: Source = (signal) => this.#events(signal);

  async *#events(signal: AbortSignal): AsyncGenerator<Event> {
    signal.addEventListener('abort', this.#wake, {once: true});
    while (!signal.aborted) {
      yield this.#state();
      await this.#change.promise;
      this.#change = Promise.withResolvers();
    }
    await this.#recorder?.close(Date.now());
  }

  readonly #wake = (): void => this.#change.resolve(null);

  *#taken(event: Event): Generator<Event> {
    if (event.type === 'facts' || event.type === 'clock' || event.type === 'kubelet-started') {
      this.#known.set(event.type, event);
    }
    const recorder = this.#recorder;
    if (recorder === null) {
      yield event;
      return;
    }
    recorder.onEvent(event);
    if (event.type === 'poll') yield this.#state();
    const {problem} = recorder;
    if (problem === null || event.type !== 'poll') yield event;
    else yield {...event, poll: {...event.poll, problems: [...event.poll.problems, problem]}};
  }

  #state(): Event {
    const recorder = this.#recorder;
    if (recorder === null) return {type: 'recording', recording: null};
    const {problem, written, startedMs} = recorder;
    return {type: 'recording', recording: {...written, problem, since: localMs(startedMs)}};
  }

  #begin(dir: string, node: string): void {
    this.#recorder = new Recorder(dir, {node, startedMs: Date.now(), maxBytes: this.#given.maxBytes});
    for (const event of this.#known.values()) this.#recorder.onEvent(event);
    this.#wake();
  }

  async #stop(recorder: Recorder): Promise<string> {
    this.#recorder = null;
    await recorder.close(Date.now());
    this.#wake();
    const {dir, bytes} = recorder.written;
    if (recorder.problem !== null) return `${dir}: ${recorder.problem}`;
    return `recorded ${durationText(Date.now() - recorder.startedMs)}, ${formatBytes(bytes)}: ktop replay ${dir}`;
  }
}

/** `ktop-kind-worker-20260102-150405`, by the local clock; nothing that a node's name may hold leaves the folder. */
function folderFor(node: string, now: Date): string {
  const name = fileNameOf(node);
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `ktop-${name}-${local.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
}
