import {exitCodeOf} from '../model/once/health.ts';
import {besidesMs, Readiness} from '../model/once/readiness.ts';
import {onceState} from '../model/once/state.ts';
import type {Event} from '../model/event.ts';
import {localMs} from '../model/time.ts';
import type {NodeError} from '../nodes/node-error.ts';
import {Ending} from '../session/ending.ts';
import type {OnceFormat} from '../session/options.ts';
import type {Watching} from '../session/watching.ts';
import {Store} from '../session/store.ts';
import {printJson, printText} from '../terminal/print.ts';
import {onceJson} from './once-json.ts';
import {onceText} from './once-text.ts';
import {mostTries} from './run-command.ts';

/** So long a node is waited for, where nothing else was said. */
const patienceMs = 30_000;

/**
 * Prints one state of the node, and ends. Resolves with the exit code by its health (0 healthy, 1 not, 2 it could not be
 * looked at), or with why there is no node to watch.
 */
export async function runOnce(
  format: OnceFormat,
  {options: {forMs, pods}, models, open}: Pick<Watching, 'options' | 'models' | 'open'>,
): Promise<number | NodeError> {
  const ending = new Ending(null);
  const store = new Store(Object.values(models), () => undefined);
  const settled = new Settled(forMs ?? patienceMs);
  const session = open((event) => {
    store.dispatch(event);
    settled.take(event);
  });
  try {
    const end = await Promise.race([settled.promise, session.unresolved, ending.code]);
    if (end !== 'settled') return end;
    const isChosen = [pods.pods, pods.system, pods.labels, pods.containers, pods.namespaces].some(
      ({length}) => length > 0,
    );
    const state = onceState(models, store.status, localMs(Date.now()), isChosen);
    if (format === 'json') printJson(onceJson(state));
    else printText(onceText(state));
    return exitCodeOf[state.health.state];
  } finally {
    settled.stop();
    await session.close();
    ending.release();
  }
}

/** Resolves when there is enough to tell, or no more will come. */
class Settled {
  readonly promise: Promise<'settled'>;
  readonly #resolve: (settled: 'settled') => void;
  readonly #readiness = new Readiness();
  readonly #limit: NodeJS.Timeout;
  #timer: NodeJS.Timeout | null = null;
  /** When what comes beside the figures is not waited for any more; null before there is anything to tell. */
  #besidesUntil: number | null = null;
  #tries = 0;

  constructor(limitMs: number) {
    const {promise, resolve} = Promise.withResolvers<'settled'>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#limit = setTimeout(() => resolve('settled'), limitMs);
  }

  take(event: Event): void {
    this.#readiness.observe(event);
    // Who asks for one state wants an answer: a node that is not there is told, not waited for.
    if (event.type === 'node-failed' && ++this.#tries >= mostTries) this.#resolve('settled');
    const {waitMs} = this.#readiness;
    if (waitMs === null) return;
    const now = performance.now();
    this.#besidesUntil ??= now + besidesMs;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#resolve('settled'), Math.min(waitMs, this.#besidesUntil - now));
  }

  stop(): void {
    clearTimeout(this.#limit);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
