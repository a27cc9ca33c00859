import type {Event, JournalEntry, StreamState} from '../event.ts';
import type {LocalMs} from '../time.ts';
import {Memo} from '../../util/memo.ts';
import type {Span} from '../draw/span.ts';
import {counted} from '../../util/counted.ts';
import {BetweenRows, type BetweenOptions} from './between-rows.ts';
import {formatDetail} from './detail.ts';
import {JournalFilter, type JournalFilterOptions} from './journal-filter.ts';
import type {LineFilter} from './line-filter.ts';
import {JournalBuffer, type JournalBufferOptions} from './journal-buffer.ts';
import {isRule, type JournalLine, type Severity} from './line.ts';
import {matchesLine} from './line-match.ts';
import {momentForms, momentText, parseMoment} from './moment.ts';
import {noKeys, ofKey, type KeyNames} from '../screen/key.ts';
import {compileSought, type LinePattern} from './pattern.ts';
import {windowAround, type Position} from './position.ts';
import {PodNames} from './pod-names.ts';
import type {LineRing} from './ring.ts';
import {RowCache} from './row-cache.ts';
import type {ListLayout, ViewRow} from './view.ts';

export interface JournalModelOptions extends JournalBufferOptions, JournalFilterOptions {
  readonly units: readonly string[];
  /** Milliseconds on a clock that never jumps; bounds the work done in one go. */
  readonly elapsedMs: () => number;
  /** The user's keys, for what the pane tells; absent: there is no keyboard. */
  readonly keys?: KeyNames;
}

/** What the pane's header says. */
export interface JournalSummary {
  readonly grep: string | null;
  readonly exclude: readonly string[];
  readonly severity: Severity | null;
  readonly search: string | null;
  readonly matched: number;
  /** Lines in the ring, and lines that came at all. */
  readonly held: number;
  readonly seen: number;
  /** Matching lines that came since the view was paused; null while it is not. */
  readonly fresh: number | null;
  /** The share of the ring that the filter has been through. */
  readonly progress: number;
  readonly stream: StreamState | null;
  /** When the newest line was written, by the node's clock. */
  readonly newestAt: number | null;
}

/** What a journal's filter shows, for a view of several journals. */
export interface ShownLines {
  readonly length: number;
  /** The place of the first line of this number or a later one. */
  readonly indexFrom: (number: number) => number;
  /** The line at a place; of repeats that are folded the newest, and how many they are. */
  readonly at: (index: number) => {readonly number: number; readonly line: JournalLine; readonly count: number} | null;
  /** The number that the next line will get. */
  readonly high: number;
  readonly grep: LinePattern | null;
  /** Who the pods and containers of this node are. */
  readonly names: PodNames;
}

export interface JournalView {
  readonly rows: readonly ViewRow[];
  readonly detail: boolean;
  /**
   * How the view of one line is left, and how the rest of it is seen where it is longer than the pane; behind its title.
   * Empty where no key does that, or the list is shown.
   */
  readonly leave: string;
}

/** How long the filter may work in one go, while events come and when a picture is drawn. */
const foldingMs = 8;
const drawingMs = 25;
/** How long a search may take. */
const searchingMs = 80;

/** The journal pane's state: folds events into the ring, filters it, and says what to draw. */
export class JournalModel {
  readonly #options: JournalModelOptions;
  readonly #buffer: JournalBuffer;
  readonly #ring: LineRing;
  readonly #names = new PodNames();
  /** Which lines are shown; keys change it. */
  readonly filter: JournalFilter;
  #search: LinePattern | null = null;
  #jumpNote: string | null = null;
  #position: Position = {kind: 'newest'};
  #detailScroll: number | null = null;
  #fields: {readonly cursor: string; readonly fields: ReadonlyMap<string, string>} | null = null;
  #wrap = false;
  #scroll = 0;
  #marks = new Set<number>();
  readonly #rows = new RowCache();
  readonly #detail = new Memo<Span[][]>();
  readonly #between = new BetweenRows();
  #height = 10;
  #onScreen: readonly ViewRow[] = [];

  constructor(options: JournalModelOptions) {
    this.#options = options;
    this.#buffer = new JournalBuffer(options);
    this.#ring = this.#buffer.ring;
    this.filter = new JournalFilter(this.#ring, options, this.#names);
  }

  /** Folds an event; those that do not concern the journal are passed over. */
  apply(event: Event): void {
    const {cleared} = this.#buffer.apply(event);
    if (cleared) {
      this.#marks.clear();
      this.#detailScroll = null;
      this.resume();
    }
    if (this.#names.apply(event)) this.filter.rename();
    if (event.type !== 'journal') return;
    for (const number of this.#marks) if (number < this.#ring.low) this.#marks.delete(number);
    this.filter.work(this.#within(foldingMs));
  }

  get #keys(): KeyNames {
    return this.#options.keys ?? noKeys;
  }

  /** Folds an event, and leaves what it brings to be filtered later: for many events at once. */
  gather(event: Event): void {
    this.#buffer.apply(event);
    if (this.#names.apply(event)) this.filter.rename();
  }

  /** What was folded so far, as often as it is wanted: what is folded later changes nothing of it. */
  keep(): JournalBuffer {
    const kept = new JournalBuffer(this.#options);
    kept.takeOver(this.#buffer);
    return kept;
  }

  /** As if nothing had been folded since. Filters and marks stay; lines have the numbers that they had. */
  goBack(kept: JournalBuffer): void {
    this.#buffer.takeOver(kept);
  }

  /** The lines are others: they are filtered anew, from the newest on, and the newest is shown. */
  showNewest(): void {
    this.filter.lookAnew();
    this.#detailScroll = null;
    this.resume();
  }

  get #filter(): LineFilter {
    return this.filter.filter;
  }

  /** What the header says: filters, counts, position. */
  get summary(): JournalSummary {
    const {grep, exclude, severity} = this.filter.criteria;
    return {
      grep: grep?.source ?? null,
      exclude: exclude.map((pattern) => pattern.source),
      severity,
      search: this.#search?.source ?? null,
      matched: this.#filter.matched,
      held: this.#ring.entries,
      seen: this.#buffer.seen,
      fresh: this.#position.kind === 'paused' ? this.#filter.matchedSince(this.#position.since) : null,
      progress: this.#filter.progress,
      stream: this.#buffer.stream,
      newestAt: this.#buffer.newestAt,
    };
  }

  /** What is searched for; null while nothing is. */
  get search(): LinePattern | null {
    return this.#search;
  }

  /** The rows of a pane of this size (without its header). Never more than `height`. */
  view(size: {readonly width: number; readonly height: number}): JournalView {
    this.#height = Math.max(1, size.height);
    this.filter.endStalePreview();
    this.filter.work(this.#within(drawingMs));
    const detail = this.#viewDetail(size);
    if (detail !== null) {
      const {rows, hasMore} = detail;
      const more = hasMore ? ofKey(this.#keys, 'journal.down', (key) => `, ${key} for more`) : '';
      return {rows, detail: true, leave: `${ofKey(this.#keys, 'back', (key) => `, ${key} closes`)}${more}`};
    }
    this.#onScreen = size.height <= 0 ? [] : this.#viewList(size);
    return {rows: this.#onScreen, detail: false, leave: ''};
  }

  #viewList({width, height}: {readonly width: number; readonly height: number}): readonly ViewRow[] {
    const {length} = this.#filter.shown;
    const between = this.#betweenOptions(width);
    if (length === 0) return this.#ticks(-1, Infinity, between).slice(-height);
    const layout = this.#layoutFor(width);
    const index = this.#index();
    const paused = this.#position.kind === 'paused';
    const state = {ring: this.#ring, filter: this.#filter, marks: this.#marks};
    const rowsAt = (at: number) => this.#rows.rowsAt(state, at, layout, paused && at === index);
    const above = (at: number) => this.#rowsAbove(at, between);
    const below = (at: number) => (at < length - 1 ? [] : this.#ticks(this.#lastNumberAt(at), Infinity, between));
    const wanted =
      this.#position.kind === 'paused' ? this.#position.row : height - rowsAt(index).length - below(index).length;
    const window = windowAround(index, Math.max(0, Math.min(wanted, height - 1)), height, length, {
      above,
      rowsAt,
      below,
    });
    if (this.#position.kind === 'paused') this.#position = {...this.#position, row: window.row};
    return window.rows;
  }

  /** What stands above a shown line: a mark between groups of context, and the ticks since the line before. */
  #rowsAbove(index: number, options: BetweenOptions): readonly ViewRow[] {
    const number = this.#filter.shown.at(index) ?? -1;
    const ticks = this.#ticks(index === 0 ? -1 : this.#lastNumberAt(index - 1), this.#lastNumberAt(index), options);
    const begins = index > 0 && this.#filter.beginsGroup(number);
    return begins ? [this.#between.separator(number), ...ticks] : ticks;
  }

  #ticks(after: number, upTo: number, options: BetweenOptions): readonly ViewRow[] {
    return this.filter.ticks ? this.#between.ticks(after, upTo, options) : [];
  }

  /** The number of the newest line that a shown one stands for. */
  #lastNumberAt(index: number): number {
    const number = this.#filter.shown.at(index) ?? -1;
    return this.#filter.foldAt(number)?.last ?? number;
  }

  #betweenOptions(width: number): BetweenOptions {
    const {fold} = this.filter.criteria;
    const most = fold ? Math.max(3, Math.floor(this.#height / 3)) : Math.max(3, this.#height - 1);
    return {ticks: this.#buffer.ticks, fold, width, most};
  }

  /** Up to where and until when the user has seen the lines; null while they are looked at. */
  #seen: {readonly upTo: number; readonly until: LocalMs} | null = null;

  /** The user looks at the lines: none of them is new. */
  lookAt(): void {
    this.#seen = null;
  }

  /** The user looks elsewhere from `now` on: what is written from then on is counted by `unseen`. */
  lookAway(now: LocalMs): void {
    this.#seen ??= {upTo: this.#ring.high, until: now};
  }

  /** How many matching lines were written since they were looked at last; what is older and only read late is not new. */
  get unseen(): number {
    if (this.#seen === null) return 0;
    const {upTo, until} = this.#seen;
    const first = this.#ring.firstSince(this.#buffer.nodeTime(until));
    return this.#filter.matchedSince(Math.max(upTo, first));
  }

  /** The list as another view takes it: what is shown, by its place from the oldest. Looks through what came, first. */
  get shownLines(): ShownLines {
    this.#filter.work(this.#within(foldingMs));
    const {shown} = this.#filter;
    return {
      length: shown.length,
      indexFrom: (number) => shown.indexFrom(number),
      at: (index) => {
        const number = shown.at(index);
        const line = this.#lineAt(index);
        return number === undefined || line === undefined
          ? null
          : {number, line, count: this.#filter.foldAt(number)?.count ?? 1};
      },
      high: this.#ring.high,
      grep: this.filter.criteria.grep,
      names: this.#names,
    };
  }

  // What the keys do.

  /** Whether the view stands still while lines come in. */
  get paused(): boolean {
    return this.#position.kind === 'paused';
  }

  /** Keeps the view where it is; lines are read on. */
  pause(): void {
    const line = this.#filter.shown.last;
    if (this.#position.kind === 'paused' || line === undefined) return;
    this.#position = {kind: 'paused', line, row: this.#height - 1, since: this.#ring.high};
  }

  /** Follows the newest line again. */
  resume(): void {
    this.#position = {kind: 'newest'};
  }

  /** Moves the current line; up from the newest pauses the view. Down from the last line goes back to the newest. */
  move(lines: number): void {
    if (this.#detailScroll !== null) {
      this.#detailScroll = Math.max(0, this.#detailScroll + lines);
      return;
    }
    if (this.#position.kind === 'newest' && lines >= 0) return;
    this.pause();
    const last = this.#filter.shown.length - 1;
    const from = this.#index();
    if (lines > 0 && from >= last) return this.resume();
    this.#goTo(Math.max(0, Math.min(last, from + lines)), lines);
  }

  /** Moves by a page of the height that was drawn last, or by half of one. */
  page(direction: 1 | -1, share: 1 | 0.5 = 1): void {
    const lines = direction * Math.max(1, Math.floor((this.#height - 1) * share));
    if (this.#detailScroll !== null || (this.#position.kind === 'newest' && direction > 0)) return this.move(lines);
    this.pause();
    const last = this.#filter.shown.length - 1;
    const from = this.#index();
    if (direction > 0 && from >= last) return this.resume();
    this.#goTo(Math.max(0, Math.min(last, from + lines)), 0);
  }

  /** Goes to the oldest line that is kept and shown. */
  home(): void {
    if (this.#detailScroll !== null) this.#detailScroll = 0;
    else this.move(-this.#filter.shown.length);
  }

  /** Goes to the newest line and follows it. */
  end(): void {
    this.#detailScroll = null;
    this.resume();
  }

  /** Scrolls long lines by so many cells; to the left with a negative number. */
  sideways(cells: number): void {
    this.#scroll = Math.max(0, this.#scroll + cells);
  }

  /** Wraps long lines or no longer; gives what holds now. */
  toggleWrap(): boolean {
    this.#wrap = !this.#wrap;
    this.#scroll = 0;
    return this.#wrap;
  }

  /** What the pattern typed so far would show, counted in the time that a picture has. */
  previewGrep(text: string): {readonly note: string; readonly bad: boolean} {
    return this.filter.preview(text, this.#within(drawingMs));
  }

  /** Searches upwards from the current line without filtering; empty text ends the search. A sentence back: refused. */
  setSearch(text: string): string | null {
    const result = text === '' ? null : compileSought(text);
    if (result?.ok === false) return result.problem;
    this.#search = result?.pattern ?? null;
    if (this.#search === null) return null;
    const {found, note} = this.#searchFrom(this.#search, -1);
    return found ? null : note;
  }

  /**
   * Goes to the next match of the search (1: newer, -1: older) and says which it is, counted from the oldest shown line
   * (`match 3/8`), and whether it went round the end of the lines to get there; or why it did not.
   */
  searchNext(direction: 1 | -1): string {
    if (this.#search !== null) return this.#searchFrom(this.#search, direction).note;
    return `nothing to search for${ofKey(this.#keys, 'journal.search', (key) => `: ${key} asks for it`)}`;
  }

  /** Which match of the search the current line is: `match 3/8`; null while none is sought, or it matches nothing. */
  get searchNote(): string | null {
    const line = this.#lineAt(this.#index());
    const isMatch = this.#search !== null && line !== undefined && this.#matches(this.#search, line);
    return isMatch && this.#search !== null ? this.#countMatches(this.#search, this.#within(searchingMs)) : null;
  }

  #matches(pattern: LinePattern, line: JournalLine): boolean {
    return !isRule(line) && matchesLine(pattern, line.message, this.#names);
  }

  #searchFrom(pattern: LinePattern, direction: 1 | -1): {readonly found: boolean; readonly note: string} {
    const length = this.#filter.shown.length;
    const late = this.#within(searchingMs);
    const start = this.#index() + (this.#position.kind === 'newest' ? 1 : 0);
    for (let steps = 1; steps <= length; steps += 1) {
      const to = start + direction * steps;
      const index = (to + 2 * length) % length;
      const line = this.#lineAt(index);
      if (line !== undefined && this.#matches(pattern, line)) {
        this.pause();
        this.#goTo(index, index - this.#index());
        const wrapped = to === index ? '' : `, wrapped to the ${direction === -1 ? 'newest' : 'oldest'} lines`;
        return {found: true, note: `${this.#countMatches(pattern, late)}${wrapped}`};
      }
      if (steps % 64 === 0 && late()) {
        const note = `not found in the ${counted(steps, 'line')} nearest; the search was stopped`;
        return {found: false, note};
      }
    }
    return {found: false, note: `no line matches ${pattern.source}`};
  }

  /** Which of the matches among the shown lines the current one is; without the figures where counting takes too long. */
  #countMatches(pattern: LinePattern, late: () => boolean): string {
    const {length} = this.#filter.shown;
    const here = this.#index();
    let [rank, count] = [0, 0];
    for (let index = 0; index < length; index += 1) {
      const line = this.#lineAt(index);
      if (line !== undefined && this.#matches(pattern, line)) {
        count += 1;
        if (index <= here) rank = count;
      }
      if (index % 64 === 63 && late()) return 'match, too many lines to count all';
    }
    return `match ${rank}/${count}`;
  }

  /** Goes to the first line at or after a time, as `parseMoment` reads it. */
  jump(text: string, now: LocalMs): string | null {
    const moment = parseMoment(text, this.#buffer.nodeTime(now));
    if (moment === null) return `a time is written ${momentForms}`;
    const {shown} = this.#filter;
    if (shown.length === 0) return 'there are no lines';
    const number = this.#ring.firstSince(moment);
    if (number === this.#ring.high) return 'there is no line as new as that';
    const oldest = this.#ring.get(number)?.at ?? moment;
    // A second is not worth a word: what was asked for has no finer one.
    this.#jumpNote =
      number === this.#ring.low && oldest - moment > 1000 ? `nothing older than ${momentText(oldest)} is here` : null;
    this.pause();
    this.#goTo(Math.min(shown.length - 1, shown.indexFrom(number)), 0);
    return null;
  }

  /** What is to be said of the newest jump: that it ended at the oldest line; null where it came to the time. */
  get jumpNote(): string | null {
    return this.#jumpNote;
  }

  /** Marks the current line, or unmarks it; pauses the view. */
  toggleMark(): void {
    this.pause();
    const number = this.#filter.shown.at(this.#index());
    if (number === undefined) return;
    if (!this.#marks.delete(number)) this.#marks.add(number);
  }

  /** Goes to the next older mark, from the oldest round to the newest. */
  nextMark(): string | null {
    const indexes = [...this.#marks].map((number) => this.#filter.indexOf(number)).filter((index) => index !== null);
    indexes.sort((a, b) => b - a);
    const here = this.#position.kind === 'newest' ? Infinity : this.#index();
    const next = indexes.find((index) => index < here) ?? indexes[0];
    if (next === undefined && this.#marks.size > 0)
      return `${counted(this.#marks.size, 'mark')}, on lines that are hidden`;
    if (next === undefined)
      return `no line is marked${ofKey(this.#keys, 'journal.mark', (key) => `: ${key} marks one`)}`;
    this.pause();
    this.#goTo(next, 0);
    return next >= here && indexes.length > 1 ? 'wrapped to the newest mark' : null;
  }

  /** The entry that keys act on, whole and as the node wrote it; null on a rule. */
  get currentEntry(): JournalEntry | null {
    const line = this.#lineAt(this.#index());
    return line === undefined || isRule(line) ? null : line;
  }

  /** Opens or closes the view of one line with all its fields; null where there is none or it was closed. */
  toggleDetail(): JournalEntry | null {
    if (this.#detailScroll !== null) {
      this.#detailScroll = null;
      return null;
    }
    const entry = this.currentEntry;
    if (entry === null) return null;
    this.pause();
    this.#detailScroll = 0;
    return entry;
  }

  /** Whether one line with all its fields is shown. */
  get detailOpen(): boolean {
    return this.#detailScroll !== null;
  }

  /** The journal's own fields of an entry, for the detail view; they come later. */
  setFields(cursor: string, fields: ReadonlyMap<string, string>): void {
    this.#fields = {cursor, fields};
  }

  /** All matching lines with their context, oldest first, whole and unfolded; rules as comments. For a file. */
  *matchingLines(): Generator<JournalLine> {
    this.filter.work(() => false);
    const {shown} = this.#filter;
    const ticks = this.filter.ticks ? this.#buffer.ticks : null;
    let written = -1;
    for (let index = 0; index < shown.length; index += 1) {
      for (const [number, line] of this.#linesAt(shown.at(index) ?? -1)) {
        yield* (ticks?.between(written, number) ?? []).map(({rule}) => rule);
        yield line;
        written = number;
      }
    }
    yield* (ticks?.between(written, Infinity) ?? []).map(({rule}) => rule);
  }

  /** The same of what is on the screen now: what of the list is in the pane, or the one line that is open. */
  *linesOnScreen(): Generator<JournalLine> {
    if (this.#detailScroll !== null) {
      if (this.currentEntry !== null) yield this.currentEntry;
      return;
    }
    let written = -1;
    for (const row of this.#onScreen) {
      if (row.line === null) yield* this.#between.rulesOf(row);
      else if (row.line !== written) for (const [, line] of this.#linesAt(row.line)) yield line;
      written = row.line ?? written;
    }
  }

  /** The lines that one shown line stands for, with their numbers. */
  *#linesAt(first: number): Generator<readonly [number, JournalLine]> {
    const last = this.#filter.foldAt(first)?.last ?? first;
    for (let number = first; number <= last; number += 1) {
      const line = this.#ring.get(number);
      if (line !== undefined && (number === first || this.#filter.isMatch(number))) yield [number, line];
    }
  }

  #within(ms: number): () => boolean {
    const {elapsedMs} = this.#options;
    const end = elapsedMs() + ms;
    return () => elapsedMs() >= end;
  }

  /** The index of the current line in what is shown; where it is not shown, of the one before it. */
  #index(): number {
    return this.#position.kind === 'newest' ? this.#filter.shown.length - 1 : this.#indexOf(this.#position.line);
  }

  #indexOf(number: number): number {
    const {shown} = this.#filter;
    const index = shown.indexFrom(number);
    return shown.at(index) === number ? index : Math.max(0, index - 1);
  }

  #lineAt(index: number): JournalLine | undefined {
    const number = this.#filter.shown.at(index);
    return number === undefined ? undefined : this.#ring.get(this.#filter.foldAt(number)?.last ?? number);
  }

  /** Makes a line the current one, `rows` further down the pane. */
  #goTo(index: number, rows: number): void {
    const line = this.#filter.shown.at(index);
    if (line === undefined || this.#position.kind !== 'paused') return;
    const row = Math.max(0, Math.min(this.#height - 1, this.#position.row + rows));
    this.#position = {...this.#position, line, row};
  }

  #viewDetail(size: {
    readonly width: number;
    readonly height: number;
  }): {readonly rows: readonly ViewRow[]; readonly hasMore: boolean} | null {
    if (this.#detailScroll === null) return null;
    const entry = this.currentEntry;
    if (entry === null) return null;
    const fields = this.#fields?.cursor === entry.cursor ? this.#fields.fields : new Map<string, string>();
    const key = `${entry.cursor} ${size.width} ${fields.size} ${this.#names.version}`;
    const rows = this.#detail.get(key, () => formatDetail(entry, fields, size.width, this.#names));
    this.#detailScroll = Math.max(0, Math.min(this.#detailScroll, rows.length - size.height));
    const from = this.#detailScroll;
    const shown = rows
      .slice(from, from + size.height)
      .map((spans, row) => ({key: `d${from + row}`, spans, line: null, current: false}));
    return {rows: shown, hasMore: from + size.height < rows.length};
  }

  #layoutFor(width: number): ListLayout {
    return {
      narrow: width < 90,
      units: this.#options.units.length > 1,
      grep: this.filter.criteria.grep,
      search: this.#search,
      names: this.#names,
      namesVersion: this.#names.version,
      width,
      wrap: this.#wrap,
      scroll: this.#scroll,
    };
  }
}
