import {clearJournal} from './commands/clear.ts';
import {restartKubelet} from './commands/restart.ts';
import type {CommandName, CommandStep, Event} from './model/event.ts';
import {toFailure} from './model/failure.ts';
import {localMs, type LocalMs} from './model/time.ts';
import type {Node} from './nodes/node.ts';
import {pause} from './pause.ts';

/** What a node says, until the signal aborts. It reconnects by itself and ends only with the signal. */
export type Source = (signal: AbortSignal) => AsyncIterable<Event>;

export interface SessionOptions {
  /** Finds and reaches the node; tried again until it succeeds. */
  readonly connect: (signal: AbortSignal) => Promise<Node>;
  readonly sources: (node: Node) => readonly Source[];
  readonly sink: (event: Event) => void;
  readonly unit: string;
}

const now = (): LocalMs => localMs(Date.now());

/** One watched node: its sources, and the commands that change it. The faces (screen, JSON lines) only see events. */
export class Session {
  readonly #options: SessionOptions;
  readonly #ended = new AbortController();
  readonly #listeners = new Set<(event: Event) => void>();
  #node: Node | null = null;
  #command: CommandName | null = null;
  readonly #running: Promise<void>;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Ends the sources and leaves nothing running on the node. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  /** Runs a command on the node, one at a time; false where it failed or could not be started. */
  async command(name: CommandName): Promise<boolean> {
    const node = this.#node;
    if (node === null || this.#command !== null) return false;
    if (node.shell.kind === 'none') {
      this.#emitStep(name, {kind: 'failed', failure: node.shell.why});
      return false;
    }
    this.#command = name;
    const by = `${node.via} ${node.name}`;
    const context = {shell: node.shell.shell, by, signal: this.#ended.signal};
    const steps =
      name === 'clear'
        ? clearJournal(context)
        : restartKubelet({...context, unit: this.#options.unit, now, answered: this.#answered});
    let last: CommandStep | null = null;
    for await (const step of steps) {
      last = step;
      this.#emitStep(name, step);
    }
    this.#command = null;
    return last?.kind === 'done';
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

  #emitStep(command: CommandName, step: CommandStep): void {
    this.#emit({type: 'command', at: now(), command, step});
  }

  async #run(): Promise<void> {
    const node = await this.#connect();
    if (node === null) return;
    this.#node = node;
    const readOnly = node.shell.kind === 'none' ? node.shell.why : null;
    this.#emit({type: 'node', at: now(), node: {name: node.name, provider: node.provider, via: node.via, readOnly}});
    await Promise.all(this.#options.sources(node).map((source) => this.#pump(source)));
    await node.close();
  }

  async #connect(): Promise<Node | null> {
    const {signal} = this.#ended;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await this.#options.connect(signal);
      } catch (error) {
        this.#emit({type: 'node-failed', at: now(), failure: toFailure(error, 'find the node')});
        await pause(Math.min(30_000, 1000 * 2 ** attempt) * (0.75 + Math.random() / 2), signal);
      }
    }
    return null;
  }

  async #pump(source: Source): Promise<void> {
    for await (const event of source(this.#ended.signal)) this.#emit(event);
  }
}
