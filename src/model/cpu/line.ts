import type {PodFacts, Resources} from '../selection/pod-facts.ts';
import {noResources, podResources} from '../selection/pod-facts.ts';
import type {Target} from '../target.ts';
import type {Step} from './history.ts';
import type {CpuSeries, Latest} from './series.ts';
import type {Quantity} from '../draw/buckets.ts';
import {statisticsOf, type Statistics} from './statistics.ts';

/**
 * One selected target as it is drawn: its name, its steps in the window, and what the legend says of it. The steps are
 * those of the moment when the line was made; `latest`, `problem` and `ended` are always those of now.
 */
export interface Line {
  readonly target: Target;
  /** Safe to draw. */
  readonly label: string;
  readonly steps: readonly Step[];
  readonly breaksMs: readonly number[];
  readonly latest: Latest | null;
  readonly problem: string | null;
  readonly ended: boolean;
  /** Its figures are dead (see `StillPods`): there is no curve and no value, only an age. */
  readonly standsStill: boolean;
  readonly statistics: Statistics;
  readonly resources: Resources;
  /** Its letter and colour, counted from 0. */
  readonly colorIndex: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What chart and legend need of one series in a window of time. */
export function lineOf(
  series: CpuSeries,
  label: string,
  window: Span,
  quantity: Quantity,
  facts: PodFacts | undefined,
  colorIndex = 0,
  standsStill = false,
  /** Those that it took the place of, the oldest first: its line begins with theirs. */
  before: readonly CpuSeries[] = [],
): Line {
  const steps = standsStill ? [] : joinedSteps([...before, series], window);
  return {
    target: series.target,
    label,
    steps,
    breaksMs: [...before, series].flatMap(({breaks}, i) =>
      breaks.filter(({reason}) => reason !== 'first' || i > 0).map(({atMs}) => atMs),
    ),
    get latest() {
      return series.latest;
    },
    get problem() {
      return series.problem;
    },
    get ended() {
      return !series.present;
    },
    standsStill,
    statistics: statisticsOf(steps, window.fromMs, window.toMs, quantity),
    resources: resourcesOf(series.target, facts),
    colorIndex,
  };
}

/** One line of several: each as long as the next one has not begun. */
function joinedSteps(all: readonly CpuSeries[], {fromMs, toMs}: Span): readonly Step[] {
  if (all.length === 1) return all[0]?.steps(fromMs, toMs) ?? [];
  return all.flatMap((series, i) => {
    const nextMs = all[i + 1]?.firstMs ?? Number.POSITIVE_INFINITY;
    return series.steps(fromMs, toMs).filter((step) => step.toMs <= nextMs);
  });
}

function resourcesOf(target: Target, facts: PodFacts | undefined): Resources {
  if (facts === undefined) return noResources;
  if (target.container === null) return podResources(facts);
  return facts.containers.find((container) => container.name === target.container)?.resources ?? noResources;
}

/** The newest value in the unit of the view; null where it is not known. */
export function newestOf(line: Line, quantity: Quantity): number | null {
  if (line.latest === null || line.standsStill) return null;
  return quantity === 'cpu' ? line.latest.nanoCores : line.latest.workingSetBytes;
}

/**
 * The kubelet's own `usageNanoCores`, for the time in which there is just one sample and no rate of ours; null where it
 * is missing or 0, which is what the kubelet says when it does not know either.
 */
export function reportedOf(line: Line): number | null {
  const reported = line.latest?.reportedNanoCores ?? null;
  return reported === 0 ? null : reported;
}

/** The limit of the quantity that is drawn, in nanocores or bytes; null where there is none. */
export function limitOf(line: Line, quantity: Quantity): number | null {
  return quantity === 'cpu' ? line.resources.limitNanoCores : line.resources.limitBytes;
}

/** The request of the quantity that is drawn, in nanocores or bytes; null where there is none. */
export function requestOf(line: Line, quantity: Quantity): number | null {
  return quantity === 'cpu' ? line.resources.requestNanoCores : line.resources.requestBytes;
}

/** Below this a difference is noise of the last digit. */
const noticeableNanoCores = 1e5;
const tolerated = 0.05;

/** The kubelet's own `usageNanoCores`, where it differs from the counter's rate by more than 5 %; else null. */
export function contradictionOf(line: Line): number | null {
  const {nanoCores = null, reportedNanoCores = null} = line.latest ?? {};
  if (nanoCores === null || reportedNanoCores === null) return null;
  const difference = Math.abs(nanoCores - reportedNanoCores);
  const isMore = difference > tolerated * Math.max(nanoCores, reportedNanoCores);
  return isMore && difference > noticeableNanoCores ? reportedNanoCores : null;
}
