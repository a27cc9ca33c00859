import {localMs, type LocalMs} from '../time.ts';
import {durationText} from '../../util/duration.ts';

/** What tells one state of a file from another: a build that writes in place changes it, and one that renames does. */
export interface FileStamp {
  readonly inode: number;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** A build that was read to its end and found whole. */
export interface WatchedBuild {
  readonly stamp: FileStamp;
  readonly sha: string;
}

/** What is to be done now. */
export type BuildTask =
  | {readonly kind: 'nothing'}
  /** The file has not changed for a while: read it, and tell `wasRead` or `wasUnfit`. */
  | {readonly kind: 'read'; readonly stamp: FileStamp}
  /** Its time has come: deploy it, and tell `wasDeployed`. */
  | {readonly kind: 'deploy'; readonly build: WatchedBuild};

/** How long a file must stand still until it is taken for written: linkers write in bursts. */
const stillMs = 1000;
/** How long a user has to call a deploy off. */
const countdownMs = 5000;

type Phase =
  | {readonly kind: 'idle'}
  | {readonly kind: 'changing'; readonly stamp: FileStamp; readonly since: LocalMs}
  | {readonly kind: 'reading'; readonly stamp: FileStamp}
  | {readonly kind: 'countdown'; readonly build: WatchedBuild; readonly endsAt: LocalMs}
  | {readonly kind: 'deploying'; readonly build: WatchedBuild};

/**
 * Decides when a build that lies in a file is to be put on the node. It looks at the file again and again; whatever is
 * there at the beginning was not built for this. The newest build wins: one that is replaced before its turn is
 * forgotten, and one that is written while another is deployed waits until that has ended.
 */
export class BuildWatch {
  #phase: Phase = {kind: 'idle'};
  /** The state of the file that needs nothing more: seen at the beginning, deployed, called off, or no build. */
  #settled: FileStamp | null | 'not looked yet' = 'not looked yet';
  #last: WatchedBuild | null = null;
  #lastSha = '';
  #deploys = 0;
  #unfit: string | null = null;
  #isFree = true;

  /** Takes a look at the file, null where there is none. `isFree`: no action is under way on the node. */
  look(stamp: FileStamp | null, now: LocalMs, isFree: boolean): BuildTask {
    this.#isFree = isFree;
    if (this.#settled === 'not looked yet') this.#settled = stamp;
    const phase = this.#phase;
    if (phase.kind === 'deploying') return {kind: 'nothing'};
    if (stamp === null || isSame(stamp, this.#settled)) {
      this.#phase = {kind: 'idle'};
      return {kind: 'nothing'};
    }
    const known = phase.kind === 'idle' ? null : phase.kind === 'countdown' ? phase.build.stamp : phase.stamp;
    if (!isSame(stamp, known)) {
      this.#phase = {kind: 'changing', stamp, since: now};
      return {kind: 'nothing'};
    }
    if (phase.kind === 'changing' && now - phase.since >= stillMs) {
      this.#phase = {kind: 'reading', stamp};
      return {kind: 'read', stamp};
    }
    if (phase.kind === 'countdown' && now >= phase.endsAt && isFree) {
      this.#phase = {kind: 'deploying', build: phase.build};
      this.#deploys += 1;
      return {kind: 'deploy', build: phase.build};
    }
    return {kind: 'nothing'};
  }

  /** The file of that stamp was read and is a whole executable. */
  wasRead(build: WatchedBuild, now: LocalMs): void {
    if (this.#phase.kind !== 'reading' || !isSame(this.#phase.stamp, build.stamp)) return;
    this.#unfit = null;
    if (build.sha === this.#lastSha) {
      // A build that changed nothing wrote the same bytes once more.
      this.#settle(build.stamp);
      return;
    }
    this.#last = build;
    this.#phase = {kind: 'countdown', build, endsAt: localMs(now + countdownMs)};
  }

  /** The file of that stamp cannot be deployed; `why` is a sentence. It is looked at again when it changes. */
  wasUnfit(stamp: FileStamp, why: string): void {
    if (this.#phase.kind !== 'reading' || !isSame(this.#phase.stamp, stamp)) return;
    this.#unfit = why;
    this.#settle(stamp);
  }

  /** The deploy has ended, one way or the other: what failed once is not tried again. */
  wasDeployed(): void {
    if (this.#phase.kind !== 'deploying') return;
    this.#lastSha = this.#phase.build.sha;
    this.#settle(this.#phase.build.stamp);
  }

  /** Calls the deploy off that is counted down; false where there is none. */
  cancel(): boolean {
    if (this.#phase.kind !== 'countdown') return false;
    this.#settle(this.#phase.build.stamp);
    return true;
  }

  /** The newest build and how many were deployed, for the header: `build 12:03:20 0123456789ab, deploy 3`. */
  header(clock: (ms: number) => string): string {
    if (this.#last === null) return 'waiting for a build';
    const built = `build ${clock(this.#last.stamp.mtimeMs)} ${this.#last.sha.slice(0, 12)}`;
    if (this.#phase.kind === 'countdown' || this.#deploys === 0) return built;
    const isDeployed = this.#phase.kind === 'deploying' || this.#last.sha === this.#lastSha;
    return isDeployed ? `${built}, deploy ${this.#deploys}` : `${built}, not deployed`;
  }

  /** What is to be said now; null for nothing. */
  message(now: LocalMs): string | null {
    const phase = this.#phase;
    if (phase.kind === 'changing' || phase.kind === 'reading') return 'a build is being written';
    if (phase.kind === 'countdown') {
      const sha = phase.build.sha.slice(0, 12);
      const leftMs = phase.endsAt - now;
      if (leftMs <= 0 && !this.#isFree) return `build ${sha} waits until what is under way has ended: esc calls it off`;
      if (leftMs <= 0) return `build ${sha} is deployed now`;
      return `build ${sha} is deployed in ${durationText(Math.ceil(leftMs / 1000) * 1000)}: esc calls it off`;
    }
    return phase.kind === 'idle' ? this.#unfit : null;
  }

  /** Whether the message changes by itself. */
  get isCounting(): boolean {
    return this.#phase.kind === 'countdown';
  }

  #settle(stamp: FileStamp): void {
    this.#settled = stamp;
    this.#phase = {kind: 'idle'};
  }
}

function isSame(a: FileStamp | null, b: FileStamp | null): boolean {
  if (a === null || b === null) return a === b;
  return a.inode === b.inode && a.bytes === b.bytes && a.mtimeMs === b.mtimeMs;
}
