import type {Event} from '../../model/event.ts';
import {toFailure} from '../../model/failure.ts';
import {type Target, targetKey} from '../../model/target.ts';
import {nodeMs} from '../../model/time.ts';
import {cgroupFolders, type TruthTarget} from '../../model/truth/cgroup-paths.ts';
import type {Follow, NodeShell} from '../../nodes/node.ts';
import {isAborted} from '../../util/is-aborted.ts';
import {sleep} from '../../util/sleep.ts';
import {foldersScript, ReaderLines, readerCommand} from './reader-script.ts';
import {lastLine} from '../../util/last-line.ts';

export interface TruthOptions {
  readonly shell: NodeShell;
  /** What to read now; empty while it is off. */
  readonly targets: () => readonly TruthTarget[];
  /** Between two readings, in ms; asked after each. Default: a second. */
  readonly everyMs?: () => number;
}

const secondMs = 1000;
/** A slow link is not given more than it takes. */
const mostOutstanding = 3;
/** Where a cgroup is not found or is gone, it is looked for again after so long. */
const againMs = 15_000;

/**
 * Reads the cgroup counters of the watched targets once a second or as often as it is told, by one reader that stays on the node and ends with us.
 * While there is nothing to read nothing runs there.
 */
export async function* followTruth(options: TruthOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const {targets} = options;
  while (!signal.aborted) {
    const wanted = targets();
    if (wanted.length === 0) {
      await sleep(secondMs, signal);
      continue;
    }
    try {
      yield* readWhile(options, wanted, signal);
    } catch (error) {
      if (isAborted(signal)) return;
      yield {type: 'truth-state', problem: toFailure(error, 'read the cgroup counters').problem};
      await sleep(againMs, signal);
    }
  }
}

const keyOf = (targets: readonly TruthTarget[]): string =>
  targets.map(({target, podUid, containerId}) => [targetKey(target), podUid, containerId].join()).join(' ');

/** Reads as long as the same is wanted, and until a cgroup is gone. */
async function* readWhile(
  {shell, targets, everyMs = () => secondMs}: TruthOptions,
  wanted: readonly TruthTarget[],
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const {stdout} = await shell.run(['sh', '-c', foldersScript], {signal});
  const [version = '', ...folders] = stdout.split('\n').filter((line) => line !== '');
  const found = cgroupFolders(folders, wanted);
  const missing = wanted.length - found.length;
  const isAll = missing === 0;
  yield {type: 'truth-state', problem: isAll ? null : `no cgroup was found of ${missing} of ${wanted.length} targets`};
  if (found.length === 0) {
    await sleep(againMs, signal);
    return;
  }
  const file = version === 'v2' ? 'cpu.stat' : 'cpuacct.usage';
  const unitNs = version === 'v2' ? 1000 : 1;
  const follow = shell.follow(readerCommand(found.map(({folder}) => `${folder}/${file}`)), {signal, live: true});
  const lines = new ReaderLines();
  const pace = new Pace(follow, {isWanted: () => keyOf(targets()) === keyOf(wanted), everyMs});
  const startedAt = performance.now();
  try {
    const decoder = new TextDecoder();
    for await (const chunk of follow.stdout) {
      for (const {atMs, values} of lines.take(decoder.decode(chunk, {stream: true}))) {
        pace.answered();
        const readings = found.flatMap(({target}, i): {target: Target; usageNs: number}[] => {
          const value = values[i] ?? null;
          return value === null ? [] : [{target, usageNs: value * unitNs}];
        });
        yield {type: 'truth', at: nodeMs(atMs), readings};
        if (readings.length < found.length || (!isAll && performance.now() - startedAt > againMs)) return;
      }
    }
    const {exitCode, stderr} = await follow.ended;
    if (!signal.aborted && !pace.isDone) {
      const words = lastLine(stderr);
      throw new Error(words === '' ? `the reader ended (${exitCode ?? 'cut off'})` : words);
    }
  } finally {
    pace.stop();
    await follow.stop();
  }
}

interface PaceOptions {
  readonly isWanted: () => boolean;
  readonly everyMs: () => number;
}

/** Writes a line to the reader each time that it is to read: that is its clock. */
class Pace {
  isDone = false;
  readonly #follow: Follow;
  readonly #options: PaceOptions;
  readonly #timer: NodeJS.Timeout;
  #outstanding = 0;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(follow: Follow, options: PaceOptions) {
    this.#follow = follow;
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), secondMs);
    this.#beat();
  }

  answered(): void {
    this.#outstanding = Math.max(0, this.#outstanding - 1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const now = performance.now();
    // Half a beat of slack: the timer's own beats differ by a few milliseconds.
    if (now - this.#writtenAt < this.#options.everyMs() - secondMs / 2) return;
    if (!this.#options.isWanted()) {
      this.isDone = true;
      this.stop();
      void this.#follow.stop();
    } else if (this.#outstanding < mostOutstanding) {
      this.#outstanding += 1;
      this.#writtenAt = now;
      this.#follow.write?.('\n');
    }
  }
}
