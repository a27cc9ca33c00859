import {endOf, type GuardEnd} from '../../model/deploy/guard-log.ts';
import type {JobLine} from '../../model/job-log.ts';
import type {CommandContext} from '../command.ts';
import {JobStarter, runJob, type JobPlace} from '../job/run-job.ts';
import {guardScript} from './guard-script.ts';
import type {Look} from './look.ts';

/** What must pass on the node until the guard has surely ended: two restarts, each with its patience. */
const spareMs = 60_000;

/** Which work of the guard it is. */
interface GuardTask {
  readonly verb: 'run' | 'undo';
  readonly id: string;
}

/** The script that works on the node by itself, as it is begun, followed and told from here. */
export class Guard {
  readonly #context: CommandContext;
  readonly #folder: string;
  readonly #task: GuardTask;
  #starter: JobStarter;

  /** Makes it ready: nothing is changed on the node, but what must be waited for there is done by the time it is begun. */
  constructor(context: CommandContext, {folder}: Look, task: GuardTask) {
    this.#context = context;
    this.#folder = folder;
    this.#task = task;
    this.#starter = new JobStarter(context, this.#place);
  }

  /**
   * Begins it and tells its log as it grows. Returns the end; null where the guard is gone without one (it was killed),
   * or we were called off. `state` is written down for it first, null where that is there already. Rejects where it could
   * not be started, or nobody answers any more.
   */
  async *run(
    state: Readonly<Record<string, string>> | null,
    timeoutMs: number,
  ): AsyncGenerator<JobLine, GuardEnd | null> {
    // A link that was cut while it waited has cost nothing but this.
    if (this.#starter.isLost) this.#starter = new JobStarter(this.#context, this.#place);
    const files = {guard: guardScript, ...(state !== null && {state: stateText(state)})};
    const mostMs = 2 * Math.max(timeoutMs, 30_000) + spareMs;
    const job = {...this.#place, title: 'deploy', files, mostMs};
    for await (const line of runJob(this.#context, job, this.#starter)) {
      yield line;
      const end = endOf(line);
      if (end !== null) return end;
    }
    return null;
  }

  /** Tells it that the new kubelet was seen to answer. Never rejects: without that it watches a little longer. */
  async confirm(): Promise<void> {
    const {shell, signal} = this.#context;
    const {id} = this.#task;
    if (!this.#starter.isLost) this.#starter.say(`ok-${id}`);
    else await shell.run(['sh', `${this.#folder}/guard`, 'ok', id], {signal}).catch(() => null);
  }

  /** It is not needed after all. */
  async drop(): Promise<void> {
    await this.#starter.follow.stop().catch(() => undefined);
  }

  get #place(): JobPlace {
    const {verb, id} = this.#task;
    return {folder: this.#folder, unit: 'ktop-deploy', script: 'guard', args: [verb, id]};
  }
}

/** A `name=value` a line; a value is one line, whatever a program called its version. */
function stateText(state: Readonly<Record<string, string>>): string {
  const lines = Object.entries(state).map(([name, value]) => `${name}=${value.replace(/[^\x20-\x7e]/g, '?')}`);
  return `${lines.join('\n')}\n`;
}
