import type {Event, Poll} from '../event.ts';
import type {PodFacts} from '../pod-facts.ts';
import type {PickerItem} from '../selection/picker.ts';
import {labelsOf, select, type Candidate, type Selected} from '../selection/select.ts';
import type {Selection} from '../selection/wish.ts';
import {isSystem, targetKey, type Target} from '../target.ts';
import {safeLine} from '../text/safe.ts';
import {sameClock, toNodeTime, type ClockOffset, type LocalMs} from '../time.ts';
import {CpuBook} from './book.ts';
import type {Row} from './canvas.ts';
import {drawChart, type Drawing} from './chart.ts';
import {formatSpan} from './format.ts';
import {nextWindow, USUAL_WINDOW_MS, WINDOWS_MS} from './grid.ts';
import {lineOf, limitOf, type Line} from './line.ts';
import {Memo} from './memo.ts';
import {nextTop} from './scale.ts';
import type {CpuSeries} from './series.ts';
import type {Quantity} from './slots.ts';
import {viewOf, type CpuView} from './view.ts';

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

const MOST_RESTARTS = 64;
/** How long a fault of an answer is shown: not each poll asks for everything. */
const PROBLEM_MS = 25_000;

/** The CPU pane's part of the state: series, what is selected, and how it is looked at. */
export class CpuRoom {
  readonly #book = new CpuBook();
  #selection: Selection;
  #selected: Selected | null = null;
  #watched: ReadonlySet<string> = new Set();
  #facts = new Map<string, PodFacts>();
  #factsProblem: string | null = null;
  #restartsMs: readonly number[] = [];
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
  #revision = 0;
  readonly #lineMemo = new Memo<Line[]>();
  readonly #chartMemo = new Memo<Row[]>();

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  apply(event: Event): void {
    switch (event.type) {
      case 'poll':
        this.#observe(event.poll);
        break;
      case 'pods':
        if (event.answer.kind === 'pods') {
          this.#facts = new Map(event.answer.pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
          this.#factsProblem = null;
        } else {
          this.#factsProblem = event.answer.failure.problem;
        }
        this.#revision += 1;
        this.#select();
        break;
      case 'kubelet-started':
        this.#restartsMs = [...this.#restartsMs.slice(1 - MOST_RESTARTS), event.at];
        this.#revision += 1;
        break;
      case 'clock':
        this.#clock = event.offset;
        break;
      default:
        break;
    }
  }

  /** What is selected now; null before the first answer. */
  get selected(): Selected | null {
    return this.#selected;
  }

  /** Is it, or its pod, among what is selected? The rest of the node need not be asked for so often. */
  watches(target: Target): boolean {
    return this.#watched.has(isSystem(target) ? targetKey(target) : `${target.namespace}/${target.pod}`);
  }

  /** Watches something else from now on. */
  choose(selection: Selection): void {
    this.#selection = selection;
    this.#selected = null;
    this.#revision += 1;
    this.#scroll = 0;
    this.#tops = {cpu: null, memory: null};
    this.#select();
  }

  toggleMemory(): void {
    this.#quantity = this.#quantity === 'cpu' ? 'memory' : 'cpu';
  }

  toggleBraille(): void {
    this.#braille = !this.#braille;
  }

  /** Fixes the scale to the limit, or lets it follow the values again; says what it did. */
  toggleFixed(): string {
    this.#isFixed = !this.#isFixed;
    if (!this.#isFixed) return 'the scale follows the values';
    if (this.#factsProblem !== null) return `no limits are known: ${safeLine(this.#factsProblem)}`;
    return 'the scale ends at the highest limit; without a limit it follows the values';
  }

  /** A longer or shorter window; says which. */
  changeWindow(step: 1 | -1): string {
    const windowMs = nextWindow(this.#window(), step);
    this.#windowMs = windowMs;
    this.#tops = {cpu: null, memory: null};
    return `window ${formatSpan(windowMs)}`;
  }

  scroll(rows: number): void {
    this.#scroll += rows;
  }

  /** All pods of the node and its system containers. */
  pickable(): PickerItem[] {
    const system = this.#systemSeries().map(({target, latest}) => ({
      name: `@${target.container ?? 'node'}`,
      nanoCores: latest?.nanoCores ?? null,
    }));
    const pods = this.#candidates().filter((pod) => pod.present);
    return [...system, ...pods.map(({namespace, pod, nanoCores}) => ({name: `${namespace}/${pod}`, nanoCores}))];
  }

  /** The names of what is watched now, as they can be picked. */
  watchedNames(): string[] {
    const names = (this.#selected?.targets ?? []).map((target) =>
      isSystem(target) ? `@${target.container ?? 'node'}` : `${target.namespace}/${target.pod}`,
    );
    return [...new Set(names)];
  }

  view(size: CpuSize, {now, unicode, utcOffsetMs}: Surroundings): CpuView {
    const nowMs: number = toNodeTime(now, this.#clock);
    // Lines and chart change only when a sample came or time moved on by a column; ages in the legend each second.
    const windowMs = this.#window();
    const column = Math.floor(nowMs / (windowMs / Math.max(size.width, 1)));
    const state = [this.#book.version, this.#revision, this.#quantity, windowMs, column].join();
    const lines = this.#lineMemo.get(state, () => this.#lines(nowMs, windowMs));
    this.#scroll = Math.min(Math.max(0, this.#scroll), Math.max(0, lines.length - Math.max(1, size.height - 1)));
    const top = this.#top(lines);
    const drawing: Drawing = !unicode ? 'ascii' : this.#braille ? 'braille' : 'line';
    return viewOf({
      ...size,
      lines,
      drawing,
      nowMs,
      utcOffsetMs,
      notes: this.#notes(lines, now),
      quantity: this.#quantity,
      scroll: this.#scroll,
      windowMs,
      restartsMs: this.#restartsMs,
      top: top.value,
      isFixed: top.isFixed,
      draw: (options) => {
        const look = [state, size.width, options.height, options.drawing, options.top, utcOffsetMs].join();
        return this.#chartMemo.get(look, () => drawChart(options));
      },
    });
  }

  #window(): number {
    const watchedMs = (this.#polledAt ?? 0) - (this.#firstPollAt ?? 0);
    return this.#windowMs ?? WINDOWS_MS.find((ms) => ms >= watchedMs && ms <= USUAL_WINDOW_MS) ?? USUAL_WINDOW_MS;
  }

  #observe(poll: Poll): void {
    this.#firstPollAt ??= poll.receivedAt;
    this.#polledAt = poll.receivedAt;
    this.#book.observe(poll);
    const [problem, ...more] = poll.problems;
    if (problem !== undefined) {
      const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
      this.#pollProblem = {text: `${safeLine(problem)}${others}`, at: poll.receivedAt};
    }
    this.#select();
  }

  #select(): void {
    if (this.#polledAt === null) return;
    const systemNames = this.#systemSeries().flatMap(({target}) => target.container ?? []);
    this.#selected = select(this.#selection, this.#candidates(), systemNames, this.#selected);
    this.#watched = new Set(
      this.#selected.targets.map((target) =>
        isSystem(target) ? targetKey(target) : `${target.namespace}/${target.pod}`,
      ),
    );
  }

  #candidates(): Candidate[] {
    return candidatesOf(this.#book, this.#facts, (this.#polledAt ?? 0) - this.#window());
  }

  #systemSeries(): CpuSeries[] {
    return [...this.#book.all()].filter((series) => isSystem(series.target) && series.present);
  }

  #lines(nowMs: number, windowMs: number): Line[] {
    const targets = this.#selected?.targets ?? [];
    const labels = labelsOf(targets);
    const window = {fromMs: nowMs - windowMs, toMs: Number.POSITIVE_INFINITY};
    const lines = targets.flatMap((target, i) => {
      const series = this.#book.get(targetKey(target));
      if (series === undefined) return [];
      const facts = this.#facts.get(`${target.namespace}/${target.pod}`);
      return [lineOf(series, safeLine(labels[i] ?? ''), window, this.#quantity, facts)];
    });
    return lines.filter((line) => !line.ended || line.steps.length > 0);
  }

  #top(lines: readonly Line[]): {value: number; isFixed: boolean} {
    const limit = Math.max(...lines.map((line) => limitOf(line, this.#quantity) ?? 0));
    if (this.#isFixed && limit > 0) return {value: limit, isFixed: true};
    const highest = Math.max(0, ...lines.map((line) => line.statistics.max).filter((max) => !Number.isNaN(max)));
    const value = nextTop(this.#tops[this.#quantity], highest, this.#quantity);
    this.#tops[this.#quantity] = value;
    return {value, isFixed: false};
  }

  #notes(lines: readonly Line[], now: LocalMs): string[] {
    const notes: string[] = [];
    if (this.#selected === null) return ["waiting for the kubelet's first answer"];
    const {missing, labelsUnknown} = this.#selected;
    if (missing.length > 0)
      notes.push(`no such pod yet: ${missing.map((name) => safeLine(name)).join(', ')} (p shows what there is)`);
    if (labelsUnknown)
      notes.push(`labels of pods are unknown: ${safeLine(this.#factsProblem ?? 'nobody told them yet')}`);
    if (this.#pollProblem !== null && now - this.#pollProblem.at < PROBLEM_MS) notes.push(this.#pollProblem.text);
    for (const line of lines) if (line.problem !== null) notes.push(`${line.label}: ${line.problem}`);
    if (lines.length === 0 && notes.length === 0) notes.push('the kubelet names no pods yet');
    return notes;
  }
}

/** What ended before `pastMs` is past. */
function candidatesOf(book: CpuBook, facts: ReadonlyMap<string, PodFacts>, pastMs: number): Candidate[] {
  interface Seen {
    readonly target: Target;
    containers: string[];
    nanoCores: number | null;
    present: boolean;
    seenAt: number;
  }
  const pods = new Map<string, Seen>();
  for (const series of book.all()) {
    const {target} = series;
    if (isSystem(target)) continue;
    const key = `${target.namespace}/${target.pod}`;
    const pod = pods.get(key) ?? {target, containers: [], nanoCores: null, present: false, seenAt: 0};
    pods.set(key, pod);
    pod.present ||= series.present;
    pod.seenAt = Math.max(pod.seenAt, series.seenAt ?? 0);
    if (target.container === null) pod.nanoCores = series.latest?.nanoCores ?? null;
    else if (series.present) pod.containers.push(target.container);
  }
  return [...pods].map(([key, {target, containers, nanoCores, present, seenAt}]) => ({
    namespace: target.namespace,
    pod: target.pod,
    containers: containers.sort(),
    labels: facts.get(key)?.labels ?? null,
    nanoCores,
    present,
    isPast: !present && seenAt < pastMs,
  }));
}
