import type {Follow, FollowEnd} from '../nodes/node.ts';

/** The files that a job was given, by their names. */
type JobFiles = ReadonlyMap<string, string>;

/** A job of the simulated node: its log, and whoever follows it. */
export class DemoJob {
  #lines: string[] = [];
  #isRunning = false;
  #changed = Promise.withResolvers<undefined>();

  /** Whether it is under way. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * Starts it with a new log once its files are given, and hands on the words that come then; what it tells is what
   * `startScript` prints.
   */
  start(work: (files: JobFiles) => Promise<void>, heard: (word: string) => void = () => undefined): Follow {
    const given = Promise.withResolvers<JobFiles | null>();
    let [isGiven, exitCode] = [false, 0];
    const follow = jobFollow(this.#begun(given.promise, work), () => exitCode);
    return {
      ...follow,
      write: (said) => {
        if (isGiven) return heard(said.trim());
        isGiven = true;
        if (this.#isRunning) exitCode = 75;
        given.resolve(this.#isRunning ? null : filesIn(said));
      },
      stop: () => {
        given.resolve(null);
        return follow.stop();
      },
    };
  }

  async *#begun(given: Promise<JobFiles | null>, work: (files: JobFiles) => Promise<void>): AsyncGenerator<Buffer> {
    const files = await given;
    // Another one is under way, or nobody wants it any more.
    if (files === null) return;
    this.#lines = [];
    this.#isRunning = true;
    void work(files).finally(() => {
      this.#isRunning = false;
      this.#wake();
    });
    yield* this.#text(0, 'started\n');
  }

  /** Adds a line to its log. */
  note(text: string): void {
    this.#lines.push(`${(performance.now() / 1000 + 1000).toFixed(2)} ${text}`);
    this.#wake();
  }

  /** The log from a line on, as it grows, and `over` when the job has ended. */
  follow(from: number): Follow {
    return jobFollow(this.#text(from - 1, ''), () => 0);
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

/** Reads what `startScript` is given: of each file a line with its name and its number of bytes, and these. */
function filesIn(input: string): JobFiles {
  const files = new Map<string, string>();
  for (let rest = Buffer.from(input); ;) {
    const end = rest.indexOf('\n');
    const [name = '', bytes = '0'] = rest.subarray(0, end).toString().split(' ');
    if (end < 1) return files;
    const from = end + 1;
    files.set(name, rest.subarray(from, from + Number(bytes)).toString());
    rest = rest.subarray(from + Number(bytes));
  }
}

function jobFollow(text: AsyncGenerator<Buffer>, exitCode: () => number): Follow {
  const end = Promise.withResolvers<FollowEnd>();
  async function* stdout() {
    try {
      yield* text;
    } finally {
      end.resolve({exitCode: exitCode(), stderr: ''});
    }
  }
  const stop = (): Promise<void> => {
    end.resolve({exitCode: null, stderr: ''});
    return Promise.resolve();
  };
  return {stdout: stdout(), ended: end.promise, stop};
}
