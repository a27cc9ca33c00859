import type {Target} from '../../model/target.ts';
import {Problems} from './problems.ts';
import {parseJson} from '../../util/json.ts';

/** What `/stats/summary?only_cpu_and_memory=true` says of one target. Times in unix ms, of whole seconds. */
export interface SummaryFigures {
  readonly target: Target;
  readonly atMs: number;
  readonly usageCoreNanoSeconds: number | null;
  readonly usageNanoCores: number | null;
  readonly workingSetBytes: number | null;
  readonly fingerprint: string;
  /** As in `Sample`. */
  readonly pressure: readonly number[] | null;
  readonly startedAtMs: number | null;
  readonly uid: string | null;
}

export interface SummaryAnswer {
  readonly figures: readonly SummaryFigures[];
  readonly problems: readonly string[];
  /** It was no summary at all. */
  readonly isUnreadable: boolean;
}

/**
 * Reads an answer of `/stats/summary` (v1.21 to v1.36: one shape). Containers, pods, the node itself (namespace, pod
 * and container empty) and its system containers (namespace and pod empty). Nothing is thrown: what cannot be read is
 * a problem in words, and the rest stands.
 */
export function parseSummary(body: string): SummaryAnswer {
  const answer = parseJson(body);
  if (answer !== undefined) return readSummary(answer);
  return {figures: [], problems: [`/stats/summary is not JSON (${body.length} bytes)`], isUnreadable: true};
}

/** The same for an answer that is parsed already, as recordings keep it. */
export function readSummary(answer: unknown): SummaryAnswer {
  const problems = new Problems();
  const figures: SummaryFigures[] = [];
  if (!isRecord(answer)) return {figures, problems: ['/stats/summary is not an object'], isUnreadable: true};

  const add = (entry: unknown, target: Target | null, uid: string | null): void => {
    if (!isRecord(entry) || target === null) {
      problems.add(() => '/stats/summary: an entry without a name was left out');
      return;
    }
    // A container that has not been sampled yet has no cpu at all: that is no problem, it is simply not there yet.
    if (!isRecord(entry.cpu)) return;
    const atMs = time(entry.cpu.time);
    if (atMs === null) {
      problems.add(() => `/stats/summary: ${describe(target)} has no readable time`);
      return;
    }
    const memory = isRecord(entry.memory) ? entry.memory : {};
    figures.push({
      target,
      atMs,
      usageCoreNanoSeconds: count(entry.cpu.usageCoreNanoSeconds),
      usageNanoCores: count(entry.cpu.usageNanoCores),
      workingSetBytes: count(memory.workingSetBytes),
      fingerprint: fingerprint(memory, isRecord(entry.swap) ? entry.swap : {}),
      pressure: pressure(entry.cpu, memory),
      startedAtMs: time(entry.startTime),
      uid,
    });
  };

  const node = isRecord(answer.node) ? answer.node : null;
  if (node !== null) add(node, {namespace: '', pod: '', container: null}, null);
  for (const system of list(node?.systemContainers)) {
    const name = isRecord(system) ? text(system.name) : null;
    add(system, name === null ? null : {namespace: '', pod: '', container: name}, null);
  }
  for (const pod of list(answer.pods)) {
    const reference = isRecord(pod) && isRecord(pod.podRef) ? pod.podRef : null;
    const namespace = text(reference?.namespace);
    const name = text(reference?.name);
    const uid = text(reference?.uid);
    const named = namespace !== null && name !== null;
    add(pod, named ? {namespace, pod: name, container: null} : null, uid);
    if (!named || !isRecord(pod)) continue;
    for (const container of list(pod.containers)) {
      const containerName = isRecord(container) ? text(container.name) : null;
      add(container, containerName === null ? null : {namespace, pod: name, container: containerName}, uid);
    }
  }
  if (!Array.isArray(answer.pods)) problems.add(() => '/stats/summary names no pods');
  return {figures, problems: problems.sentences, isUnreadable: false};
}

/** The figures that only the summary has, in one string; empty where it has none of them. */
function fingerprint(memory: Record<string, unknown>, swap: Record<string, unknown>): string {
  const parts = [memory.usageBytes, memory.rssBytes, memory.pageFaults, memory.majorPageFaults].map(count);
  const swapped = count(swap.swapUsageBytes);
  if (swapped !== null) parts.push(swapped);
  return parts.every((part) => part === null) ? '' : parts.join('/');
}

const notShown: readonly number[] = [NaN, NaN, NaN, NaN];

/** The pressure of CPU and memory (kubelet v1.34 and later on cgroup v2) in the order of `Sample.pressure`. */
function pressure(cpu: Record<string, unknown>, memory: Record<string, unknown>): readonly number[] | null {
  if (!isRecord(cpu.psi) && !isRecord(memory.psi)) return null;
  const figures = [cpu.psi, memory.psi].flatMap((psi) =>
    isRecord(psi) ? [...stalls(psi.some), ...stalls(psi.full)] : [...notShown, ...notShown],
  );
  return figures.every(Number.isNaN) ? null : figures;
}

function stalls(line: unknown): readonly number[] {
  if (!isRecord(line)) return notShown;
  return [line.total, line.avg10, line.avg60, line.avg300].map((figure) => count(figure) ?? NaN);
}

function describe(target: Target): string {
  const parts = [target.namespace, target.pod, target.container].filter((part) => part !== null && part !== '');
  return parts.length === 0 ? 'the node' : parts.join('/');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function time(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const ms = Date.parse(value);
  // The kubelet writes the zero time as the year 1.
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}
