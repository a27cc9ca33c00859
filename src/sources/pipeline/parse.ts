import type {Autoscaler, Condition, Owner, ScaledMetric} from '../../model/pipeline/facts.ts';
import {goDurationMs} from '../../util/go-duration.ts';
import {at, listAt, parseJson, textAt, wordAt} from '../../util/json.ts';
import {parseQuantity} from '../../util/quantity.ts';
import {formatBytes, formatCores} from '../../model/draw/units.ts';

/**
 * What `metrics.k8s.io` says of a pod, its times by the node's clock (unix ms); null where it is no PodMetrics. The
 * usage of each container is the mean of `[timestamp - window, timestamp]`
 * (https://kubernetes.io/docs/reference/external-api/metrics.v1beta1/); metrics-server takes the timestamp over from the
 * kubelet's sample, the oldest of the containers' (its pkg/storage/pod.go).
 */
export function parsePodMetrics(body: string): {atMs: number; windowMs: number; nanoCores: number} | null {
  const answer = parseJson(body);
  const atMs = Date.parse(textAt(answer, 'timestamp') ?? '');
  const windowMs = goDurationMs(textAt(answer, 'window') ?? '');
  if (!Number.isFinite(atMs) || windowMs === null || !Number.isFinite(windowMs)) return null;
  const cores = listAt(answer, 'containers').map((one) => parseQuantity(at(one, 'usage', 'cpu')) ?? 0);
  return {atMs, windowMs, nanoCores: cores.reduce((sum, one) => sum + one * 1e9, 0)};
}

/** The controller that an object belongs to, by its `metadata.ownerReferences`; null where it has none. */
export function controllerOf(body: string): Owner | null {
  const references = listAt(parseJson(body), 'metadata', 'ownerReferences');
  const own = references.find((one) => at(one, 'controller') === true);
  const [kind, name] = [wordAt(own, 'kind'), wordAt(own, 'name')];
  return kind === undefined || name === undefined ? null : {group: groupOf(textAt(own, 'apiVersion')), kind, name};
}

/** `apps/v1` is of the group `apps`, `v1` of the core group, which has no name. */
const groupOf = (apiVersion = ''): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

/**
 * The autoscalers of a HorizontalPodAutoscalerList, `autoscaling/v2` or `v2beta2`, which have the same fields
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/); their times are
 * unix ms by the control plane's clock. Null where it is no list.
 */
export function parseAutoscalers(
  body: string,
): (Omit<Autoscaler, 'lastScaleAt'> & {lastScaleMs: number | null})[] | null {
  const answer = parseJson(body);
  if (!Array.isArray(at(answer, 'items'))) return at(answer, 'items') === null ? [] : null;
  return listAt(answer, 'items').map((item) => {
    const lastScaleMs = Date.parse(textAt(item, 'status', 'lastScaleTime') ?? '');
    const current = listAt(item, 'status', 'currentMetrics');
    return {
      name: textAt(item, 'metadata', 'name') ?? '',
      target: {
        group: groupOf(textAt(item, 'spec', 'scaleTargetRef', 'apiVersion')),
        kind: textAt(item, 'spec', 'scaleTargetRef', 'kind') ?? '',
        name: textAt(item, 'spec', 'scaleTargetRef', 'name') ?? '',
      },
      // The controller writes them in the order of the specification; one that it could not read has an empty type.
      metrics: listAt(item, 'spec', 'metrics').map((wanted, index) => metricOf(wanted, current[index])),
      currentReplicas: numberAt(item, 'status', 'currentReplicas'),
      desiredReplicas: numberAt(item, 'status', 'desiredReplicas'),
      lastScaleMs: Number.isFinite(lastScaleMs) ? lastScaleMs : null,
      conditions: listAt(item, 'status', 'conditions').map(conditionOf),
    };
  });
}

function conditionOf(item: unknown): Condition {
  const word = (name: string) => textAt(item, name) ?? '';
  return {type: word('type'), status: word('status'), reason: word('reason'), message: word('message')};
}

/** Where each type of a metric keeps its figures, and its name within. */
const places: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  Resource: ['resource', ['name']],
  ContainerResource: ['containerResource', ['name']],
  Pods: ['pods', ['metric', 'name']],
  Object: ['object', ['metric', 'name']],
  External: ['external', ['metric', 'name']],
};

function metricOf(wanted: unknown, current: unknown): ScaledMetric {
  const type = textAt(wanted, 'type') ?? '';
  const [place, names] = places[type] ?? ['', []];
  const name = textAt(wanted, place, ...names) ?? '?';
  const isResource = type === 'Resource' || type === 'ContainerResource';
  const isSame = textAt(current, 'type') === type;
  return {
    name: isResource ? name : `${type} ${name}`,
    isCpu: isResource && name === 'cpu',
    current: isSame ? figureOf(at(current, place, 'current'), isResource ? name : '') : null,
    wanted: figureOf(at(wanted, place, 'target'), isResource ? name : ''),
  };
}

function figureOf(value: unknown, resource: string): string | null {
  const share = at(value, 'averageUtilization');
  if (typeof share === 'number') return `${share} %`;
  const quantity = at(value, 'averageValue') ?? at(value, 'value');
  const amount = parseQuantity(quantity);
  if (amount === null) return null;
  if (resource === 'cpu') return formatCores(amount * 1e9);
  return resource === 'memory' ? formatBytes(amount) : String(amount);
}

function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : null;
}
