import type {Failure} from '../failure.ts';
import {parseLabelSelector, type Requirement} from './labels.ts';

/** What the user asked to watch, as typed. */
export interface PodQuery {
  /** `name`, `namespace/name`, globs of both; a Deployment's name; `@node`, `@kubelet`, `@runtime`, `@pods`. */
  readonly pods: readonly string[];
  /** Names or globs: only pods of these namespaces, but where a pod's own is named. Empty: of all. */
  readonly namespaces?: readonly string[];
  /** A label selector, or null. */
  readonly labels: string | null;
  readonly containers: readonly string[];
  /** Only the N busiest of those that match. */
  readonly top: number | null;
}

/** Where nothing was asked for: the busiest pods of the node. */
export const defaultTop = 5;

interface PodPattern {
  readonly text: string;
  /** Null: in any namespace that is watched. */
  readonly namespace: string | null;
  readonly name: string;
}

/** A wish that was read and makes sense. */
export interface Selection {
  readonly pods: readonly PodPattern[];
  /** Only pods of these, where a pattern names no namespace itself. Empty: of all. */
  readonly namespaces: readonly string[];
  /** Names of system containers; `node` is the node itself. */
  readonly system: readonly string[];
  readonly labels: readonly Requirement[];
  readonly containers: readonly string[];
  readonly top: number | null;
}

/** Checks and compiles what the user wants to watch; a `Failure` says what cannot be read. */
export function parsePodQuery(query: PodQuery): Selection | Failure {
  const pods: PodPattern[] = [];
  const system: string[] = [];
  for (const text of query.pods) {
    if (/^@[a-z*?-]+$/.test(text)) {
      system.push(text.slice(1));
      continue;
    }
    const pattern = parsePodPattern(text);
    if (pattern === null)
      return badName(`--pod ${JSON.stringify(text)}`, "--pod cpuload, --pod 'default/web-*', --pod @node");
    pods.push(pattern);
  }
  const {namespaces = [], containers} = query;
  const badNamespace = namespaces.find((text) => !/^[a-z0-9*?-]+$/.test(text));
  if (badNamespace !== undefined)
    return badName(`--namespace ${JSON.stringify(badNamespace)}`, "--namespace default, --namespace 'kube-*'");
  const badContainer = query.containers.find((text) => !/^[a-z0-9*?-]+$/.test(text));
  if (badContainer !== undefined)
    return badName(`--container ${JSON.stringify(badContainer)}`, "--container app, --container 'side*'");
  if (query.top !== null && !(Number.isInteger(query.top) && query.top > 0)) {
    return {tried: `--top ${query.top}`, problem: 'the number of pods must be a whole number above 0', next: '--top 5'};
  }
  const labels = query.labels === null ? [] : parseLabelSelector(query.labels);
  if ('problem' in labels) return labels;
  const isOpen = pods.length === 0 && system.length === 0 && labels.length === 0;
  return {pods, namespaces, system, labels, containers, top: query.top ?? (isOpen ? defaultTop : null)};
}

function parsePodPattern(text: string): PodPattern | null {
  const [, namespace, name] = /^(?:([a-z0-9*?-]+)\/)?([a-z0-9*?.-]+)$/.exec(text) ?? [];
  return name === undefined ? null : {text, namespace: namespace ?? null, name};
}

function badName(tried: string, next: string): Failure {
  return {tried, problem: 'is no name: names have small letters, digits, - and . (and * and ? as wildcards)', next};
}
