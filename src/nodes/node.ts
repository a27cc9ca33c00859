import type {Failure} from '../model/failure.ts';
import type {LocalMs} from '../model/time.ts';
import type {ProviderName} from './providers/names.ts';

/** The outcome of a command that ran on the node to its end. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Written to the command's standard input, which is then closed. Secrets travel here, never in argv. */
  readonly input?: string | Uint8Array;
  /** Default 15 s. Past it the command is ended on the node too. */
  readonly timeoutMs?: number;
  /** What more it writes to standard output ends it; default 64 MiB. */
  readonly mostBytes?: number;
  readonly signal?: AbortSignal;
}

/** How a followed command ended. `exitCode` is null where the connection was lost or we stopped it. */
export interface FollowEnd {
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** A command that keeps writing. The process on the node ends with the follow, however that ends (even SIGKILL). */
export interface Follow {
  /** Raw bytes of standard output; backpressure reaches the command on the node. Ends when the command ends. */
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly ended: Promise<FollowEnd>;
  /** Of a `live` follow: adds to the command's standard input, while it runs. Absent where no such is possible. */
  readonly write?: (text: string) => void;
  /** Ends the command on the node and waits for it. Calling it again is harmless. */
  stop(): Promise<void>;
}

export interface FollowOptions {
  readonly signal?: AbortSignal;
  readonly input?: string;
  readonly live?: boolean;
}

/** Runs commands on the node. Arguments are passed as a list and never meet a shell unquoted. */
export interface NodeShell {
  /**
   * Runs a command to its end. Any exit code is a result; it rejects with a `FailureError` only where the command
   * could not be run at all (no docker, no connection, time out).
   */
  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /**
   * Starts a command and streams its standard output; `input`, if given, is sent first and stdin is kept open. With
   * `live` all that is written later reaches the command, too.
   */
  follow(argv: readonly string[], options?: FollowOptions): Follow;
  /**
   * Copies a local file onto the node, atomically (written beside, then renamed), with the given mode. It may take as
   * long as it goes on; rejects with a `FailureError` where it did not arrive whole, or nothing went through for a
   * minute. Resolves with what was done `after` it came to, whatever its exit code.
   */
  copyIn(localPath: string, remotePath: string, options?: CopyOptions): Promise<CommandResult>;
}

/** What is to be done with a copy on the node in the same command, which spares another one. */
export interface AfterCopy {
  /**
   * A script that is given the file's bytes on its standard input while they arrive, as they are read back there; what it
   * prints is kept.
   */
  readonly beside: string;
  /** A script that is run when the file has its name, with what the first one has printed as `$1` and `args` behind it. */
  readonly script: string;
  readonly args: readonly string[];
}

export interface CopyOptions {
  /** Default: the file's own. */
  readonly mode?: number;
  /** Its folder is made where there is none, and what an earlier copy to the same name has left there is taken away. */
  readonly makesFolder?: boolean;
  readonly after?: AfterCopy;
  readonly signal?: AbortSignal;
  /** Told as the copy goes on: how many bytes have left this program. */
  readonly onSent?: (bytes: number) => void;
  /** Of a copy with something to do `after` it: told when that begins, all of the file being there. */
  readonly onCopied?: () => void;
}

/** One HTTP exchange with the kubelet. Any status is a result. */
export interface KubeletReply {
  readonly status: number;
  readonly body: string;
  /** The whole answer where its bytes were asked for (`binary`); `body` is then the beginning, for messages. */
  readonly bytes?: Uint8Array;
  readonly sentAt: LocalMs;
  readonly receivedAt: LocalMs;
  /** After a 401 or 403: which right is missing, for whom, and the command that grants it. */
  readonly denied?: Failure | null;
  /** The `Date` header in unix milliseconds (whole seconds), by the node's clock; null or absent where there is none. */
  readonly date?: number | null;
  /** The header `Process-Start-Time-Unix` in unix milliseconds (whole seconds), by the node's clock; null or absent as `date`. */
  readonly processStartedAt?: number | null;
}

/**
 * A way to the kubelet's HTTPS that is open now. The one that `Node.openRoute` gives changes its way while it runs:
 * `kind`, `label` and `warning` must be read anew after each reply.
 */
export interface KubeletRoute {
  readonly kind: 'apiserver' | 'direct' | 'exec';
  /** For the status line: `direct, certificate pinned`. */
  readonly label: string;
  readonly warning: string | null;
  /** Rejects with a `FailureError` where no HTTP answer came (refused, time out, wrong certificate). */
  get(
    path: string,
    options?: {
      readonly timeoutMs?: number;
      readonly signal?: AbortSignal;
      readonly binary?: boolean;
      /** When the poll began that this request is of (unix ms): a recording tells by it which answers belong together. */
      readonly pollMs?: number;
    },
  ): Promise<KubeletReply>;
  /** Sends `body` as plain text; rejects as `get` does, and is never sent twice. Absent where the way only reads. */
  put?(
    path: string,
    body: string,
    options?: {readonly timeoutMs?: number; readonly signal?: AbortSignal},
  ): Promise<KubeletReply>;
  close(): Promise<void>;
}

/** A node that ktop can watch. */
export interface Node {
  readonly name: string;
  /** Nothing above `nodes/` asks which one it is; it is shown to the user. */
  readonly provider: ProviderName;
  /** How commands get there, for the status line: `docker exec`. */
  readonly transport: string;
  /**
   * How a command there is typed by hand, up to the command itself: `docker exec kind-worker`, `ssh docker@10.0.0.2`;
   * empty on the node itself. For questions and for "the next command to type".
   */
  readonly commandPrefix: string;
  /** Absent where commands cannot be run (`api`): `why` is shown where a key is greyed out. */
  readonly shell: {readonly kind: 'shell'; readonly shell: NodeShell} | {readonly kind: 'none'; readonly why: Failure};
  /**
   * Asks the API server that knows this node, as the user; `pathOf` is given the node's name there, encoded. Null where
   * there is none. Absent where none can be known.
   * Rejects with a `FailureError` where no answer came.
   */
  readonly askApi?: (pathOf: (name: string) => string, signal: AbortSignal) => Promise<KubeletReply | null>;
  /** Opens the best way to the kubelet. Rejects with a `FailureError` that names what was tried. */
  openRoute(signal: AbortSignal): Promise<KubeletRoute>;
  close(): Promise<void>;
}
