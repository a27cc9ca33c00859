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

/** How a person would write it: `default/cpuload load`, `node`, `system kubelet`. Untrusted text, as all names. */
export function targetName(target: Target): string {
  if (isSystem(target)) return target.container === null ? 'node' : `system ${target.container}`;
  const pod = `${target.namespace}/${target.pod}`;
  return target.container === null ? pod : `${pod} ${target.container}`;
}
