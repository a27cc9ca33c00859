import type {CopyProgress} from './deploy/copy-progress.ts';
import type {Failure} from './failure.ts';
import type {PodFacts} from './selection/pod-facts.ts';
import type {Target} from './target.ts';
import type {ClockOffset, LocalMs, NodeMs} from './time.ts';

/** One journal entry, as the follower delivers it. Text is what the node said: untrusted, cleaned only when drawn. */
export interface JournalEntry {
  /** `__CURSOR`: the place in the node's journal from which a follower resumes without loss or repeat. */
  readonly cursor: string;
  /** `__REALTIME_TIMESTAMP`, in milliseconds with the microseconds as a fraction. */
  readonly at: NodeMs;
  /** `_SYSTEMD_UNIT`, or the unit that systemd itself speaks of (`UNIT`). */
  readonly unit: string;
  /** `SYSLOG_IDENTIFIER`: `kubelet`, `systemd`. */
  readonly identifier: string;
  readonly pid: number | null;
  /** Syslog priority 0–7; 6 where it is missing. */
  readonly priority: number;
  readonly message: string;
  /** The bytes of a message that is not UTF-8, a character each, for a file; in `message` some are U+FFFD. */
  readonly raw?: string;
}

/** Where a stream stands. `since` is when it came into this state. */
export type StreamState =
  | {readonly kind: 'connecting'; readonly since: LocalMs}
  /** `warning` says what is not as it was asked for. */
  | {readonly kind: 'following'; readonly since: LocalMs; readonly warning?: string}
  | {readonly kind: 'reconnecting'; readonly since: LocalMs; readonly attempt: number; readonly failure: Failure}
  | {readonly kind: 'unavailable'; readonly since: LocalMs; readonly failure: Failure};

/**
 * What a sample is to those that earlier answers showed of its target: `new`, a tick that none has shown; `refined`, the
 * same tick with its millisecond or with figures that were not known yet; `repeated`, nothing that was not known.
 */
export type Novelty = 'new' | 'refined' | 'repeated';

/** The CPU (and memory) of one cgroup as the kubelet answered it: a *sample*, taken at a housekeeping tick. */
export interface Sample {
  readonly target: Target;
  /** When cAdvisor took it. */
  readonly at: NodeMs;
  /** `s`: only the whole second is known (`/stats/summary` alone); `ms`: joined with `/metrics/resource`. */
  readonly precision: 's' | 'ms';
  readonly usageCoreNanoSeconds: number | null;
  readonly usageNanoCores: number | null;
  readonly workingSetBytes: number | null;
  /** The other figures of the sample as one string: equal strings are evidence of cAdvisor's `StatsEq`. */
  readonly fingerprint: string;
  /**
   * The pressure (PSI) of CPU and memory as the kernel prints it, which `StatsEq` compares too: for each of CPU some,
   * CPU full, memory some and memory full the total in µs and the averages of 10, 60 and 300 s in percent; NaN for
   * what is not shown. Null or absent where nothing of it is shown: cgroup v1, an older kubelet, no summary.
   */
  readonly pressure?: readonly number[] | null;
  /** When the container (or pod) started; a change breaks the series. */
  readonly startedAt: NodeMs | null;
  /** The pod's uid where the answer names it: two pods of one name in turn are two pods. */
  readonly uid: string | null;
  /** Said by the join of the two endpoints, and by nobody else. */
  readonly novelty: Novelty;
}

/** One poll of the kubelet, both endpoints parsed and joined. */
export interface Poll {
  readonly sentAt: LocalMs;
  /** When the last of the answers was complete. */
  readonly receivedAt: LocalMs;
  /**
   * When the answer was complete that shows the newest sample of each target, where another one came after it: what
   * was ticked since then nobody knows, so that it is the present moment of every forecast made from the poll.
   */
  readonly shownAt?: LocalMs;
  readonly samples: readonly Sample[];
  /** What could not be read, a sentence each; the rest of the poll stands. */
  readonly problems: readonly string[];
  /** The kubelet says itself that it could not collect all figures: those that it has go on ageing. */
  readonly isPartial?: true;
  /** The present by the node's clock when it answered, in whole seconds; absent where no answer says it. */
  readonly answeredAt?: NodeMs;
  /** When the kubelet's process started, in whole seconds; absent where the kubelet is too old to tell it. */
  readonly processStartedAt?: NodeMs;
}

/** What is known of the node; a field is null until it was read. */
export interface NodeFacts {
  readonly kubeletVersion: string | null;
  readonly kubeletPid: number | null;
  readonly kubeletStartedAt: NodeMs | null;
  /** `--v`. */
  readonly verbosity: number | null;
  /** `--housekeeping-interval` of the running kubelet's command line (cAdvisor's base, 10 s by default). */
  readonly housekeepingIntervalMs: number | null;
  /** The systemd unit's state where it is known: `active (running)`, `activating (auto-restart)`. */
  readonly unitState?: string | null;
}

/** How the kubelet's HTTPS is reached now. `label` is for the status line: `direct, certificate pinned`. */
export interface RouteState {
  readonly kind: 'apiserver' | 'direct' | 'exec';
  readonly label: string;
  readonly latencyMs: number | null;
  readonly warning: string | null;
}

/** A step of a command that changes the node. `line` is what the user is shown. */
export type CommandStep =
  | {readonly kind: 'started'; readonly line: string}
  | {
      readonly kind: 'progress';
      readonly line: string;
      /** While a file is copied: how far that has come. */
      readonly copy?: CopyProgress;
      /** The kubelet is being restarted. */
      readonly restarting?: true;
    }
  | {
      readonly kind: 'done';
      readonly line: string;
      /** Of a cleared journal: when the oldest entry was written that the node still has. */
      readonly keptSince?: NodeMs;
      /** Of a verbosity that was set in the running kubelet: it holds until that ends. */
      readonly verbosity?: number;
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** What was cut off by it on the node, and must be finished or undone. */
      readonly left?: Failure;
    };

export type CommandName = 'restart' | 'clear' | 'flags' | 'verbosity' | 'deploy' | 'rollback';

/** Whether an action ends the kubelet and starts another: what it answers afterwards is the end of the action's failure. */
export function restartsKubelet(name: CommandName): boolean {
  return name === 'restart' || name === 'flags';
}

/** A node as the user is told of it. */
export interface NodeIdentity {
  readonly name: string;
  readonly provider: string;
  /** How commands get there: `docker exec`. */
  readonly transport: string;
  /** How a command there is typed by hand: `docker exec kind-worker`. */
  readonly commandPrefix: string;
  /** Why keys that change the node are greyed out, or null where they work. */
  readonly readOnly: Failure | null;
}

/** What could be learned of the pods beyond their stats: labels, requests, limits. */
export type PodsAnswer =
  {readonly kind: 'pods'; readonly pods: readonly PodFacts[]} | {readonly kind: 'unknown'; readonly failure: Failure};

/** What the node says is kept in a folder since a moment, `bytes` of it so far; `problem` says why no more of it is. */
export interface RecordingState {
  readonly dir: string;
  readonly bytes: number;
  readonly since: LocalMs;
  readonly problem: string | null;
}

/** Everything that can happen. Sources and commands make these, the store folds them, the JSON output prints them. */
export type Event =
  | {readonly type: 'node'; readonly at: LocalMs; readonly node: NodeIdentity}
  /** The node cannot be reached now; ktop keeps trying. */
  | {readonly type: 'node-failed'; readonly at: LocalMs; readonly failure: Failure}
  | {readonly type: 'journal'; readonly entries: readonly JournalEntry[]}
  | {readonly type: 'journal-stream'; readonly state: StreamState}
  /**
   * Entries are missing, because the node no longer has them: those that followed the one written at `after` (null
   * where that is not known). `atMost` says how many, counted over all units (the journal numbers them together); null
   * where that cannot be known. It can come a little after the entries that followed the gap.
   */
  | {
      readonly type: 'journal-gap';
      readonly at: LocalMs;
      readonly after: NodeMs | null;
      readonly reason: string;
      readonly atMost: number | null;
    }
  | {readonly type: 'poll'; readonly poll: Poll}
  | {readonly type: 'stats-stream'; readonly state: StreamState}
  | {readonly type: 'pods'; readonly at: LocalMs; readonly answer: PodsAnswer}
  | {readonly type: 'facts'; readonly at: LocalMs; readonly facts: NodeFacts}
  /** A kubelet process started: every housekeeping timer starts afresh with an immediate tick. */
  | {readonly type: 'kubelet-started'; readonly at: NodeMs; readonly pid: number | null}
  /**
   * The kubelet's own word on a housekeeping tick, read from a debug line by the user's `--tick-pattern`: cgroup
   * `container` was sampled at `at`, its interval is now `intervalMs` and it will be sampled again after `nextMs`.
   * What the pattern does not name is null.
   */
  | {
      readonly type: 'tick-fact';
      readonly at: NodeMs;
      readonly cgroup: string;
      readonly intervalMs: number | null;
      readonly nextMs: number | null;
    }
  | {readonly type: 'clock'; readonly offset: ClockOffset}
  | {readonly type: 'route'; readonly route: RouteState}
  /** The user's own command for a restart that was seen healthy has ended; `failure` is null where it went well. */
  | {readonly type: 'on-restart'; readonly at: LocalMs; readonly failure: Failure | null}
  /** What the watched targets have used by their cgroups' own counters, in nanoseconds of CPU time. */
  | {
      readonly type: 'truth';
      readonly at: NodeMs;
      readonly readings: readonly {readonly target: Target; readonly usageNs: number}[];
    }
  /** Why those cannot be read, or not all of them; null: they can. */
  | {readonly type: 'truth-state'; readonly problem: string | null}
  | {readonly type: 'recording'; readonly recording: RecordingState | null}
  /** A deploy (or a rollback) was found on the node that somebody must finish or undo; null: no more. */
  | {
      readonly type: 'cut-off';
      readonly at: LocalMs;
      readonly command: CommandName;
      readonly failure: Failure | null;
    }
  | {readonly type: 'command'; readonly at: LocalMs; readonly command: CommandName; readonly step: CommandStep};
