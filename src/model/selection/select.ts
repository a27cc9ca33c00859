import type {Target} from '../target.ts';
import {nodeTarget, shortName, systemTarget, targetKey} from '../target.ts';
import {isGlob, matchesGlob} from './glob.ts';
import {matchesLabels, type Labels} from './labels.ts';
import type {Selection} from './pod-query.ts';
import {workloadOf} from './workload.ts';

/** A pod as stats and the API server tell of it together. */
export interface Candidate {
  readonly namespace: string;
  readonly pod: string;
  readonly containers: readonly string[];
  /** Those that ended, but not so long ago that their lines are out of the window. */
  readonly endedContainers?: readonly string[];
  /** Null where nobody told the labels. */
  readonly labels: Labels | null;
  /** Its newest CPU rate; null where it is not known yet. */
  readonly nanoCores: number | null;
  readonly present: boolean;
  /** It ended, and so long ago that its line is out of the window; it only tells what replaced it. */
  readonly isPast: boolean;
}

export interface Selected {
  /** What is to be drawn, in a stable order. */
  readonly targets: readonly Target[];
  /** The pods these belong to. */
  readonly pods: readonly Candidate[];
  /** The patterns that no present pod matches: "no such pod yet". */
  readonly missing: readonly string[];
  /** Patterns that once named a pod, and its namespaces: what replaces it is followed, also when it is long forgotten. */
  readonly followed: ReadonlyMap<string, ReadonlySet<string>>;
  /** A label selector was given, but nobody tells the labels of some pods that run. */
  readonly labelsUnknown: boolean;
}

/** A newcomer among the busiest must be so much busier than one that was there before: the lines shall not swap about. */
const stayBonus = 1.15;

/**
 * Finds what a selection means now. Called again with each poll it follows pods as they come, go and are replaced.
 * `before` is what the same selection meant last: it steadies the choice of the busiest and knows who was replaced.
 */
export function select(
  selection: Selection,
  candidates: readonly Candidate[],
  systemNames: readonly string[],
  before: Selected | null,
): Selected {
  const isAny = selection.system.length === 0 || selection.labels.length > 0 || selection.top !== null;
  const isOpen = selection.pods.length === 0 && isAny;
  const missing: string[] = [];
  const isWatched = ({namespace}: Candidate): boolean =>
    selection.namespaces.length === 0 || selection.namespaces.some((glob) => matchesGlob(glob, namespace));
  let matched = new Set<Candidate>(isOpen ? candidates.filter(isWatched) : []);
  const followed = new Map<string, ReadonlySet<string>>();
  for (const pattern of selection.pods) {
    const inNamespace = candidates.filter((pod) =>
      pattern.namespace === null ? isWatched(pod) : matchesGlob(pattern.namespace, pod.namespace),
    );
    const named = inNamespace.filter((pod) => pod.pod === pattern.name).map((pod) => pod.namespace);
    followed.set(pattern.text, new Set([...(before?.followed.get(pattern.text) ?? []), ...named]));
    const found = find(pattern.name, inNamespace, followed.get(pattern.text) ?? new Set());
    if (!found.some((pod) => pod.present)) missing.push(pattern.text);
    for (const pod of found) matched.add(pod);
  }
  const labelsUnknown = selection.labels.length > 0 && [...matched].some((pod) => pod.present && pod.labels === null);
  if (selection.labels.length > 0) {
    matched = new Set([...matched].filter((pod) => pod.labels !== null && matchesLabels(selection.labels, pod.labels)));
  }
  matched = new Set([...matched].filter((pod) => !pod.isPast));
  const pods = selection.top === null ? [...matched] : busiest([...matched], selection.top, before);
  missing.push(...missingContainers(selection.containers, pods));
  const system = systemTargets(selection.system, systemNames, missing);
  const targets = [...system, ...podTargets(pods, selection.containers, system.length === 0, before)];
  return {targets, pods, missing, followed, labelsUnknown};
}

/** By its own name; else as the workload that generated the name; else what replaced the pod that had the name. */
function find(name: string, candidates: readonly Candidate[], followed: ReadonlySet<string>): Candidate[] {
  if (isGlob(name)) return candidates.filter((pod) => matchesGlob(name, pod.pod));
  const named = candidates.filter((pod) => pod.pod === name);
  if (named.some((pod) => pod.present)) return named;
  const workload = workloadOf(name);
  return candidates.filter((pod) => {
    const own = workloadOf(pod.pod);
    const isSuccessor = own !== null && own === workload && followed.has(pod.namespace);
    return pod.pod === name || own === name || isSuccessor;
  });
}

function busiest(pods: readonly Candidate[], count: number, before: Selected | null): Candidate[] {
  const stays = new Set(before?.pods.map(nameOf));
  // What was drawn and has ended is drawn on until it is out of the window, whatever took its place.
  const ended = pods.filter((pod) => !pod.present && stays.has(nameOf(pod)));
  const weight = (pod: Candidate) => (pod.nanoCores ?? -1) * (stays.has(nameOf(pod)) ? stayBonus : 1);
  const ranked = pods.filter((pod) => pod.present).sort((a, b) => weight(b) - weight(a) || compareNames(a, b));
  return [...ranked.slice(0, count), ...ended].sort(compareNames);
}

function systemTargets(patterns: readonly string[], names: readonly string[], missing: string[]): Target[] {
  return patterns.flatMap((pattern) => {
    const found = names.filter((name) => matchesGlob(pattern, name)).map(systemTarget);
    if (matchesGlob(pattern, 'node')) found.unshift(nodeTarget);
    if (found.length === 0) missing.push(`@${pattern}`);
    return found;
  });
}

function missingContainers(globs: readonly string[], pods: readonly Candidate[]): string[] {
  if (pods.length === 0) return [];
  const names = pods.flatMap((pod) => pod.containers);
  return globs.filter((glob) => !names.some((name) => matchesGlob(glob, name))).map((glob) => `container ${glob}`);
}

/** A line for each pod; a pod alone also shows its containers, and where containers are named these are the lines. */
function podTargets(
  pods: readonly Candidate[],
  containers: readonly string[],
  isAlone: boolean,
  before: Selected | null,
): Target[] {
  const all = (pod: Candidate) => [...pod.containers, ...(pod.endedContainers ?? [])].sort();
  const line = (pod: Candidate, container: string | null): Target => ({
    namespace: pod.namespace,
    pod: pod.pod,
    container,
  });
  if (containers.length > 0) {
    return pods.flatMap((pod) =>
      all(pod)
        .filter((name) => containers.some((glob) => matchesGlob(glob, name)))
        .map((name) => line(pod, name)),
    );
  }
  const present = pods.filter((pod) => pod.present);
  const [only] = present.length === 1 ? present : [];
  const drawn = new Set(before?.targets.map(targetKey));
  return pods.flatMap((pod) => {
    const own = line(pod, null);
    const each = all(pod).map((name) => line(pod, name));
    if (!isAlone || each.length < 2) return [own];
    // The containers of a pod that was alone and was replaced stay as long as its own line does.
    if (pod.present) return pod === only ? [own, ...each] : [own];
    return [own, ...each.filter((target) => drawn.has(targetKey(target)))];
  });
}

function nameOf(pod: Candidate): string {
  return `${pod.namespace}/${pod.pod}`;
}

function compareNames(a: Candidate, b: Candidate): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.pod < b.pod ? -1 : Number(a.pod > b.pod);
}

/** The shortest names that still tell the targets apart: two pods of one name in two namespaces keep the namespace. */
export function labelsOf(targets: readonly Target[]): string[] {
  const pods = new Map<string, Set<string>>();
  for (const target of targets) {
    const namespaces = pods.get(target.pod) ?? new Set();
    pods.set(target.pod, namespaces.add(target.namespace));
  }
  const isOnePod = pods.size === 1 && targets.length > 1;
  return targets.map((target) => {
    if (target.pod === '') return shortName(target);
    const isShared = (pods.get(target.pod)?.size ?? 0) > 1;
    const pod = isShared ? `${target.namespace}/${target.pod}` : target.pod;
    if (target.container === null) return pod;
    return isOnePod && !isShared ? `· ${target.container}` : `${pod} ${target.container}`;
  });
}
