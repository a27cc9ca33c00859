import {describeFailure, type Failure} from '../failure.ts';
import {clip, safeLine, safeName} from '../draw/safe-text.ts';
import {formatCores} from '../draw/units.ts';
import {durationText} from '../../util/duration.ts';
import {actedOn, type ActedOn, type SeenNumber} from './acted-on.ts';
import type {Autoscaler, PipelineFacts, PodMetrics} from './facts.ts';

/** One station on the way of a pod's number from cAdvisor to the autoscaler. Texts are safe to show. */
interface Stage {
  readonly name: string;
  /** How old what stands here is; null where it is not known. */
  readonly ageMs: number | null;
  readonly nanoCores: number | null;
  readonly text: string;
  /** Why nothing is known of it; null where something is. */
  readonly failure: Failure | null;
  /** Something is not as it should be. */
  readonly warns: boolean;
}

/** The whole way, and what comes of it. */
export interface Pipeline {
  readonly stages: readonly Stage[];
  /** How old the number is that an autoscaler reads now; null where none can be read. */
  readonly readMs: number | null;
  /** The oldest that it can be when it is acted on: just before the next one is read. */
  readonly actedMs: number | null;
  /** How old it was at the last decision; null where that is not known. */
  readonly lastActed: ActedOn | null;
  /** The same as a sentence or two. */
  readonly sum: string;
}

/**
 * How often the controller reads the metrics, unless it was told otherwise (kube-controller-manager,
 * `--horizontal-pod-autoscaler-sync-period`); the API does not tell when it did.
 */
const syncMs = 15_000;

/** The stages of one look; `seen` are the numbers of `metrics.k8s.io` that were seen until now, this one included. */
export function pipelineOf(facts: PipelineFacts, seen: readonly SeenNumber[]): Pipeline {
  const {now, metrics, autoscalers} = facts;
  const scalers = 'found' in autoscalers ? autoscalers.found : [];
  const stages = [...kubeletStages(facts), metricsStage(facts), ...autoscalerStages(facts, seen)];
  const readMs = 'found' in metrics ? now - metrics.found.at : null;
  const readers = scalers.filter(readsCpu);
  const isRead = readMs !== null && readers.some(isActive);
  const actedMs = isRead ? readMs + syncMs : null;
  const lastScaleAt = Math.max(...scalers.map((one) => one.lastScaleAt ?? Number.NEGATIVE_INFINITY));
  const lastActed = Number.isFinite(lastScaleAt) && isRead ? actedOn(lastScaleAt, seen) : null;
  return {stages, readMs, actedMs, lastActed, sum: sumOf(readMs, actedMs, metrics, readers.length > 0)};
}

const readsCpu = ({metrics}: Autoscaler): boolean => metrics.some(({isCpu}) => isCpu);

/**
 * Whether it made something of what it read last. Where it could not, the controller leaves the figures and the wanted
 * replicas of an earlier time in its status, or the zeroes that it began with (kube-controller-manager,
 * `pkg/controller/podautoscaler/horizontal.go`).
 */
function isActive({conditions}: Autoscaler): boolean {
  return conditions.every(({type, status}) => type !== 'ScalingActive' || status === 'True');
}

function missing(name: string, failure: Failure): Stage {
  return {name, ageMs: null, nanoCores: null, text: describeFailure(failure), failure, warns: true};
}

function kubeletStages({now, sample}: PipelineFacts): Stage[] {
  if ('missing' in sample) return [missing('cAdvisor sample', sample.missing)];
  const {at, nanoCores, answeredAt, tookMs} = sample.found;
  const plain = {failure: null, warns: false};
  return [
    {name: 'cAdvisor sample', ageMs: now - at, nanoCores, text: 'the newest that the kubelet has', ...plain},
    {
      name: 'kubelet answer',
      ageMs: now - answeredAt,
      nanoCores,
      text: `told in ${durationText(tookMs)}, from its cache`,
      ...plain,
    },
  ];
}

function metricsStage({now, metrics, sample}: PipelineFacts): Stage {
  const name = 'metrics.k8s.io';
  if ('missing' in metrics) return missing(name, metrics.missing);
  const {at, windowMs, nanoCores} = metrics.found;
  const window = `mean of the ${durationText(windowMs)} before`;
  // Both times are those of one sample; the API's has whole seconds.
  const behindMs = 'found' in sample ? sample.found.at - at : 0;
  const behind = behindMs < 1500 ? 'of the newest sample' : `${durationText(behindMs)} behind the kubelet`;
  return {name, ageMs: now - at, nanoCores, text: `${window}, ${behind}`, failure: null, warns: false};
}

function autoscalerStages(facts: PipelineFacts, seen: readonly SeenNumber[]): Stage[] {
  const {autoscalers, owners} = facts;
  const failure = 'missing' in owners ? owners.missing : 'missing' in autoscalers ? autoscalers.missing : null;
  if (failure !== null) {
    const stage = missing('autoscaler', failure);
    // Where there is nobody to ask, that is said once.
    const before = 'missing' in facts.metrics ? describeFailure(facts.metrics.missing) : null;
    return [stage.text === before ? {...stage, text: 'the same'} : stage];
  }
  const found = 'found' in autoscalers ? autoscalers.found : [];
  return found.flatMap((one) => [scalerStage(one, facts), lastScaleStage(one, facts, seen)]);
}

/** What the autoscaler made of the numbers: its status has no time of its own, it is that of what it read. */
function scalerStage(scaler: Autoscaler, {metrics, now}: PipelineFacts): Stage {
  const {name, target, currentReplicas, desiredReplicas} = scaler;
  const isFresh = isActive(scaler);
  const read = scaler.metrics.map((metric) => {
    const wanted = metric.wanted === null ? '' : ` (wanted ${metric.wanted})`;
    const current =
      metric.current === null ? 'not read' : `${metric.current}${isFresh ? '' : ' when it was last read'}`;
    return safeLine(`${metric.name} ${current}${wanted}`);
  });
  const wish = isFresh ? ` → ${desiredReplicas ?? '?'}` : '';
  const replicas = `${currentReplicas ?? '?'}${wish} ${currentReplicas === 1 && !isFresh ? 'replica' : 'replicas'}`;
  const wrong = scaler.conditions.filter(isWrong).map(({type, status, reason, message}) => {
    return safeLine(clip(`${type} is ${status}: ${reason}${message === '' ? '' : `, ${message}`}`, 300));
  });
  const other = readsCpu(scaler) ? [] : ['does not read the CPU of its pods'];
  const owner = safeName(`${target.kind} ${target.name}`);
  return {
    name: `HPA ${safeName(name)}`,
    ageMs: 'found' in metrics && readsCpu(scaler) && isFresh ? now - metrics.found.at : null,
    nanoCores: null,
    text: [owner, ...read, replicas, ...other, ...wrong].join(' · '),
    failure: null,
    warns: wrong.length > 0 || other.length > 0,
  };
}

/** `ScalingLimited` is true at its bounds, which is as it should be; the others are false where something is wrong. */
function isWrong({type, status}: Autoscaler['conditions'][number]): boolean {
  return type !== 'ScalingLimited' && status !== 'True';
}

function lastScaleStage(scaler: Autoscaler, {now}: PipelineFacts, seen: readonly SeenNumber[]): Stage {
  const {lastScaleAt} = scaler;
  const plain = {name: 'last scaling', nanoCores: null, failure: null, warns: false};
  if (lastScaleAt === null) return {...plain, ageMs: null, text: 'never'};
  const acted = readsCpu(scaler) ? actedOn(lastScaleAt, seen) : null;
  return {...plain, ageMs: now - lastScaleAt, text: actedText(acted)};
}

function actedText(acted: ActedOn | null): string {
  if (acted === null) return 'with a number from before this look: its age is not known';
  const {leastMs, mostMs} = acted;
  const least = durationText(leastMs);
  if (mostMs === null) return `with a number that was at least ${least} old`;
  return mostMs === leastMs
    ? `with a number that was ${least} old`
    : `with a number that was ${least} to ${durationText(mostMs)} old`;
}

function sumOf(
  readMs: number | null,
  actedMs: number | null,
  metrics: PipelineFacts['metrics'],
  hasReader: boolean,
): string {
  if (readMs === null) return 'no number reaches an autoscaler';
  const window: PodMetrics | null = 'found' in metrics ? metrics.found : null;
  const back = window === null ? '' : `, and stands for the ${durationText(window.windowMs)} before that`;
  const now = `the number to be read now is ${durationText(readMs)} old${back}`;
  if (actedMs === null) return `${now}; ${hasReader ? 'its autoscaler does not act on it' : 'no autoscaler reads it'}`;
  return `${now}; it is acted on within ${durationText(syncMs)}, when it is up to ${durationText(actedMs)} old`;
}

/** A value of a stage as it is shown. */
export function stageValue({nanoCores}: Stage): string {
  return nanoCores === null ? '–' : formatCores(nanoCores);
}
