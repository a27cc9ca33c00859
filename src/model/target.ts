/** What has a housekeeping timer of its own and can be watched: a container, or (container null) its pod. */
export interface Target {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string | null;
}

/** A stable key of a target for maps; `/` cannot occur inside any of the three names. */
export function targetKey(target: Target): string {
  return `${target.namespace}/${target.pod}/${target.container ?? ''}`;
}

/** The node itself; `/stats/summary` gives it under `node`. No pod has an empty name. */
export const nodeTarget: Target = {namespace: '', pod: '', container: null};

/** One of `node.systemContainers` of `/stats/summary`: `kubelet`, `runtime`, `pods`, `misc`. */
export function systemTarget(name: string): Target {
  return {namespace: '', pod: '', container: name};
}

/** Is it the node or one of its system containers, rather than a pod or a container of one? */
export function isSystem(target: Target): boolean {
  return target.pod === '';
}

/**
 * The short name of a target as a table shows it: `web`, `web/app` for a container, `@node` and `@kubelet` as they are
 * typed and picked. The namespace is there where another of the targets it stands `among` has a pod of the same name.
 * Untrusted text, as all names.
 */
export function shortName(target: Target, among: readonly Target[] = []): string {
  if (isSystem(target)) return `@${target.container ?? 'node'}`;
  const isShared = among.some(({namespace, pod}) => pod === target.pod && namespace !== target.namespace);
  const pod = isShared ? `${target.namespace}/${target.pod}` : target.pod;
  return target.container === null ? pod : `${pod}/${target.container}`;
}

/** Whether one of the targets stands for this one: a pod for its containers too, a container for itself. */
export function isAmong(target: Target, watched: readonly Target[]): boolean {
  return watched.some(
    ({namespace, pod, container}) =>
      namespace === target.namespace &&
      pod === target.pod &&
      (container === target.container || (container === null && !isSystem(target))),
  );
}

/** How a person would write it: `default/cpuload load`, `node`, `system kubelet`. Untrusted text, as all names. */
export function targetName(target: Target): string {
  if (isSystem(target)) return target.container === null ? 'node' : `system ${target.container}`;
  const pod = `${target.namespace}/${target.pod}`;
  return target.container === null ? pod : `${pod} ${target.container}`;
}
