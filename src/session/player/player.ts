import type {Event} from '../../model/event.ts';
import type {PlayerState} from '../../model/player/header.ts';
import {fits} from '../../model/journal/line-filter.ts';
import {markBeside, type Mark} from '../../model/player/marks.ts';
import {momentIn, type Stretch} from '../../model/player/moment.ts';
import {nextSpeed} from '../../model/player/speed.ts';
import {emptyStatus, foldStatus, type Status} from '../../model/screen/status.ts';
import {targetKey, type Target} from '../../model/target.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import type {PaneModels} from '../pane-models.ts';
import type {Store} from '../store.ts';
import {foldInto, goBackTo, Keyframes} from './keyframes.ts';
import {MatchIndex} from './match-index.ts';
import type {Tape} from './tape.ts';

/** What can be gone to, beside a time. */
export type Goal = 'tick' | 'match' | 'restart' | 'gap' | 'line';

export interface PlayerOptions {
  /** The recording's folder, as it was named. */
  readonly dir: string;
  readonly tape: Tape;
  /** Models like those of the screen, for the keyframes. */
  readonly makeModels: () => PaneModels;
  /** Milliseconds on a clock that never jumps. */
  readonly elapsedMs: () => number;
  /** What lies between two keyframes at first; absent: as much as is good for an hour of a full node. */
  readonly keyframeEvery?: number;
  /** Where the recording ends by what it says of itself, unix ms; null where it does not. */
  readonly endMs: number | null;
}

/** What came of the reading of a recording. */
export interface ReadState {
  readonly isDone: boolean;
  /** Why there is no more of it, where that needs to be said. */
  readonly note: string | null;
}

/** Behind a key the screen waits so long at most; what takes longer goes on behind the next frame. */
const seekMs = 120;
const sliceMs = 12;
/** A process that was stopped (`ctrl-z`) or a machine that slept has not played meanwhile. */
const longestStepMs = 1000;

/**
 * Plays a recording: takes the place of the node, and is the clock of the screen. A state is always what folding all events
 * up to there gives, however it was come to.
 */
export class Player {
  readonly #options: PlayerOptions;
  readonly #tape: Tape;
  readonly #models: PaneModels;
  readonly #store: Store;
  #keyframes: Keyframes;
  /** The events below this are folded into the models. */
  #index = 0;
  /** Where the models are going: more than `#index` while that takes its time. */
  #goal = 0;
  #status: Status = emptyStatus;
  #atMs: number;
  #speed = 1;
  #isPlaying = true;
  #stepped: number;
  #read: ReadState = {isDone: false, note: null};
  #watchedTicks: {key: string; looked: number; marks: Mark[]} = {key: '', looked: 0, marks: []};
  #matches: {readonly key: readonly unknown[]; readonly index: MatchIndex} | null = null;

  /** `models` and `store` are those of the screen, to which nothing was told yet. */
  constructor(options: PlayerOptions, models: PaneModels, store: Store) {
    this.#options = options;
    this.#tape = options.tape;
    this.#models = models;
    this.#store = store;
    this.#keyframes = new Keyframes(options.makeModels(), options.keyframeEvery);
    this.#atMs = options.tape.stretch.fromMs;
    this.#stepped = options.elapsedMs();
  }

  /** The present of the recording. */
  get now(): LocalMs {
    return localMs(this.#atMs);
  }

  /** So many events have come. */
  get index(): number {
    return this.#index;
  }

  /** Whether time passes. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** How many seconds of the recording pass in one. */
  get speed(): number {
    return this.#speed;
  }

  /** Whether there is work left that was not done at once: it is to be gone on with by `work`. */
  get isBusy(): boolean {
    return this.#goal !== this.#index || this.#keyframes.index < this.#tape.events.length || this.#isStale;
  }

  /** The choice of pods is another one: states before it was made are to be folded anew. */
  get #isStale(): boolean {
    return this.#keyframes.selection !== this.#models.cpu.selection;
  }

  /** The recording has been read so far, or wholly. */
  reading(read: ReadState): void {
    this.#read = read;
  }

  /** The whole of it, as far as that is known. */
  get whole(): Stretch {
    const {fromMs, untilMs} = this.#tape.stretch;
    return {fromMs, untilMs: this.#read.isDone ? untilMs : Math.max(untilMs, this.#options.endMs ?? untilMs)};
  }

  /** What the header tells. */
  get state(): PlayerState {
    const {fromMs, untilMs} = this.whole;
    const readMs = this.#tape.stretch.untilMs - fromMs;
    const atEnd = this.#index >= this.#tape.events.length && this.#atMs >= this.#tape.stretch.untilMs;
    const share =
      this.#options.endMs === null || untilMs <= fromMs ? null : Math.min(0.99, readMs / (untilMs - fromMs));
    return {
      dir: this.#options.dir,
      atMs: this.#atMs,
      speed: this.#speed,
      isPlaying: this.#isPlaying,
      end: this.#goal !== this.#index ? 'going' : !atEnd ? 'none' : this.#read.isDone ? 'ended' : 'reading',
      read: this.#read.isDone ? 1 : share,
      endNote: this.#read.note,
    };
  }

  /** What the time bar shows; matches as far as they were looked for. */
  get marks(): {
    readonly ticks: readonly Mark[];
    readonly matches: readonly Mark[];
    readonly restarts: readonly Mark[];
    readonly gaps: Tape['gaps'];
    readonly readMs: number;
  } {
    const {restarts, gaps, stretch} = this.#tape;
    return {ticks: this.#ticks(), matches: this.#found(sliceMs).marks, restarts, gaps, readMs: stretch.untilMs};
  }

  /** Plays or pauses; at the end it begins anew. */
  toggle(): void {
    this.#stepped = this.#options.elapsedMs();
    if (this.state.end === 'ended') {
      this.#goTo(0, this.#tape.stretch.fromMs);
      this.#isPlaying = true;
    } else this.#isPlaying = !this.#isPlaying;
  }

  /** Faster or slower; says which. */
  changeSpeed(step: 1 | -1): string {
    this.#speed = nextSpeed(this.#speed, step);
    return `×${this.#speed}`;
  }

  /** Goes to the moment that was typed; a sentence back: it is none. */
  seek(text: string): string | null {
    const moment = momentIn(text, this.whole, this.#atMs);
    if (typeof moment === 'string') return moment;
    const {untilMs} = this.#tape.stretch;
    if (moment > untilMs && !this.#read.isDone) return `not read so far yet: ${this.#readText()}`;
    this.goToMoment(moment);
    return null;
  }

  /** Goes to a moment (unix ms), as far as the recording was read. */
  goToMoment(atMs: number): void {
    const {fromMs, untilMs} = this.#tape.stretch;
    const to = Math.min(untilMs, Math.max(fromMs, atMs));
    this.#goTo(this.#tape.countUntil(to), to);
  }

  /** Goes to the next or the previous thing of a kind, and pauses there; says where that is not to be had, else null. */
  go(goal: Goal, direction: 1 | -1): string | null {
    const {note, marks} = this.#marksOf(goal);
    const mark = note === null ? markBeside(marks, this.#goal, direction) : null;
    if (mark === null) return note ?? this.#noneOf(goal, direction);
    this.#isPlaying = false;
    this.#goTo(mark.index + 1, mark.atMs);
    return null;
  }

  #noneOf(goal: Goal, direction: 1 | -1): string {
    const what = goal === 'line' && this.#matchKey() !== null ? 'line that is shown' : goal;
    if (direction === -1) return `no ${what} before this`;
    return this.#read.isDone ? `no ${what} after this` : `no ${what} after this, as far as it was read`;
  }

  #marksOf(goal: Goal): {readonly marks: readonly Mark[]; readonly note: string | null} {
    const {restarts, gaps} = this.#tape;
    switch (goal) {
      case 'tick':
        return {marks: this.#ticks(), note: null};
      case 'restart':
        return {marks: restarts, note: null};
      case 'gap':
        return {marks: gaps, note: null};
      case 'line':
        if (this.#matchKey() !== null) break;
        return {marks: this.#lineMarks(), note: null};
      case 'match':
        if (!this.hasPattern) return {marks: [], note: 'no line is sought'};
    }
    const found = this.#found(seekMs);
    const isAll = found.looked >= this.#tape.lines.length;
    return {marks: found.marks, note: isAll ? null : `still looking for matches: ${found.marks.length} so far`};
  }

  /** The marks of lines beside the position: nobody needs those of all. */
  #lineMarks(): Mark[] {
    const {lines} = this.#tape;
    let [from, to] = [0, lines.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((lines[middle] ?? Infinity) < this.#goal) from = middle + 1;
      else to = middle;
    }
    return lines.slice(Math.max(0, from - 2), from + 1).map((index) => ({index, atMs: this.#tape.timeOf(index)}));
  }

  /** The ticks of what is watched: looked for anew where that is something else, else among those that were read since. */
  #ticks(): readonly Mark[] {
    const {cpu} = this.#models;
    // Before the first answer nobody knows what will be watched: then any tick is one.
    const {selected} = cpu;
    const isOpen = selected === null;
    const key = selected === null ? 'all' : selected.targets.map(targetKey).join('\n');
    if (this.#watchedTicks.key !== key) this.#watchedTicks = {key, looked: 0, marks: []};
    const found = this.#watchedTicks;
    const watched = new Map<Target, boolean>();
    const isWatched = (target: Target): boolean => {
      let known = watched.get(target);
      if (known === undefined) watched.set(target, (known = isOpen || cpu.watches(target)));
      return known;
    };
    for (const mark of this.#tape.ticks.slice(found.looked)) if (mark.targets.some(isWatched)) found.marks.push(mark);
    found.looked = this.#tape.ticks.length;
    return found.marks;
  }

  /** Whether lines are sought, or filtered: only then are there matches. */
  get hasPattern(): boolean {
    return this.#matchKey() !== null;
  }

  /** By what a line is a match: a search, else the filter; null where all lines are. */
  #matchKey(): readonly unknown[] | null {
    const {search, filter} = this.#models.journal;
    const {grep, severity, exclude} = filter.criteria;
    if (search !== null) return [search];
    return grep === null && severity === null && exclude.length === 0 ? null : [grep, severity, ...exclude];
  }

  #found(withinMs: number): MatchIndex {
    const key = this.#matchKey();
    const {search, filter} = this.#models.journal;
    if (key === null) return new MatchIndex(() => false);
    const known = this.#matches;
    const isSame = known?.key.length === key.length && known.key.every((one, i) => one === key[i]);
    const {criteria} = filter;
    const index = isSame
      ? known.index
      : new MatchIndex((entry) => (search === null ? fits(entry, criteria) : search.test(entry.message)));
    this.#matches = {key, index};
    const {lines, events} = this.#tape;
    index.work(lines, events, (at) => this.#tape.timeOf(at), this.#within(withinMs));
    return index;
  }

  #goTo(index: number, atMs: number): void {
    this.#restartKeyframes();
    this.#atMs = atMs;
    this.#stepped = this.#options.elapsedMs();
    this.#goal = index;
    const frame = this.#keyframes.before(index);
    if (frame !== undefined && (index < this.#index || frame.index > this.#index)) {
      goBackTo(frame, this.#models);
      this.#status = frame.status;
      this.#index = frame.index;
    }
    this.#advance(this.#within(seekMs));
    this.#models.journal.showNewest();
  }

  /** Folds on towards the goal; true once it is reached. */
  #advance(late: () => boolean): boolean {
    const {events} = this.#tape;
    for (let done = 1; this.#index < this.#goal; this.#index += 1, done += 1) {
      const event = events[this.#index];
      if (event === undefined) break;
      this.#status = foldStatus(this.#status, event);
      foldInto(event, this.#models);
      if (done % 16 === 0 && late()) {
        this.#index += 1;
        break;
      }
    }
    this.#store.goBack(this.#status);
    return this.#index >= this.#goal;
  }

  /** Lets time pass, and tells the screen what came meanwhile. True where it has come to the end by that. */
  step(): boolean {
    const elapsed = this.#options.elapsedMs();
    const passedMs = Math.min(longestStepMs, elapsed - this.#stepped);
    this.#stepped = elapsed;
    if (!this.#isPlaying || this.#goal !== this.#index) return false;
    const {events, stretch} = this.#tape;
    this.#atMs = Math.min(stretch.untilMs, this.#atMs + passedMs * this.#speed);
    const until = this.#tape.countUntil(this.#atMs);
    for (; this.#index < until; this.#index += 1) {
      const event = events[this.#index];
      if (event !== undefined) this.#tell(event);
    }
    this.#goal = this.#index;
    if (this.state.end !== 'ended') return false;
    this.#isPlaying = false;
    return true;
  }

  #tell(event: Event): void {
    this.#status = foldStatus(this.#status, event);
    this.#store.dispatch(event);
  }

  /** Goes on with what was not done at once, for a moment; true while there is more to do. */
  work(): boolean {
    const late = this.#within(sliceMs);
    this.#restartKeyframes();
    if (this.#goal !== this.#index) {
      if (this.#advance(late)) this.#models.journal.showNewest();
      return true;
    }
    return !this.#keyframes.work(this.#tape.events, late);
  }

  #restartKeyframes(): void {
    if (!this.#isStale) return;
    const models = this.#options.makeModels();
    models.cpu.choose(this.#models.cpu.selection);
    this.#keyframes = new Keyframes(models, this.#options.keyframeEvery);
  }

  #readText(): string {
    const {read} = this.state;
    return read === null ? 'it is still being read' : `${Math.floor(read * 100)} % of it`;
  }

  #within(ms: number): () => boolean {
    const {elapsedMs} = this.#options;
    const end = elapsedMs() + ms;
    return () => elapsedMs() >= end;
  }
}
