import type {Follow, FollowEnd} from '../nodes/node.ts';

/** What a job was started with: its files, by their names, and its arguments. */
interface JobGiven {
  readonly files: ReadonlyMap<string, string>;
  readonly args: readonly string[];
}

/** A job of the simulated node: its log, and whoever follows it. */
export class DemoJob {
  #lines: string[] = [];
  #isRunning = false;
  #changed = Promise.withResolvers<undefined>();

  /** Whether it is under way. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Starts it with a new log; what it is told of is what `startScript` prints. */
  start(work: () => Promise<void>): Follow {
    if (this.#isRunning) return jobFollow([], 75);
    this.#lines = [];
    this.#isRunning = true;
    void work().finally(() => {
      this.#isRunning = false;
      this.#wake();
    });
    return this.follow(1, 'started\n');
  }

  /** Adds a line to its log. */
  note(text: string): void {
    this.#lines.push(`${(performance.now() / 1000 + 1000).toFixed(2)} ${text}`);
    this.#wake();
  }

  /** The log from a line on, as it grows, and `over` when the job has ended. */
  follow(from: number, first = ''): Follow {
    return jobFollow(this.#text(from - 1, first), 0);
  }

  async *#text(from: number, first: string): AsyncGenerator<Buffer> {
    if (first !== '') yield Buffer.from(first);
    for (let told = from; ;) {
      const lines = this.#lines.slice(told);
      const isOver = !this.#isRunning;
      told += lines.length;
      if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
      if (isOver) break;
      if (lines.length === 0) await this.#changed.promise;
    }
    yield Buffer.from('over\n');
  }

  #wake(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }
}

/** Reads the command line and the input of `startScript`: `… FOLDER UNIT SCRIPT NAME BYTES … -- ARGUMENT…`. */
export function jobGiven(argv: readonly string[], input: string): JobGiven {
  const files = new Map<string, string>();
  const bytes = Buffer.from(input);
  let [at, from] = [7, 0];
  for (; argv[at] !== '--' && at < argv.length; at += 2) {
    const size = Number(argv[at + 1]);
    files.set(argv[at] ?? '', bytes.subarray(from, from + size).toString());
    from += size;
  }
  return {files, args: argv.slice(at + 1)};
}

function jobFollow(text: AsyncGenerator<Buffer> | readonly Buffer[], exitCode: number): Follow {
  const end = Promise.withResolvers<FollowEnd>();
  async function* stdout() {
    try {
      yield* text;
    } finally {
      end.resolve({exitCode, stderr: ''});
    }
  }
  const stop = (): Promise<void> => {
    end.resolve({exitCode: null, stderr: ''});
    return Promise.resolve();
  };
  return {stdout: stdout(), ended: end.promise, stop};
}
