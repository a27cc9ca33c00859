import type {PodFacts, Resources} from '../../model/selection/pod-facts.ts';
import {parseJson} from '../../util/json.ts';
import {parseQuantity} from '../../util/quantity.ts';

/**
 * Reads a PodList, as the API server (`/api/v1/pods`) and the kubelet (`/pods`) answer it. Pods without a name are left
 * out, anything else that is missing is unknown. Null where the text is no PodList at all.
 */
export function parsePodList(text: string): PodFacts[] | null {
  const answer = parseJson(text);
  const items = field(answer, 'items');
  // The kubelet writes `null` for no pods.
  if (items === null) return [];
  return Array.isArray(items) ? items.flatMap((item: unknown) => parsePod(item) ?? []) : null;
}

function parsePod(item: unknown): PodFacts | null {
  const metadata = field(item, 'metadata');
  const namespace = field(metadata, 'namespace');
  const name = field(metadata, 'name');
  if (typeof namespace !== 'string' || typeof name !== 'string' || name === '') return null;
  const uid = field(metadata, 'uid');
  const spec = field(item, 'spec');
  const status = field(item, 'status');
  const statuses = new Map(
    [...list(field(status, 'containerStatuses')), ...list(field(status, 'initContainerStatuses'))].map((each) => [
      field(each, 'name'),
      each,
    ]),
  );
  const whole = field(spec, 'resources');
  return {
    namespace,
    name,
    uid: typeof uid === 'string' ? uid : '',
    labels: strings(field(metadata, 'labels')),
    // An init container that restarts always is a sidecar: it runs beside the others and counts with them.
    containers: [
      ...list(field(spec, 'containers')),
      ...list(field(spec, 'initContainers')).filter((each) => field(each, 'restartPolicy') === 'Always'),
    ].flatMap((each) => parseContainer(each, statuses.get(field(each, 'name'))) ?? []),
    ...(whole !== undefined && {resources: parseResources(whole, field(status, 'resources'))}),
  };
}

function parseContainer(item: unknown, status: unknown): PodFacts['containers'][number] | null {
  const name = field(item, 'name');
  if (typeof name !== 'string') return null;
  // `containerd://ID`
  const id = /^[\w.-]+:\/\/([\w.-]{1,128})$/.exec(String(field(status, 'containerID')))?.[1];
  const resources = parseResources(field(item, 'resources'), field(status, 'resources'));
  return {name, resources, ...(id !== undefined && {id})};
}

/** While a pod is resized in place its specification tells what is wanted, and its status what is in force. */
function parseResources(wanted: unknown, inForce: unknown): Resources {
  const isTold = field(inForce, 'requests') !== undefined || field(inForce, 'limits') !== undefined;
  const requests = field(isTold ? inForce : wanted, 'requests');
  const limits = field(isTold ? inForce : wanted, 'limits');
  return {
    requestNanoCores: cores(field(requests, 'cpu')),
    limitNanoCores: cores(field(limits, 'cpu')),
    requestBytes: parseQuantity(field(requests, 'memory')),
    limitBytes: parseQuantity(field(limits, 'memory')),
  };
}

function cores(quantity: unknown): number | null {
  const value = parseQuantity(quantity);
  return value === null ? null : value * 1e9;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
