import {closeSync, openSync, renameSync, statSync, unlinkSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {currentFile, isThere, rotatedFile, type Stream, streams} from './files.ts';
import {MemberLog} from './member-log.ts';

/** What stands in one pair of files of a recording, as `meta.json` tells it; times are unix seconds. */
export interface SegmentSummary {
  /** The number in the names of its files; the newest one, which has none, is 0. */
  readonly number: number;
  readonly from: number;
  until: number;
  polls: number;
  ticks: number;
  lines: number;
}

/** How many pairs a recording of a bounded size is made of: the oldest is dropped whole. */
const parts = 8;
const smallestSegment = 64 << 10;
/** Without a bound: a file that other programs can still handle. */
const usualSegment = 256 << 20;

export interface SegmentsOptions {
  readonly dir: string;
  /** Bytes that all files together may have, about; null: no bound. */
  readonly maxBytes: number | null;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
  /** The files were rotated; `dropped` are gone. */
  readonly rotated: (dropped: readonly SegmentSummary[]) => void;
}

/**
 * The growing files of a recording: answers, journal, and an index of where in these a member begins. Pairs of files
 * are rotated together, so that what is kept covers the same time in both.
 */
export class Segments {
  readonly #options: SegmentsOptions;
  readonly #sizes = new Map<SegmentSummary, number>();
  readonly #closing = new Set<Promise<void>>();
  #logs: Record<Stream, MemberLog>;
  #index: number | null = null;
  #current: SegmentSummary;
  #number = 1;

  /** Throws where a file cannot be made. */
  constructor(options: SegmentsOptions) {
    this.#options = options;
    this.#current = this.#summary();
    this.#logs = this.#open();
  }

  /** All pairs that are kept, oldest first; the last one still grows. */
  get summaries(): readonly SegmentSummary[] {
    return [...this.#sizes.keys(), this.#current];
  }

  /** Bytes of all files that are kept. */
  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, bytes) => sum + bytes, this.#currentBytes);
  }

  /** Adds a line, and counts what stands in it. */
  write(stream: Stream, line: string, counts: Partial<Pick<SegmentSummary, 'polls' | 'lines'>>): void {
    this.#logs[stream].write(line);
    const now = this.#options.nowMs() / 1000;
    this.#current.until = Math.max(this.#current.until, now);
    this.#current.polls += counts.polls ?? 0;
    this.#current.lines += counts.lines ?? 0;
    if (this.#currentBytes >= this.#segmentBytes) this.#rotate();
  }

  /** Ticks were seen in the answers since. */
  countTicks(ticks: number): void {
    this.#current.ticks += ticks;
  }

  /** Ends all files. Rejects where something could not be written. */
  async close(): Promise<void> {
    await Promise.all([...this.#closing, ...streams.map((stream) => this.#logs[stream].close())]);
    this.#closeIndex();
  }

  get #currentBytes(): number {
    return this.#logs.polls.bytes + this.#logs.journal.bytes;
  }

  get #segmentBytes(): number {
    const {maxBytes} = this.#options;
    return maxBytes === null ? usualSegment : Math.max(smallestSegment, maxBytes / parts);
  }

  #summary(): SegmentSummary {
    const now = this.#options.nowMs() / 1000;
    return {number: 0, from: now, until: now, polls: 0, ticks: 0, lines: 0};
  }

  #open(): Record<Stream, MemberLog> {
    const {dir, failed} = this.#options;
    this.#index = openSync(join(dir, currentFile('index')), 'wx', 0o600);
    const log = (stream: Stream): MemberLog =>
      new MemberLog(join(dir, currentFile(stream)), {failed, began: (offset) => this.#note(stream, offset)});
    return {polls: log('polls'), journal: log('journal')};
  }

  #note(stream: Stream, offset: number): void {
    if (this.#index === null) return;
    const at = this.#options.nowMs() / 1000;
    try {
      writeSync(this.#index, `${JSON.stringify({stream, offset, at})}\n`);
    } catch (error) {
      this.#options.failed(error);
    }
  }

  #closeIndex(): void {
    if (this.#index !== null) closeSync(this.#index);
    this.#index = null;
  }

  /** The current files get their number, new ones begin, and the oldest go where there are too many bytes. */
  #rotate(): void {
    const {dir, failed, rotated, maxBytes} = this.#options;
    try {
      const number = this.#number++;
      const ended = streams.map((stream) => this.#logs[stream].close());
      this.#closeIndex();
      for (const stream of [...streams, 'index'] as const) {
        const to = join(dir, rotatedFile(stream, number));
        if (isThere(to)) throw new Error(`there is a ${to} already`);
        renameSync(join(dir, currentFile(stream)), to);
      }
      const full = {...this.#current, number};
      this.#sizes.set(full, this.#currentBytes);
      const closing = Promise.all(ended).then(() => this.#measure(full), failed);
      this.#closing.add(closing);
      void closing.finally(() => this.#closing.delete(closing));
      this.#current = this.#summary();
      this.#logs = this.#open();
      rotated(maxBytes === null ? [] : this.#drop(maxBytes));
    } catch (error) {
      failed(error);
    }
  }

  /** What came out at the end of its last member counts, too. */
  #measure(summary: SegmentSummary): void {
    if (!this.#sizes.has(summary)) return;
    const {dir} = this.#options;
    const files = streams.map((stream) => join(dir, rotatedFile(stream, summary.number)));
    this.#sizes.set(
      summary,
      files.reduce((sum, file) => sum + statSync(file).size, 0),
    );
  }

  #drop(maxBytes: number): SegmentSummary[] {
    const dropped: SegmentSummary[] = [];
    for (const summary of this.#sizes.keys()) {
      if (this.bytes + this.#segmentBytes <= maxBytes) break;
      for (const stream of [...streams, 'index'] as const) {
        unlinkSync(join(this.#options.dir, rotatedFile(stream, summary.number)));
      }
      this.#sizes.delete(summary);
      dropped.push(summary);
    }
    return dropped;
  }
}
