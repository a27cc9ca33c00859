import {holm, permutationTest, seededRandom} from './permute.ts';
import {compareSites, type SiteChange} from './sites.ts';
import {metrics, type Readings, type Side} from './side.ts';

/** The figures of one metric on one side. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly quantiles: Readonly<Record<QuantilePoint, number>>;
  readonly max: number;
}

type QuantilePoint = '0.05' | '0.1' | '0.25' | '0.5' | '0.75' | '0.9' | '0.95' | '0.99';

export interface ComparedMetric {
  readonly key: (typeof metrics)[number]['key'];
  readonly name: string;
  readonly unit: string;
  readonly a: Summary | null;
  readonly b: Summary | null;
  /** Of Kolmogorov and Smirnov, from 0 to 1; null where there is too little to compare. */
  readonly distance: number | null;
  /** The chance of such a distance if nothing had changed. */
  readonly p: number | null;
  /** The same with all tests of the verdict together (Holm); null where it is no part of the verdict. */
  readonly pTogether: number | null;
}

export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  readonly metrics: readonly ComparedMetric[];
  readonly sites: readonly SiteChange[];
  /** Whether something of the verdict differs by more than chance. */
  readonly isDifferent: boolean;
  /** What must be known to read it, a sentence each. */
  readonly notes: readonly string[];
}

/** The chance that two recordings of the same kubelet are called different, all tests of the verdict together. */
export const alpha = 0.01;
const permutations = 1999;
/** How long ticks depend on each other: a wait or two, and a burst that is seen in them. */
const blockMs = 60_000;
/** More stretches say no more, and cost. */
const mostBlocks = 600;

/**
 * What the kubelet itself decides: a verdict stands on these alone. How many samples are equal and how the belief in an
 * interval moves is up to the pods; latencies and memory drift with the machine and with time in one recording, too.
 */
const verdictOn: ReadonlySet<string> = new Set(['wait', 'age', 'worst', 'cpu']);

/** Compares two sides; the same two always give the same answer. */
export function compareSides(a: Side, b: Side): Comparison {
  const lastsMs = Math.max(0, a.untilMs - a.fromMs) + Math.max(0, b.untilMs - b.fromMs);
  const options = {permutations, blockMs: Math.max(blockMs, lastsMs / mostBlocks)};
  const areMatched = [...a.readings.wait.keys()].some((key) => b.readings.wait.has(key));
  const tested = metrics.map(({key, name, unit}) => {
    const [ofA, ofB] = [a, b].map(({readings}) => (areMatched ? readings[key] : pooled(readings[key])));
    const test =
      ofA === undefined || ofB === undefined
        ? null
        : permutationTest(ofA, ofB, {...options, random: seededRandom(20_261)});
    return {key, name, unit, a: summaryOf(a.readings[key]), b: summaryOf(b.readings[key]), test};
  });
  const inVerdict = tested.filter(({key, test}) => test !== null && verdictOn.has(key));
  const together = holm(inVerdict.map(({test}) => test?.p ?? 1));
  const compared = tested.map(({test, ...rest}): ComparedMetric => {
    const at = inVerdict.findIndex(({key}) => key === rest.key);
    return {...rest, distance: test?.distance ?? null, p: test?.p ?? null, pTogether: together[at] ?? null};
  });
  return {
    a,
    b,
    metrics: compared,
    sites: compareSites(a, b, options.blockMs),
    isDifferent: compared.some(isDifferent),
    notes: notesOf(a, b, areMatched, inVerdict.length > 0),
  };
}

/** Whether a metric differs by more than chance, and is part of the verdict. */
export function isDifferent({pTogether}: ComparedMetric): boolean {
  return pTogether !== null && pTogether < alpha;
}

function notesOf(a: Side, b: Side, areMatched: boolean, isTested: boolean): string[] {
  const notes: string[] = [];
  const names = (side: Side) => new Set([...side.readings.wait.keys()].map((key) => key.replace(/ \w+$/, '')));
  const [inA, inB] = [names(a), names(b)];
  if (!areMatched && inA.size > 0 && inB.size > 0) {
    notes.push('no pod has the same name on both sides: all are taken together, so other pods make a difference, too');
  } else {
    const only = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].filter((name) => !other.has(name));
    for (const [side, left] of [['A', only(inA, inB)] as const, ['B', only(inB, inA)] as const]) {
      if (left.length === 0) continue;
      const shown = left.slice(0, 3).map((name) => name.replace(/\/$/, ''));
      notes.push(
        `only in ${side}, and not tested: ${shown.join(', ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''}`,
      );
    }
  }
  if (!isTested) notes.push('too short for a test: four minutes on each side are needed, ten are good');
  return notes;
}

/** All targets as one, but for what is told apart within a target. */
function pooled(readings: Readings): Readings {
  const all = new Map<string, {atMs: number; value: number}[]>();
  for (const [key, list] of readings) {
    const kind = / (\w+)$/.exec(key)?.[1] ?? '';
    const into = all.get(kind);
    if (into === undefined) all.set(kind, [...list]);
    else for (const reading of list) into.push(reading);
  }
  return all;
}

function summaryOf(readings: Readings): Summary | null {
  const values = Float64Array.from([...readings.values()].flat(), ({value}) => value).sort();
  if (values.length === 0) return null;
  const at = (share: number): number => {
    const place = share * (values.length - 1);
    const [low, high] = [values[Math.floor(place)] ?? 0, values[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  return {
    count: values.length,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    quantiles: {
      '0.05': at(0.05),
      '0.1': at(0.1),
      '0.25': at(0.25),
      '0.5': at(0.5),
      '0.75': at(0.75),
      '0.9': at(0.9),
      '0.95': at(0.95),
      '0.99': at(0.99),
    },
    max: values.at(-1) ?? 0,
  };
}
