import {commands} from '../commands/commands.ts';
import type {CommandName, CommandStep, Event} from '../model/event.ts';
import {toFailure, type Failure} from '../model/failure.ts';
import {localMs, type LocalMs} from '../model/time.ts';
import {NodeError} from '../nodes/node-error.ts';
import type {Node} from '../nodes/node.ts';
import {sleep} from '../util/sleep.ts';
import {readEntryFields} from '../sources/journal/entry-fields.ts';
import {InterruptibleSleep} from '../util/interruptible-sleep.ts';
import {backOffMs} from '../util/back-off.ts';

/**
 * What a node says, until the signal aborts. It reconnects by itself and ends only with the signal. `pause` waits as
 * its name says, but ends early when there is reason to look at once: the kubelet was just restarted.
 */
export type Source = (signal: AbortSignal, sleep: InterruptibleSleep['sleep']) => AsyncIterable<Event>;

/**
 * Takes the events. Where it returns a promise, the source of the event waits for it before it reads on: so a slow reader
 * of the output slows down the reading, and nothing piles up in between.
 */
export type EventSink = (event: Event) => void | Promise<void>;

export interface SessionOptions {
  /** Finds and reaches the node; tried again until it succeeds, or fails for good. */
  readonly connect: (signal: AbortSignal) => Promise<Node>;
  readonly sources: (node: Node) => readonly Source[];
  readonly sink: EventSink;
  readonly unit: string;
}

/** How long `close` waits for sources and a command to end, and then for the node: a user waits for it. */
const sourcesEndMs = 600;
const nodeEndMs = 250;

const now = (): LocalMs => localMs(Date.now());

/** One watched node: its sources, and the commands that change it. The frontends (screen, JSON lines) only see events. */
export class Session {
  readonly #options: SessionOptions;
  readonly #ended = new AbortController();
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #sleep = new InterruptibleSleep();
  #node: Node | null = null;
  #command: Promise<boolean> | null = null;
  readonly #running: Promise<void>;
  readonly #unresolved = Promise.withResolvers<NodeError>();
  #statsFailure: {readonly since: LocalMs; readonly failure: Failure} | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Resolves if waiting cannot help: there is no such node, or more than one. */
  get unresolved(): Promise<NodeError> {
    return this.#unresolved.promise;
  }

  /**
   * Ends the sources and a running command, and leaves nothing running on the node. What hangs is waited for less than a
   * second: it is ended with the program.
   */
  async close(): Promise<void> {
    this.#ended.abort();
    await atMost(sourcesEndMs, Promise.all([this.#running, this.#command]));
    await atMost(nodeEndMs, this.#node?.close());
  }

  /** Runs a command on the node, one at a time; false where it failed or could not be started. */
  async command(name: CommandName): Promise<boolean> {
    const node = this.#node;
    if (node === null || this.#command !== null) return false;
    this.#command = this.#runSteps(name, node);
    const done = await this.#command;
    this.#command = null;
    return done;
  }

  /** All fields of a journal entry, for the view of one line; empty where they cannot be had. */
  async entryFields(cursor: string): Promise<ReadonlyMap<string, string>> {
    const shell = this.#node?.shell;
    return shell?.kind === 'shell' ? readEntryFields(shell.shell, cursor, this.#ended.signal) : new Map();
  }

  async #runSteps(name: CommandName, node: Node): Promise<boolean> {
    let last: CommandStep | null = null;
    for await (const step of this.#stepsOf(name, node)) {
      last = step;
      void this.#emit({type: 'command', at: now(), command: name, step});
      this.#sleep.wake();
    }
    return last?.kind === 'done';
  }

  async *#stepsOf(name: CommandName, node: Node): AsyncGenerator<CommandStep> {
    if (node.shell.kind === 'none') {
      yield {kind: 'failed', failure: node.shell.why};
      return;
    }
    yield* commands[name].run({
      shell: node.shell.shell,
      commandPrefix: node.commandPrefix,
      unit: this.#options.unit,
      now,
      answered: this.#answered,
      unanswered: (since) => {
        const last = this.#statsFailure;
        return last === null || last.since < since ? null : last.failure;
      },
      signal: this.#ended.signal,
    });
  }

  readonly #answered = (since: LocalMs, signal: AbortSignal): Promise<LocalMs> =>
    new Promise((resolve, reject) => {
      const forget = (): void => {
        this.#listeners.delete(listener);
        signal.removeEventListener('abort', giveUp);
      };
      const listener = (event: Event): void => {
        if (event.type !== 'poll' || event.poll.sentAt < since) return;
        forget();
        resolve(event.poll.receivedAt);
      };
      const giveUp = (): void => {
        forget();
        reject(new Error('no answer'));
      };
      this.#listeners.add(listener);
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) giveUp();
    });

  #emit(event: Event): void | Promise<void> {
    this.#noteStats(event);
    const taken = this.#options.sink(event);
    for (const listener of this.#listeners) listener(event);
    return taken;
  }

  #noteStats(event: Event): void {
    if (event.type === 'poll') this.#statsFailure = null;
    if (event.type !== 'stats-stream' || !('failure' in event.state)) return;
    this.#statsFailure = {since: event.state.since, failure: event.state.failure};
  }

  async #run(): Promise<void> {
    const node = await this.#connect();
    if (node === null) return;
    if (this.#ended.signal.aborted) return node.close();
    this.#node = node;
    const readOnly = node.shell.kind === 'none' ? node.shell.why : null;
    const {name, provider, transport, commandPrefix} = node;
    void this.#emit({type: 'node', at: now(), node: {name, provider, transport, commandPrefix, readOnly}});
    await Promise.all(this.#options.sources(node).map((source) => this.#pump(source)));
  }

  async #connect(): Promise<Node | null> {
    const {signal} = this.#ended;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await this.#options.connect(signal);
      } catch (error) {
        if (error instanceof NodeError && error.kind !== 'not-now') {
          this.#unresolved.resolve(error);
          return null;
        }
        // What was called off has not failed.
        if (this.#isOver) return null;
        const failure = toFailure(error, 'find the node');
        await this.#emit({type: 'node-failed', at: now(), failure});
        await sleep(backOffMs(attempt, {firstMs: 1000, longestMs: 30_000, random: Math.random()}), signal);
      }
    }
    return null;
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  async #pump(source: Source): Promise<void> {
    for await (const event of source(this.#ended.signal, this.#sleep.sleep)) {
      const taken = this.#emit(event);
      if (taken !== undefined) await taken;
    }
  }
}

/** Waits for something to end, but not for ever. */
async function atMost(ms: number, ending: Promise<unknown> | undefined): Promise<void> {
  const tooLong = new AbortController();
  try {
    await Promise.race([ending, sleep(ms, tooLong.signal)]);
  } finally {
    tooLong.abort();
  }
}
