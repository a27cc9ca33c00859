import type {Failure} from '../model/failure.ts';
import type {Event} from '../model/event.ts';
import type {LocalMs} from '../model/time.ts';
import type {Env} from '../nodes/exec/environment.ts';
import {runLocal} from '../nodes/exec/local-command.ts';
import {lastLine} from '../util/last-line.ts';

export interface RestartHookOptions {
  /** The user's own shell command. */
  readonly command: string;
  readonly env: Env;
  readonly signal: AbortSignal;
  /** Is told how it ended; null where it went well. */
  readonly ended: (failure: Failure | null) => void;
  readonly run?: typeof runLocal;
}

/** So long a command may take; what it started is ended with it. */
const mostMs = 60_000;
/** So long it is waited for what names the new process, once that has answered. */
const factsMs = 5000;

/**
 * Runs the user's own command after a restart of the kubelet that was seen healthy: the process started (whoever
 * restarted it), answered, and its pid and version are known. One at a time; a restart meanwhile makes it run once more.
 */
export class RestartHook {
  readonly #options: RestartHookOptions;
  #node = '';
  #facts: {readonly pid: number | null; readonly version: string | null} = {pid: null, version: null};
  /** A start that has not been seen to answer: when we heard of it, and of which process, as far as it is known. */
  #started: {readonly at: LocalMs; readonly pid: number | null; readonly before: number | null} | null = null;
  #answeredAt: LocalMs | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #runs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: RestartHookOptions) {
    this.#options = options;
  }

  /** Takes what happens on the node. */
  onEvent(event: Event, now: LocalMs): void {
    if (event.type === 'node') this.#node = event.node.name;
    if (event.type === 'facts') {
      const {kubeletPid: pid, kubeletVersion: version} = event.facts;
      this.#facts = {pid, version: version ?? this.#facts.version};
    }
    if (event.type === 'kubelet-started') {
      this.#started = {at: now, pid: event.pid, before: this.#facts.pid};
      this.#answeredAt = null;
    }
    if (event.type === 'poll' && this.#started !== null && event.poll.sentAt >= this.#started.at) {
      this.#answeredAt ??= event.poll.receivedAt;
    }
    if (this.#started === null || this.#answeredAt === null) return;
    if (this.#isKnown()) this.#healthy();
    else this.#timer ??= setTimeout(() => this.#healthy(), factsMs).unref();
  }

  /** How often the command has ended. */
  get runs(): number {
    return this.#runs;
  }

  /** Resolves when no command runs. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Whether the facts are those of the process that started. */
  #isKnown(): boolean {
    const {pid} = this.#facts;
    const started = this.#started;
    if (pid === null || started === null) return false;
    return started.pid === null ? pid !== started.before : pid === started.pid;
  }

  #healthy(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#started === null) return;
    this.#started = null;
    this.#answeredAt = null;
    if (this.#running !== null) this.#again = true;
    else this.#running = this.#run().finally(() => (this.#running = null));
  }

  async #run(): Promise<void> {
    const {command, env, signal, ended, run = runLocal} = this.#options;
    do {
      this.#again = false;
      const {pid, version} = this.#facts;
      const known = {KTOP_NODE: this.#node, KTOP_PID: pid === null ? '' : String(pid), KTOP_VERSION: version ?? ''};
      const result = await run('sh', ['-c', command], {env: {...env, ...known}, timeoutMs: mostMs, signal});
      this.#runs += 1;
      if (signal.aborted) return;
      ended(result.exitCode === 0 ? null : failureOf(result));
    } while (this.#wantsAgain());
  }

  /** Asked anew each time: a restart may have been seen while the command ran. */
  #wantsAgain(): boolean {
    return this.#again;
  }
}

function failureOf({exitCode, stderr}: {readonly exitCode: number | null; readonly stderr: string}): Failure {
  const last = lastLine(stderr);
  const how = exitCode === null ? stderr : `exit code ${exitCode}`;
  return {
    tried: 'the command of --on-restart',
    problem: exitCode === null || last === '' ? how : `${how}: ${last}`,
    next: null,
  };
}
