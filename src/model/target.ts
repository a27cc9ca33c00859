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
