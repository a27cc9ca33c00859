import {randomBytes} from 'node:crypto';
import {Readable, type Writable} from 'node:stream';
import type {Failure} from '../../model/failure.ts';
import {startChild, type ChildEnd} from './child.ts';
import {withoutToken, type Env} from './environment.ts';

/** How a provider starts a process on the node: `docker exec`, `ssh`, or nothing at all on the node itself. */
export interface Launcher {
  /** For failures: `docker exec kind-worker`. */
  readonly title: string;
  /** The environment of the local command (`PATH`, `SSH_AUTH_SOCK`, `DOCKER_HOST`); default `process.env`, without our own token. */
  readonly env?: Env;
  /** The local command that runs `argv` on the node with its standard streams connected. */
  command(argv: readonly string[]): Promise<readonly [file: string, ...args: string[]]>;
  /** Says why the command could not be started or was cut off, from what the local command said. */
  explain(tried: string, stderr: string): Failure;
  /** The local command is `sudo`: see `ChildOptions`. */
  readonly inOurSession?: boolean;
}

/** A local process that carries standard streams to the node and back. */
export interface Launched {
  readonly stdin: Writable;
  /** What the command itself writes: a login shell's greeting is left out. */
  readonly stdout: Readable;
  /** Resolves when the command runs on the node. */
  readonly began: Promise<void>;
  /** What came on standard output before the command began; all of it where it never did. */
  readonly greeting: () => string;
  /** The end of what the command wrote to standard error until now; without its beginning, of everything there. */
  readonly output: () => string;
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Ends the local process and all that it started. */
  readonly kill: () => void;
}

/**
 * Says on both streams that the command begins: an ssh login goes through the user's own shell, which may print what it
 * likes before (a greeting, a `.bashrc` that says something, `sudo`'s lecture).
 */
const framed = `printf '\\n%s\\n' "$1"; printf '\\n%s\\n' "$1" >&2; shift; exec "$@"`;

const outputKept = 64 * 1024;

/** Starts `argv` on the node. Nothing here waits for the node. */
export async function launch(launcher: Launcher, argv: readonly string[]): Promise<Launched> {
  const mark = `ktop-begin:${randomBytes(8).toString('hex')}`;
  const [file, ...args] = await launcher.command(['sh', '-c', framed, 'ktop', mark, ...argv]);
  const {inOurSession = false, env = process.env} = launcher;
  const child = await startChild(file, args, {env: withoutToken(env), stdin: 'pipe', inOurSession});
  const began = Promise.withResolvers<undefined>();
  const frame = new BeginsAt(child.stdout, `\n${mark}\n`, () => began.resolve(undefined));
  // A pipe that was taken from who held it has no end of its own.
  void child.ended.then(() => frame.end());
  // Who stops reading in the middle closes the pipe, as far as the node.
  frame.once('close', () => child.stdout.destroy());
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    output += text;
    const begin = output.indexOf(`\n${mark}\n`);
    if (begin !== -1) output = output.slice(begin + mark.length + 2);
    output = output.slice(-outputKept);
  });
  return {
    stdin: child.stdin,
    stdout: frame,
    began: began.promise,
    greeting: () => frame.before,
    output: () => output,
    ended: child.ended,
    kill: child.kill,
  };
}

/**
 * Hands on what comes after the mark. It takes no more than its reader asks for: what comes faster gathers before it, as far
 * as the pipe itself, and is read in few large pieces, where a program writes 4 KB at a time.
 */
class BeginsAt extends Readable {
  readonly #source: Readable;
  readonly #mark: Buffer;
  readonly #found: () => void;
  /** What came before it; null once it was found and nobody needs it any more. */
  #held: Buffer | null = Buffer.alloc(0);
  #isWanted = false;

  constructor(source: Readable, mark: string, found: () => void) {
    super({highWaterMark: 1});
    this.#source = source;
    this.#mark = Buffer.from(mark);
    this.#found = found;
    source.on('error', () => undefined);
    source.on('readable', () => this.#take());
    source.once('end', () => this.end());
  }

  /** What came instead of the mark until now; empty once it was found. */
  get before(): string {
    return this.#held?.toString() ?? '';
  }

  /** Nothing more comes. */
  end(): void {
    this.#isWanted = true;
    this.#take();
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#isWanted = true;
    this.#take();
  }

  /** Before the mark everything is taken, for whether it comes tells whether the command runs. */
  #take(): void {
    while (this.#isWanted || this.#held !== null) {
      const chunk: unknown = this.#source.read();
      if (!(chunk instanceof Buffer)) return;
      const rest = this.#held === null ? chunk : this.#behindMark(this.#held, chunk);
      if (rest.length > 0) this.#isWanted = this.push(rest);
    }
  }

  #behindMark(held: Buffer, chunk: Buffer): Buffer {
    const all = Buffer.concat([held, chunk]);
    const at = all.indexOf(this.#mark);
    this.#held = at === -1 ? all.subarray(-outputKept) : null;
    if (at === -1) return Buffer.alloc(0);
    this.#found();
    return all.subarray(at + this.#mark.length);
  }
}
