import type {Event, Poll} from '../event.ts';
import {isUnanswered, safeFailure, type Failure} from '../failure.ts';
import type {PickerItem} from '../selection/picker.ts';
import type {Selected} from '../selection/select.ts';
import type {Selection} from '../selection/pod-query.ts';
import type {Target} from '../target.ts';
import {clip, safeLine, safeName} from '../draw/safe-text.ts';
import {sameClock, toNodeTime, type ClockOffset, type LocalMs, type NodeMs} from '../time.ts';
import type {Row} from '../draw/canvas.ts';
import {drawChart, type Drawing} from './chart.ts';
import {noKeys, ofKey, type KeyNames} from '../screen/key.ts';
import {formatSpan} from '../draw/units.ts';
import {nextWindow, usualWindowMs, windowsMs} from '../draw/time-grid.ts';
import {limitOf, type Line} from './line.ts';
import {Memo} from '../../util/memo.ts';
import {nextTop} from '../draw/scale.ts';
import type {Quantity} from '../draw/buckets.ts';
import {viewOf, type CpuView} from './view.ts';
import {counted} from '../../util/counted.ts';
import type {TruthTarget} from '../truth/cgroup-paths.ts';
import {TruthPane} from '../truth/truth-pane.ts';
import type {FiguresOf} from './series-store.ts';
import {type KeptWatched, Watched} from './watched.ts';

export interface CpuSize {
  readonly width: number;
  /** Rows below the header. */
  readonly height: number;
}

/** How the screen is: what the pane cannot know by itself. */
export interface Surroundings {
  readonly now: LocalMs;
  readonly unicode: boolean;
  /** What local time runs ahead of UTC. */
  readonly utcOffsetMs: number;
}

const mostRestarts = 64;
/** So many counters are read, whatever is watched. */
const mostTruths = 10;
/** A limit so little above the highest value is within the scale. */
const nearLimit = 1.3;
/** How finely a chart follows time. */
const beatsPerColumn = 16;
const slowestBeatMs = 1_000;
/** How long a fault of an answer is shown: not each poll asks for everything. */
const problemMs = 25_000;
/** A kubelet that was just started names its pods one after the other. */
const startingMs = 15_000;

/** What the pane is told by others. */
interface CpuPaneSetting {
  readonly figuresOf?: FiguresOf;
  readonly keys?: KeyNames;
  readonly aimed?: () => Target | null;
}

/** What was folded up to a moment, to go back to. */
export interface KeptCpu {
  readonly watched: KeptWatched;
  readonly baseMs: number | null;
  readonly restartsMs: readonly number[];
  readonly failure: Failure | null;
  readonly pollProblem: {readonly text: string; readonly at: LocalMs} | null;
  readonly clock: ClockOffset;
  readonly polledAt: LocalMs | null;
  readonly firstPollAt: LocalMs | null;
}

/** The CPU pane's part of the state: series, what is selected, and how it is looked at. */
export class CpuPaneModel {
  readonly #watched: Watched;
  /** What was really used, beside what the kubelet said. */
  readonly truth = new TruthPane();
  readonly #nodeTime: (now: LocalMs) => NodeMs;
  readonly #keys: KeyNames;
  readonly #aimed: () => Target | null;
  #shown: CpuView | null = null;
  /** `--housekeeping-interval` as it was read from the node. */
  #baseMs: number | null = null;
  #restartsMs: readonly number[] = [];
  /** Why there are no stats now. */
  #failure: Failure | null = null;
  /** What the newest answers lacked. */
  #pollProblem: {readonly text: string; readonly at: LocalMs} | null = null;
  #clock: ClockOffset = sameClock;
  #polledAt: LocalMs | null = null;
  #quantity: Quantity = 'cpu';
  #braille = false;
  #isFixed = false;
  /** Null: as long as what there is to show, up to the usual. */
  #windowMs: number | null = null;
  #firstPollAt: LocalMs | null = null;
  #scroll = 0;
  #tops: Record<Quantity, number | null> = {cpu: null, memory: null};
  readonly #lineMemo = new Memo<Line[]>();
  readonly #chartMemo = new Memo<Row[]>();

  /**
   * `nodeTime` is the clock by which all panes tell ages; without it this one goes by the `clock` events. `figuresOf` says
   * what the figures of a sample are worth, of the poll that is folded in here next; without it all are cAdvisor's.
   * `keys` are the user's, for what the pane tells; `aimed` tells which target the user has picked out.
   */
  constructor(
    selection: Selection,
    nodeTime?: (now: LocalMs) => NodeMs,
    {figuresOf, keys = noKeys, aimed = () => null}: CpuPaneSetting = {},
  ) {
    this.#watched = new Watched(selection, figuresOf);
    this.#keys = keys;
    this.#aimed = aimed;
    this.#nodeTime = nodeTime ?? ((now) => toNodeTime(now, this.#clock));
  }

  /** Folds an event; those that do not concern the pane are passed over. */
  apply(event: Event): void {
    this.truth.apply(event, (key) => this.#watched.shown(key));
    switch (event.type) {
      case 'poll':
        this.#failure = null;
        this.#observe(event.poll);
        break;
      case 'pods':
        this.#watched.learn(event.answer);
        break;
      case 'kubelet-started':
        this.#restartsMs = [...this.#restartsMs.slice(1 - mostRestarts), event.at];
        this.#chartMemo.forget();
        break;
      case 'stats-stream':
        this.#failure = 'failure' in event.state ? event.state.failure : null;
        break;
      case 'node-failed':
        this.#failure = event.failure;
        break;
      case 'facts':
        this.#baseMs = event.facts.housekeepingIntervalMs;
        break;
      case 'clock':
        this.#clock = event.offset;
        break;
      default:
        break;
    }
  }

  /** What was folded so far, as often as it is wanted: what is folded later changes nothing of it. */
  keep(): KeptCpu {
    return {
      watched: this.#watched.keep(),
      baseMs: this.#baseMs,
      restartsMs: this.#restartsMs,
      failure: this.#failure,
      pollProblem: this.#pollProblem,
      clock: this.#clock,
      polledAt: this.#polledAt,
      firstPollAt: this.#firstPollAt,
    };
  }

  /** As if nothing had been folded since. What the user chose stays; the truth's curves are not gone back with. */
  goBack(kept: KeptCpu): void {
    this.#watched.goBack(kept.watched);
    this.#baseMs = kept.baseMs;
    this.#restartsMs = kept.restartsMs;
    this.#failure = kept.failure;
    this.#pollProblem = kept.pollProblem;
    this.#clock = kept.clock;
    this.#polledAt = kept.polledAt;
    this.#firstPollAt = kept.firstPollAt;
    this.#tops = {cpu: null, memory: null};
    this.#lineMemo.forget();
    this.#chartMemo.forget();
  }

  /** Which pods the user wants to watch: another object with each choice. */
  get selection(): Selection {
    return this.#watched.selection;
  }

  /** What is selected now; null before the first answer. */
  get selected(): Selected | null {
    return this.#watched.selected;
  }

  /** Is it, or its pod, among what is selected? The rest of the node need not be asked for so often. */
  watches(target: Target): boolean {
    return this.#watched.has(target);
  }

  /** Watches something else from now on. */
  choose(selection: Selection): void {
    this.#watched.choose(selection);
    this.#scroll = 0;
    this.#tops = {cpu: null, memory: null};
  }

  /** Whose counters are to be read now; none while that is off. */
  truthTargets(): TruthTarget[] {
    return this.truth.isOn ? this.#watched.truthTargets().slice(0, mostTruths) : [];
  }

  /** Draws memory instead of CPU, and back. */
  toggleMemory(): void {
    this.#quantity = this.#quantity === 'cpu' ? 'memory' : 'cpu';
  }

  /** Draws braille dots instead of lines, and back. */
  toggleBraille(): void {
    this.#braille = !this.#braille;
  }

  /** Fixes the scale to the limit, or lets it follow the values again; says what it did. */
  toggleFixed(): string {
    this.#isFixed = !this.#isFixed;
    if (!this.#isFixed) return 'the scale follows the values';
    const {factsProblem} = this.#watched;
    if (factsProblem !== null) return `no limits are known: ${factsProblem}`;
    return 'the scale ends at the highest limit; without a limit it follows the values';
  }

  /** A longer or shorter window; says which. */
  changeWindow(step: 1 | -1): string {
    const windowMs = nextWindow(this.#window(), step);
    this.#windowMs = windowMs;
    this.#tops = {cpu: null, memory: null};
    return `window ${formatSpan(windowMs)}`;
  }

  /** Moves the rows of many pods; the drawing keeps it within what there is. */
  scroll(rows: number): void {
    this.#scroll += rows;
  }

  /** All pods of the node and its system containers. */
  pickable(): PickerItem[] {
    return this.#watched.pickable();
  }

  /** The names of what is watched now, as they can be picked. */
  watchedNames(): string[] {
    return this.#watched.names();
  }

  /** What to draw at this size and moment. */
  view(size: CpuSize, {now, unicode, utcOffsetMs}: Surroundings): CpuView {
    const nowMs: number = this.#nodeTime(now);
    // Lines and chart are made anew with each sample, but in long windows, where that is much work and one sample cannot
    // be seen, only after a part of a column. The legend is always that of now.
    const windowMs = this.#window();
    const beatMs = windowMs / Math.max(size.width, 1) / beatsPerColumn;
    const samples = beatMs < slowestBeatMs ? this.#watched.sampleVersion : 0;
    const beat = Math.floor(nowMs / beatMs);
    const state = [this.#watched.version, samples, this.#quantity, windowMs, beat, this.truth.version].join();
    const lines = this.#lineMemo.get(state, () => this.#lines(nowMs - windowMs));
    this.#scroll = Math.min(Math.max(0, this.#scroll), Math.max(0, lines.length - Math.max(1, size.height - 1)));
    const top = this.#top(lines);
    const drawing: Drawing = !unicode ? 'ascii' : this.#braille ? 'braille' : 'line';
    const aimed = this.#aimed();
    this.#shown = viewOf({
      ...size,
      aimed,
      lines,
      drawing,
      nowMs,
      utcOffsetMs,
      notes: this.#notes(lines, now),
      quantity: this.#quantity,
      scroll: this.#scroll,
      scrollKeys: this.#scrollKeys,
      windowMs,
      restartsMs: this.#restartsMs,
      top: top.value,
      isFixed: top.isFixed,
      draw: (options) => {
        const look = [
          state,
          size.width,
          options.height,
          options.drawing,
          options.top,
          options.tickLine,
          utcOffsetMs,
        ].join();
        return this.#chartMemo.get(look, () => drawChart(options));
      },
    });
    return this.#shown;
  }

  /** Whose row of the newest picture it is, counted from 0 below the header; null where it is of none alone. */
  targetAt(row: number): Target | null {
    const drawn = this.#shown?.rows[row];
    return drawn === undefined ? null : (this.#shown?.owners.get(drawn) ?? null);
  }

  /** What is watched, as the legend tells it at a moment: whole lines, whatever is drawn. */
  lines(now: LocalMs): readonly Line[] {
    return this.#watched.lines(this.#nodeTime(now) - this.#window(), 'cpu');
  }

  /** `up down`, as far as there are such keys. */
  get #scrollKeys(): string {
    return ['cpu.up', 'cpu.down'].flatMap((name) => this.#keys(name) ?? []).join(' ');
  }

  #lines(fromMs: number): Line[] {
    const lines = this.#watched.lines(fromMs, this.#quantity);
    return this.#quantity === 'cpu' ? [...lines, ...this.truth.lines(lines, fromMs)] : lines;
  }

  #window(): number {
    const watchedMs = (this.#polledAt ?? 0) - (this.#firstPollAt ?? 0);
    return this.#windowMs ?? windowsMs.find((ms) => ms >= watchedMs && ms <= usualWindowMs) ?? usualWindowMs;
  }

  #observe(poll: Poll): void {
    this.#firstPollAt ??= poll.receivedAt;
    this.#polledAt = poll.receivedAt;
    const upMs = this.#nodeTime(poll.receivedAt) - (this.#restartsMs.at(-1) ?? Number.NEGATIVE_INFINITY);
    const [problem, ...more] = poll.problems;
    if (problem !== undefined) {
      this.#pollProblem = {text: `${safeLine(clip(problem, 500))}${andMore(more.length)}`, at: poll.receivedAt};
    }
    this.#watched.observe(poll, poll.receivedAt - this.#window(), upMs < startingMs);
  }

  #top(lines: readonly Line[]): {value: number; isFixed: boolean} {
    const limit = Math.max(...lines.map((line) => limitOf(line, this.#quantity) ?? 0));
    if (this.#isFixed && limit > 0) return {value: limit, isFixed: true};
    const highest = Math.max(0, ...lines.map((line) => line.statistics.max).filter((max) => !Number.isNaN(max)));
    // A limit that is near should be seen.
    const near = limit > highest && limit <= highest * nearLimit;
    const value = nextTop(this.#tops[this.#quantity], highest, this.#quantity, near ? limit : 0);
    this.#tops[this.#quantity] = value;
    return {value, isFixed: false};
  }

  /** Before the first answer there is room to say in full what stands in its way. */
  #whyNot(): string[] {
    if (this.#failure === null) return [];
    const {tried, problem, next} = safeFailure(this.#failure);
    return [`${tried}: ${problem}`, ...(next === null ? [] : [`try: ${next}`])];
  }

  #notes(lines: readonly Line[], now: LocalMs): string[] {
    const notes: string[] = [];
    const {selected, factsProblem} = this.#watched;
    const isAnswered = this.#failure !== null && !isUnanswered(this.#failure);
    const waiting = isAnswered ? 'no figures from the kubelet yet' : "waiting for the kubelet's first answer";
    if (selected === null) return [waiting, ...this.#whyNot()];
    const {missing, labelsUnknown} = selected;
    if (missing.length > 0) {
      const shows = ofKey(this.#keys, 'pods', (key) => ` (${key} shows what there is)`);
      notes.push(`no such pod yet: ${missing.map(safeName).join(', ')}${shows}`);
    }
    if (labelsUnknown) notes.push(`labels of pods are unknown: ${factsProblem ?? 'nobody told them yet'}`);
    const [faulty, ...more] = lines.filter((line) => line.problem !== null);
    if (faulty?.problem != null) notes.push(`${faulty.label}: ${faulty.problem}${andMore(more.length)}`);
    notes.push(...this.#stillNote(lines), ...this.truth.notes());
    // The rest of the answers stands, and such a lack can last for days: the last of the notes, where there is room.
    if (isAnswered) notes.push(...this.#whyNot().slice(0, 1));
    else if (this.#pollProblem !== null && now - this.#pollProblem.at < problemMs) notes.push(this.#pollProblem.text);
    if (lines.length === 0 && notes.length === 0) notes.push('the kubelet names no pods yet');
    return notes;
  }

  /** Why pods have no curve although the kubelet names them. */
  #stillNote(lines: readonly Line[]): string[] {
    const [first, ...more] = lines.filter((line) => line.standsStill);
    if (first === undefined) return [];
    const base = this.#baseMs === null ? '' : `: housekeeping interval ${formatSpan(this.#baseMs)}`;
    const whose = more.length === 0 ? first.label : counted(more.length + 1, 'pod');
    return [`the kubelet's own pod figure stands still${base} (${whose}); --container '*' shows the runtime's`];
  }
}

function andMore(count: number): string {
  return count === 0 ? '' : ` (and ${count} more)`;
}
