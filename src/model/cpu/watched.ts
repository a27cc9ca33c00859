import type {Poll, PodsAnswer} from '../event.ts';
import type {PodFacts} from '../selection/pod-facts.ts';
import type {PickerItem} from '../selection/picker.ts';
import {labelsOf, select, type Candidate, type Selected} from '../selection/select.ts';
import type {Selection} from '../selection/pod-query.ts';
import {isSystem, shortName, targetKey, type Target} from '../target.ts';
import {safeName} from '../draw/safe-text.ts';
import {safeFailure} from '../failure.ts';
import {type FiguresOf, SeriesStore} from './series-store.ts';
import {candidatesOf} from './candidates.ts';
import {lineOf, type Line} from './line.ts';
import {predecessorsOf} from './predecessors.ts';
import type {TruthTarget} from '../truth/cgroup-paths.ts';
import {StillPods} from './still-pods.ts';
import type {CpuSeries} from './series.ts';
import type {Quantity} from '../draw/buckets.ts';

/** What was taken in up to a moment, to go back to. */
export interface KeptWatched {
  readonly store: SeriesStore;
  readonly stillPods: StillPods;
  readonly selection: Selection;
  readonly selected: Selected | null;
  readonly facts: Map<string, PodFacts>;
  readonly factsProblem: string | null;
  readonly pastMs: number;
  readonly isPolled: boolean;
}

/** What the kubelet tells of, and the part of it that the user chose to watch. */
export class Watched {
  #store: SeriesStore;
  #stillPods = new StillPods();
  #selection: Selection;
  #selected: Selected | null = null;
  #names: ReadonlySet<string> = new Set();
  #keys: ReadonlySet<string> = new Set();
  /** Which letter and colour each line has. */
  #colorIndexes: ReadonlyMap<string, number> = new Map();
  #facts = new Map<string, PodFacts>();
  #factsProblem: string | null = null;
  #revision = 0;
  /** What ended before this is past. */
  #pastMs = 0;
  #isPolled = false;

  constructor(selection: Selection, figuresOf?: FiguresOf) {
    this.#store = new SeriesStore(figuresOf);
    this.#selection = selection;
  }

  /** Which pods the user wants to watch: another object with each choice. */
  get selection(): Selection {
    return this.#selection;
  }

  /** What was taken in so far, as often as it is wanted. */
  keep(): KeptWatched {
    return {
      store: this.#store.copy(),
      stillPods: this.#stillPods.copy(),
      selection: this.#selection,
      selected: this.#selected,
      facts: this.#facts,
      factsProblem: this.#factsProblem,
      pastMs: this.#pastMs,
      isPolled: this.#isPolled,
    };
  }

  /** As if nothing had been taken in since. What is watched stays, with its colours. */
  goBack(kept: KeptWatched): void {
    this.#revision += 1;
    this.#store = kept.store.copy();
    this.#stillPods = kept.stillPods.copy();
    this.#facts = kept.facts;
    this.#factsProblem = kept.factsProblem;
    this.#pastMs = kept.pastMs;
    this.#isPolled = kept.isPolled;
    this.#selected = kept.selection === this.#selection ? kept.selected : null;
    this.#nameSelected();
    if (this.#selected === null) this.#select();
  }

  /** Another value: other lines, or other facts about them. */
  get version(): number {
    return this.#revision;
  }

  /** Another value: some line has another sample. */
  get sampleVersion(): number {
    return this.#store.version;
  }

  /** Null before the first answer. */
  get selected(): Selected | null {
    return this.#selected;
  }

  /** Why labels, requests and limits are not known; null where they are. */
  get factsProblem(): string | null {
    return this.#factsProblem;
  }

  /** Takes in an answer; what ended before `pastMs` is out of the window and no longer selected. `isStarting`: see the book. */
  observe(poll: Poll, pastMs: number, isStarting: boolean): void {
    this.#isPolled = true;
    this.#pastMs = pastMs;
    this.#store.observe(poll, isStarting);
    if (this.#stillPods.observe(this.#store.all())) this.#revision += 1;
    this.#select();
  }

  /** Takes what the API server or the kubelet said of the pods: labels, requests, limits. */
  learn(answer: PodsAnswer): void {
    this.#revision += 1;
    if (answer.kind === 'pods') {
      // A pod that has ended is still drawn: what was told of it holds as long as the book has it.
      const kept = [...this.#store.all()].flatMap(
        ({target}) => this.#facts.get(`${target.namespace}/${target.pod}`) ?? [],
      );
      this.#facts = new Map([...kept, ...answer.pods].map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
      this.#factsProblem = null;
    } else {
      this.#factsProblem = safeFailure(answer.failure).problem;
    }
    this.#select();
  }

  /** Changes which pods are watched. */
  choose(selection: Selection): void {
    this.#revision += 1;
    this.#selection = selection;
    this.#selected = null;
    this.#colorIndexes = new Map();
    this.#select();
  }

  /** Is it, or its pod, among what is selected? */
  has(target: Target): boolean {
    const {namespace, pod} = target;
    const isOfPod = !isSystem(target) && this.#keys.has(targetKey({namespace, pod, container: null}));
    return isOfPod || this.#keys.has(targetKey(target));
  }

  /** What is selected and has a cgroup of its own, as far as its pod's uid is known. */
  truthTargets(): TruthTarget[] {
    return (this.#selected?.targets ?? []).flatMap((target): TruthTarget[] => {
      const series = this.#store.get(targetKey(target));
      const podUid = series?.latest?.uid ?? null;
      if (isSystem(target) || podUid === null || series?.present !== true) return [];
      const facts = this.#facts.get(`${target.namespace}/${target.pod}`);
      const containerId = facts?.containers.find(({name}) => name === target.container)?.id ?? null;
      return target.container !== null && containerId === null ? [] : [{target, podUid, containerId}];
    });
  }

  /** What the pane tells of a target now: the rate up to its newest sample. */
  shown(key: string): {readonly nanoCores: number | null; readonly atMs: number} | null {
    return this.#store.get(key)?.latest ?? null;
  }

  /** The names of what is selected, as they can be picked. */
  names(): string[] {
    return [...this.#names];
  }

  /** All pods of the node and its system containers. */
  pickable(): PickerItem[] {
    const system = this.#systemSeries().map(({target, latest}) => ({
      name: nameOf(target),
      nanoCores: latest?.nanoCores ?? null,
    }));
    const pods = this.#candidates().filter((pod) => pod.present);
    return [...system, ...pods.map(({namespace, pod, nanoCores}) => ({name: `${namespace}/${pod}`, nanoCores}))];
  }

  /**
   * What is selected, since `fromMs`; a target that ended before is left out, and one whose workload has put another in
   * its place is the beginning of that one's line.
   */
  lines(fromMs: number, quantity: Quantity): Line[] {
    const targets = this.#selected?.targets ?? [];
    const all = targets.flatMap((target) => this.#store.get(targetKey(target)) ?? []);
    const before = predecessorsOf(all);
    const joined = new Set([...before.values()].flat());
    const drawn = all.filter((series) => !joined.has(series));
    const labels = labelsOf(drawn.map(({target}) => target));
    const heirs = new Map(
      [...before].map(([series, old]) => [targetKey(series.target), old.map(({target}) => targetKey(target))]),
    );
    this.#colorIndexes = assignColors(
      drawn.map(({target}) => targetKey(target)),
      this.#colorIndexes,
      heirs,
    );
    const window = {fromMs, toMs: Number.POSITIVE_INFINITY};
    const lines = drawn.map((series, i) => {
      const {target} = series;
      const facts = this.#facts.get(`${target.namespace}/${target.pod}`);
      const colorIndex = this.#colorIndexes.get(targetKey(target));
      const standsStill = this.#stillPods.keys.has(targetKey(target));
      const label = safeName(labels[i] ?? '');
      return lineOf(series, label, window, quantity, facts, colorIndex, standsStill, before.get(series));
    });
    return lines.filter((line) => !line.ended || line.steps.length > 0).sort((a, b) => a.colorIndex - b.colorIndex);
  }

  #select(): void {
    if (!this.#isPolled) return;
    const systemNames = this.#systemSeries().flatMap(({target}) => target.container ?? []);
    this.#selected = select(this.#selection, this.#candidates(), systemNames, this.#selected);
    this.#nameSelected();
  }

  #nameSelected(): void {
    const targets = this.#selected?.targets ?? [];
    this.#names = new Set(targets.map(nameOf));
    const keys = new Set(targets.map(targetKey));
    const isSame = keys.size === this.#keys.size && [...keys].every((key) => this.#keys.has(key));
    if (!isSame) this.#revision += 1;
    this.#keys = keys;
  }

  #candidates(): Candidate[] {
    return candidatesOf(this.#store, this.#facts, this.#pastMs);
  }

  #systemSeries(): CpuSeries[] {
    return [...this.#store.all()].filter((series) => isSystem(series.target) && series.present);
  }
}

/**
 * Whoever has a letter and a colour keeps them while others come and go; who took the place of others has theirs, and
 * newcomers the first that are free.
 */
function assignColors(
  keys: readonly string[],
  before: ReadonlyMap<string, number>,
  heirs: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const knownOf = (key: string): number | undefined =>
    before.get(key) ??
    heirs
      .get(key)
      ?.map((old) => before.get(old))
      .find((index) => index !== undefined);
  const taken = new Set(keys.flatMap((key) => knownOf(key) ?? []));
  let free = 0;
  const indexes = new Map<string, number>();
  for (const key of keys) {
    let index = knownOf(key);
    if (index === undefined) {
      while (taken.has(free)) free += 1;
      taken.add(free);
      index = free;
    }
    indexes.set(key, index);
  }
  return indexes;
}

/** How a pod or a system container is picked. */
function nameOf(target: Target): string {
  return isSystem(target) ? shortName(target) : `${target.namespace}/${target.pod}`;
}
