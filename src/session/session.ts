import type {Action} from '../commands/command.ts';
import {commands} from '../commands/commands.ts';
import type {CommandStep, Event} from '../model/event.ts';
import {describeFailure, FailureError, toFailure, type Failure} from '../model/failure.ts';
import type {NodeLock} from '../commands/node-lock.ts';
import {fetchProfile, profileName, type ProfileKind} from '../commands/profile.ts';
import {localMs, type LocalMs} from '../model/time.ts';
import {AmbiguousName, NodeError} from '../nodes/node-error.ts';
import type {KubeletRoute, Node, NodeShell} from '../nodes/node.ts';
import {sleep} from '../util/sleep.ts';
import {readEntryFields} from '../sources/journal/entry-fields.ts';
import {InterruptibleSleep} from '../util/interruptible-sleep.ts';
import {backOffMs} from '../util/back-off.ts';
import type {ActionsLog} from './actions-log.ts';
import {PipelineWatch} from './pipeline-watch.ts';
import {RestartHook} from './restart-hook.ts';
import {lockFor, runAction} from './run-action.ts';

/**
 * What a node says, until the signal aborts. It reconnects by itself and ends only with the signal. `pause` waits as
 * its name says, but ends early when there is reason to look at once: the kubelet was just restarted. `sleepUnlessAwaited`
 * ends again and again for as long as somebody waits for the kubelet's first answer.
 */
export type Source = (
  signal: AbortSignal,
  sleep: InterruptibleSleep['sleep'],
  sleepUnlessAwaited: InterruptibleSleep['sleep'],
) => AsyncIterable<Event>;

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
  /** Where it was said that nothing may be changed; null or absent where it may. */
  readonly readOnly?: string | null;
  /** The user's own command for a restart that was seen healthy. */
  readonly onRestart?: string | null;
  /** Keeps what was done to the node; absent: nobody does. */
  readonly log?: ActionsLog;
  /** One of several nodes: that it cannot be found is told of as any failure, and tried again. */
  readonly isPatient?: boolean;
}

/** How long `close` waits for sources and a command to end, and then for the node: a user waits for it. */
const sourcesEndMs = 600;
const nodeEndMs = 250;

/** So often the kubelet is asked while somebody waits for its first answer. */
const awaitedMs = 100;

/** How long the command line waits for the user's own command to begin. */
const hookMs = 20_000;

/** What a look at the node needs. */
export interface Looking {
  readonly shell: NodeShell;
  readonly unit: string;
  /** The node's. */
  readonly name: string;
  readonly commandPrefix: string;
  readonly signal: AbortSignal;
}

const now = (): LocalMs => localMs(Date.now());

/** One watched node: its sources, and the commands that change it. The frontends (screen, JSON lines) only see events. */
export class Session {
  readonly #options: SessionOptions;
  readonly #ended = new AbortController();
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #sleep = new InterruptibleSleep();
  readonly #awaitedSleep = new InterruptibleSleep();
  #node: Node | null = null;
  #command: Promise<boolean> | null = null;
  #lock: Promise<NodeLock> | null = null;
  readonly #running: Promise<void>;
  readonly #unresolved = Promise.withResolvers<NodeError>();
  #runsBefore = 0;
  #isProfiling = false;
  #statsFailure: {readonly since: LocalMs; readonly failure: Failure} | null = null;

  readonly #hook: RestartHook | null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const {onRestart: command = null} = options;
    const told = (failure: Failure | null): void => void this.#emit({type: 'on-restart', at: now(), failure});
    const {signal} = this.#ended;
    this.#hook = command === null ? null : new RestartHook({command, env: process.env, signal, ended: told});
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
    await atMost(sourcesEndMs, Promise.all([this.#running, this.#command, this.#hook?.settled()]));
    await atMost(nodeEndMs, this.#node?.close());
  }

  /** Ends what the sources wait for: they look again now. */
  wake(): void {
    this.#sleep.wake();
    this.#awaitedSleep.wake();
  }

  /** Whether an action is under way: one at a time. */
  get isActing(): boolean {
    return this.#command !== null;
  }

  /**
   * Takes the node's lock for the next command, of this name, while that is made ready. Only where nobody is going to be
   * asked about it: who thinks about an answer must not keep others from the node. It ends with the command or with us.
   */
  lockAhead(action: string): void {
    const shell = this.#node?.shell;
    if (shell?.kind === 'shell') this.#lock ??= lockFor(action, {shell: shell.shell, signal: this.#ended.signal});
  }

  /** Runs a command on the node, one at a time; false where it failed or could not be started. */
  async command(what: keyof typeof commands | Action): Promise<boolean> {
    const node = this.#node;
    if (node === null || this.#command !== null) return false;
    const action = typeof what === 'string' ? commands[what] : what;
    this.#command = this.#runSteps(action, node);
    try {
      return await this.#command;
    } finally {
      this.#command = null;
    }
  }

  /**
   * Resolves when the user's own command has run after the restart that was just done; soon, where none was seen. At once
   * without such a command.
   */
  async settled(): Promise<void> {
    const hook = this.#hook;
    if (hook === null) return;
    const {signal} = this.#ended;
    for (const until = now() + hookMs; hook.runs === this.#runsBefore && now() < until && !signal.aborted;) {
      await Promise.all([hook.settled(), sleep(100, signal)]);
    }
  }

  /** What can be run on the node, to look there. Rejects with a `FailureError` where nothing can. */
  get looking(): Looking {
    const node = this.#node;
    const none = {tried: 'look at the node', problem: 'no node yet', next: null};
    const {unit} = this.#options;
    if (node === null) throw new FailureError(none);
    if (node.shell.kind === 'none') throw new FailureError(node.shell.why);
    const {name, commandPrefix} = node;
    return {shell: node.shell.shell, unit, name, commandPrefix, signal: this.#ended.signal};
  }

  /** Fetches a profile of the kubelet into a file in the present folder; tells each step, and what went wrong. */
  async profile(kind: ProfileKind, seconds: number, tell: (step: string) => void): Promise<void> {
    const node = this.#node;
    const {signal} = this.#ended;
    if (node === null || this.#isProfiling) {
      tell(node === null ? 'no node yet: there is nothing to profile' : 'a profile is being fetched');
      return;
    }
    this.#isProfiling = true;
    try {
      const route = await node.openRoute(signal);
      const path = profileName(node.name, kind, new Date());
      try {
        for await (const step of fetchProfile(route, {kind, seconds, path}, signal)) tell(step);
      } finally {
        await route.close();
      }
    } catch (error) {
      tell(describeFailure(toFailure(error, `${kind} profile`)));
    } finally {
      this.#isProfiling = false;
    }
  }

  /** Follows the number of a pod (`namespace/name`) to the autoscaler until it is stopped; null: no node yet. */
  watchPipeline(pod: string, changed: () => void): PipelineWatch | null {
    return this.#node === null ? null : new PipelineWatch(this.#node, pod, changed, this.#ended.signal);
  }

  /** All fields of a journal entry, for the view of one line; empty where they cannot be had. */
  async entryFields(cursor: string): Promise<ReadonlyMap<string, string>> {
    const shell = this.#node?.shell;
    return shell?.kind === 'shell' ? readEntryFields(shell.shell, cursor, this.#ended.signal) : new Map();
  }

  async #runSteps(action: Action, node: Node): Promise<boolean> {
    this.#runsBefore = this.#hook?.runs ?? 0;
    let last: CommandStep | null = null;
    for await (const step of this.#stepsOf(action, node)) {
      last = step;
      void this.#emit({type: 'command', at: now(), command: action.name, step});
      this.wake();
    }
    return last?.kind === 'done';
  }

  #stepsOf(action: Action, node: Node): AsyncGenerator<CommandStep> {
    const {unit, readOnly = null, log = () => null} = this.#options;
    const unanswered = (since: LocalMs): Failure | null => {
      const last = this.#statsFailure;
      return last === null || last.since < since ? null : last.failure;
    };
    const openRoute = (signal: AbortSignal): Promise<KubeletRoute> => node.openRoute(signal);
    const context = {now, answered: this.#answered, unanswered, openRoute, signal: this.#ended.signal};
    const lock = this.#lock;
    this.#lock = null;
    return runAction(action, {node, unit, readOnly, log, lock, context});
  }

  readonly #answered = (since: LocalMs, signal: AbortSignal): Promise<LocalMs> =>
    new Promise((resolve, reject) => {
      const asking = setInterval(() => this.#awaitedSleep.wake(), awaitedMs);
      const forget = (): void => {
        clearInterval(asking);
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
    this.#hook?.onEvent(event, now());
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
        if (error instanceof NodeError && error.kind !== 'not-now' && this.#options.isPatient !== true) {
          this.#unresolved.resolve(error);
          return null;
        }
        // What was called off has not failed.
        if (this.#isOver) return null;
        const failure = error instanceof AmbiguousName ? whichIsMeant(error) : toFailure(error, 'find the node');
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
    for await (const event of source(this.#ended.signal, this.#sleep.sleep, this.#awaitedSleep.sleep)) {
      const taken = this.#emit(event);
      if (taken !== undefined) await taken;
    }
  }
}

/** Where nobody can be asked which one is meant, the commands say it. */
function whichIsMeant({failure, choices}: AmbiguousName): Failure {
  return {...failure, next: choices.map(({command}) => command).join(' or ')};
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
