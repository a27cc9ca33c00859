import {describeFailure, toFailure} from '../model/failure.ts';
import {withNumber, type SeenNumber} from '../model/pipeline/acted-on.ts';
import type {PipelineFacts} from '../model/pipeline/facts.ts';
import {pipelineOf, type Pipeline} from '../model/pipeline/stages.ts';
import type {LocalMs} from '../model/time.ts';
import type {Node} from '../nodes/node.ts';
import {isAborted} from '../util/is-aborted.ts';
import {sleep} from '../util/sleep.ts';

/** What is known of the way of a pod's number. */
type PipelineState =
  | {readonly kind: 'looking'}
  | {readonly kind: 'failed'; readonly why: string}
  | {readonly kind: 'known'; readonly pipeline: Pipeline};

/** metrics-server has a new number every 15 s at most; so an autoscaler's decision is seen with the number before it. */
const everyMs = 5000;

/** Follows the number of one pod again and again, as long as somebody looks. */
export class PipelineWatch {
  /** `namespace/name`; untrusted text. */
  readonly pod: string;
  readonly #ended = new AbortController();
  readonly #changed: () => void;
  #facts: PipelineFacts | null = null;
  #seen: readonly SeenNumber[] = [];
  #failure: string | null = null;

  /** Begins at once; `changed` is called after each look, until `stop` or the abort of `signal`. */
  constructor(node: Node, pod: string, changed: () => void, signal: AbortSignal) {
    this.pod = pod;
    this.#changed = changed;
    void this.#run(node, AbortSignal.any([signal, this.#ended.signal]));
  }

  /** The stages at a moment: ages go on between two looks. */
  state(now: LocalMs): PipelineState {
    if (this.#failure !== null) return {kind: 'failed', why: this.#failure};
    if (this.#facts === null) return {kind: 'looking'};
    return {kind: 'known', pipeline: pipelineOf({...this.#facts, now}, this.#seen)};
  }

  /** Whether nobody is asked any more. */
  get isStopped(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Asks nobody any more. */
  stop(): void {
    this.#ended.abort();
  }

  async #run(node: Node, signal: AbortSignal): Promise<void> {
    const {PipelineLook} = await import('../sources/pipeline/look.ts');
    const look = new PipelineLook(node);
    try {
      while (!signal.aborted) {
        try {
          this.#take(await look.look(this.pod, signal));
        } catch (error) {
          if (isAborted(signal)) return;
          this.#failure = describeFailure(toFailure(error, 'follow the number of a pod'));
        }
        this.#changed();
        await sleep(everyMs, signal);
      }
    } finally {
      await look.close().catch(() => undefined);
    }
  }

  #take(facts: PipelineFacts): void {
    this.#facts = facts;
    this.#failure = null;
    if ('found' in facts.metrics) this.#seen = withNumber(this.#seen, facts.metrics.found.at, facts.now);
  }
}
