import {stat} from 'node:fs/promises';
import {BuildWatch, type FileStamp} from '../model/deploy/build-watch.ts';
import {formatClock} from '../model/draw/units.ts';
import type {CommandName} from '../model/event.ts';
import {toFailure, type Failure} from '../model/failure.ts';
import {localMs} from '../model/time.ts';
import type {DeployOptions} from '../commands/deploy/plan.ts';
import type {Session} from '../session/session.ts';
import {sleep} from '../util/sleep.ts';

/** Often enough for a build that was just written; a look is one system call. */
const lookMs = 500;

export interface BuildWatcherOptions {
  readonly path: string;
  readonly deploy: DeployOptions;
  readonly session: Session;
  /** Whether there is a node by now. */
  readonly isReached: () => boolean;
  readonly failed: (command: CommandName, failure: Failure) => void;
  /** The picture is out of date. */
  readonly changed: () => void;
}

/** Puts each build of a file on the node, once it was written: `--watch-binary`. */
export class BuildWatcher {
  readonly #options: BuildWatcherOptions;
  readonly #watch = new BuildWatch();
  readonly #ended = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #told = '';
  /** What is said from the end of the countdown until the deploy speaks for itself. */
  #looking: string | null = null;

  constructor(options: BuildWatcherOptions) {
    this.#options = options;
  }

  /** Begins to look at the file. */
  start(): void {
    void this.#look();
  }

  /** Looks no more; what is being deployed ends with the session. */
  stop(): void {
    this.#ended.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Calls the deploy off that is counted down; false where there is none. */
  cancel(): boolean {
    return this.#watch.cancel();
  }

  /** Whether a deploy is counted down. */
  get isCounting(): boolean {
    return this.#watch.isCounting;
  }

  /** The newest build and the number of its deploy. */
  get header(): string {
    const offsetOf = (ms: number) => -new Date(ms).getTimezoneOffset() * 60_000;
    return this.#watch.header((ms) => formatClock(ms, offsetOf(ms), true));
  }

  /** What is to be said now; null for nothing. */
  get message(): string | null {
    return this.#looking ?? this.#watch.message(localMs(Date.now()));
  }

  async #look(): Promise<void> {
    const {path, session, isReached, changed} = this.#options;
    const stamp = await stampOf(path);
    if (this.#ended.signal.aborted) return;
    const task = this.#watch.look(stamp, localMs(Date.now()), isReached() && !session.isActing);
    if (task.kind === 'read') void this.#read(task.stamp);
    if (task.kind === 'deploy') void this.#deploy(task.build.sha);
    const tells = `${this.header} ${this.message ?? ''}`;
    if (tells !== this.#told) changed();
    this.#told = tells;
    this.#timer = setTimeout(() => void this.#look(), lookMs);
  }

  async #read(stamp: FileStamp): Promise<void> {
    try {
      const {readBuild} = await import('../commands/deploy/build.ts');
      const {sha} = await readBuild(this.#options.path, this.#ended.signal);
      this.#watch.wasRead({stamp, sha}, localMs(Date.now()));
    } catch (error) {
      const {tried, problem} = toFailure(error, 'read the build');
      this.#watch.wasUnfit(stamp, `${tried}: ${problem}`);
    }
    this.#options.changed();
  }

  /** Whatever lies in the file now is deployed; where that is another build by now, its own turn comes. */
  async #deploy(sha: string): Promise<void> {
    const {path, deploy, session, failed} = this.#options;
    this.#looking = `build ${sha.slice(0, 12)}: looking at the node`;
    try {
      const [{planDeploy}, {actionOf}, {readBuild}] = await Promise.all([
        import('../commands/deploy/plan.ts'),
        import('../commands/deploy/carry-out.ts'),
        import('../commands/deploy/build.ts'),
      ]);
      const {looking} = session;
      const plan = await planDeploy(readBuild(path, looking.signal), deploy, looking);
      // A key may have begun something since.
      while (session.isActing) await sleep(lookMs, this.#ended.signal);
      this.#looking = null;
      if (plan.sha === sha && !this.#ended.signal.aborted) await session.command(actionOf(plan));
    } catch (error) {
      failed('deploy', toFailure(error, `deploy ${path}`));
    } finally {
      this.#looking = null;
      this.#watch.wasDeployed();
      this.#options.changed();
    }
  }
}

async function stampOf(path: string): Promise<FileStamp | null> {
  return stat(path).then(
    ({ino, size, mtimeMs}) => ({inode: ino, bytes: size, mtimeMs}),
    () => null,
  );
}
