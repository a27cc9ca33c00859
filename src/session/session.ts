import {clearJournal} from '../commands/clear.ts';
import {restartKubelet} from '../commands/restart.ts';
import type {CommandName, CommandStep, Event} from '../model/event.ts';
import {toFailure} from '../model/failure.ts';
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

export type EventSink = (event: Event) => void;

export interface SessionOptions {
  /** Finds and reaches the node; tried again until it succeeds, or fails for good. */
  readonly connect: (signal: AbortSignal) => Promise<Node>;
  readonly sources: (node: Node) => readonly Source[];
  readonly sink: EventSink;
  readonly unit: string;
}

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

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Resolves if waiting cannot help: there is no such node, or more than one. */
  get unresolved(): Promise<NodeError> {
    return this.#unresolved.promise;
  }

  /** Ends the sources and a running command, and leaves nothing running on the node. */
  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.all([this.#running, this.#command]);
    await this.#node?.close();
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
      this.#emit({type: 'command', at: now(), command: name, step});
      this.#sleep.wake();
    }
    return last?.kind === 'done';
  }

  async *#stepsOf(name: CommandName, node: Node): AsyncGenerator<CommandStep> {
    if (node.shell.kind === 'none') {
      yield {kind: 'failed', failure: node.shell.why};
      return;
    }
    const context = {shell: node.shell.shell, commandPrefix: node.commandPrefix, signal: this.#ended.signal};
    if (name === 'clear') yield* clearJournal(context);
    else yield* restartKubelet({...context, unit: this.#options.unit, now, answered: this.#answered});
  }

  readonly #answered = (since: LocalMs, signal: AbortSignal): Promise<LocalMs> =>
    new Promise((resolve, reject) => {
      const listener = (event: Event): void => {
        if (event.type !== 'poll' || event.poll.sentAt < since) return;
        this.#listeners.delete(listener);
        resolve(event.poll.receivedAt);
      };
      this.#listeners.add(listener);
      signal.addEventListener('abort', () => {
        this.#listeners.delete(listener);
        reject(new Error('no answer'));
      });
    });

  #emit(event: Event): void {
    this.#options.sink(event);
    for (const listener of this.#listeners) listener(event);
  }

  async #run(): Promise<void> {
    const node = await this.#connect();
    if (node === null) return;
    this.#node = node;
    const readOnly = node.shell.kind === 'none' ? node.shell.why : null;
    const {name, provider, transport, commandPrefix} = node;
    this.#emit({type: 'node', at: now(), node: {name, provider, transport, commandPrefix, readOnly}});
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
        const failure = toFailure(error, 'find the node');
        this.#emit({type: 'node-failed', at: now(), failure});
        await sleep(backOffMs(attempt, {firstMs: 1000, longestMs: 30_000, random: Math.random()}), signal);
      }
    }
    return null;
  }

  async #pump(source: Source): Promise<void> {
    for await (const event of source(this.#ended.signal, this.#sleep.sleep)) this.#emit(event);
  }
}
