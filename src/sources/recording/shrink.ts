import {createWriteStream, existsSync, lstatSync, openSync, renameSync, statSync, unlinkSync} from 'node:fs';
import {join} from 'node:path';
import {finished, pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {FailureError} from '../../model/failure.ts';
import {parseJson, at} from '../../util/json.ts';
import {isThere, streamFiles, streams, type Stream} from './files.ts';
import {readExchange, type RecordedExchange} from './format.ts';
import {linesOfFile, type LinesProblem} from './lines.ts';
import {isOfSamePoll} from './replay.ts';

/** A repeated answer is left out only where the one before is no older: a longer silence would look like a lost node. */
const keptEveryMs = 4000;

export interface Shrunk {
  readonly before: number;
  readonly after: number;
  /** Answers that were left out because they repeat the one before. */
  readonly repeats: number;
}

/**
 * Packs the files of a recording as tightly as gzip does; with `thin` answers go that are, but for their time, the one
 * before. Ticks, waits and lines stay what they are; latencies are then of fewer requests. Each file is written beside
 * the old one, and takes its place once all of it could be read back. Rejects with a `FailureError`, the file untouched.
 */
export async function shrinkRecording(dir: string, thin: boolean): Promise<Shrunk> {
  const sum = {before: 0, after: 0, repeats: 0};
  const taken = new Repeats(thin);
  for (const stream of streams) {
    for (const name of streamFiles(dir, stream)) {
      const {before, after} = await shrinkFile(dir, name, stream, taken);
      sum.before += before;
      sum.after += after;
    }
  }
  // Members are gone, and with them the places that the index names.
  for (const name of streamFiles(dir, 'index')) unlinkSync(join(dir, name));
  return {...sum, repeats: taken.count};
}

async function shrinkFile(
  dir: string,
  name: string,
  stream: Stream,
  repeats: Repeats,
): Promise<{readonly before: number; readonly after: number}> {
  const path = join(dir, name);
  const before = lstatSync(path).size;
  const refuse = (problem: string) =>
    new FailureError({tried: `shrink ${path}`, problem, next: `ktop recordings --check ${dir}`});
  if (!lstatSync(path).isFile()) throw refuse('it is no file of its own, but a link');
  const packed = `${name.replace(/\.gz$/, '')}.gz`;
  const draft = join(dir, `${packed}.new`);
  if (isThere(draft)) throw refuse(`there is a ${draft} already`);
  const unread: string[] = [];
  let kept = 0;
  const tell = (problem: string, kind: LinesProblem) => {
    if (kind === 'unread') unread.push(problem);
  };
  async function* lines(): AsyncGenerator<string> {
    for await (const chunk of linesOfFile(path, name, tell)) {
      const whole = chunk.filter((line) => line !== '');
      const wanted = stream === 'polls' ? whole.flatMap((line) => repeats.take(line)) : whole;
      kept += wanted.length;
      if (wanted.length > 0) yield `${wanted.join('\n')}\n`;
    }
    const rest = repeats.end();
    kept += rest.length;
    if (rest.length > 0) yield `${rest.join('\n')}\n`;
  }
  try {
    const file = createWriteStream(draft, {fd: openSync(draft, 'wx', 0o600)});
    await pipeline(lines, createGzip({level: 9}), file);
    await finished(file);
    // A file that was cut keeps its whole lines, the broken one at its end included; one that cannot be read does not.
    if (unread.length > 0) throw refuse(unread.join('; '));
    let read = 0;
    for await (const chunk of linesOfFile(draft, packed, () => undefined)) {
      read += chunk.filter((line) => line !== '').length;
    }
    if (read !== kept) throw refuse(`only ${read} of ${kept} lines could be read back`);
  } catch (error) {
    if (existsSync(draft)) unlinkSync(draft);
    throw error;
  }
  const after = statSync(draft).size;
  if (packed === name && after >= before) {
    unlinkSync(draft);
    return {before, after: before};
  }
  renameSync(draft, join(dir, packed));
  if (packed !== name) unlinkSync(path);
  return {before, after};
}

interface Answer {
  readonly line: string;
  readonly exchange: RecordedExchange;
  readonly isRepeat: boolean;
}

/** Which answers repeat the one before, as far as they may go. The two of one poll stay or go together. */
class Repeats {
  readonly #thin: boolean;
  readonly #last = new Map<string, string>();
  #poll: Answer[] = [];
  #keptAt = Number.NEGATIVE_INFINITY;
  count = 0;

  constructor(thin: boolean) {
    this.#thin = thin;
  }

  /** The lines that are settled to stay, after one more. */
  take(line: string): readonly string[] {
    if (!this.#thin) return [line];
    const exchange = readExchange(line);
    if (exchange === null) return [...this.end(), line];
    const {path, status} = exchange;
    const content = JSON.stringify([status, at(parseJson(line), 'body')]);
    const answer = {line, exchange, isRepeat: this.#last.get(path) === content};
    this.#last.set(path, content);
    const before = this.#poll.at(-1);
    const isSamePoll = before !== undefined && isOfSamePoll(before.exchange, exchange) && before.exchange.path !== path;
    const settled = isSamePoll && this.#poll.length < 2 ? [] : this.end();
    this.#poll.push(answer);
    return settled;
  }

  /** What waits for the other answer of its poll. */
  end(): readonly string[] {
    const poll = this.#poll;
    this.#poll = [];
    const [first] = poll;
    if (first === undefined) return [];
    const sinceMs = first.exchange.receivedAt - this.#keptAt;
    if (poll.every(({isRepeat}) => isRepeat) && sinceMs >= 0 && sinceMs < keptEveryMs) {
      this.count += poll.length;
      return [];
    }
    this.#keptAt = first.exchange.receivedAt;
    return poll.map(({line}) => line);
  }
}
