/**
 * cAdvisor's housekeeping rule (`manager/container.go`, `nextHousekeepingInterval`): every cgroup has a timer of its
 * own, and after each tick it waits `d + U(0,1)·d`, where `d` is the cgroup's current interval.
 */

/** `--housekeeping-interval` where nobody set it. */
export const defaultBaseMs = 10_000;

/** `--max-housekeeping-interval`: the kubelet has no such flag (`pkg/kubelet/cadvisor/cadvisor_linux.go`). */
export const maxIntervalMs = 15_000;

/**
 * The kubelet's cAdvisor keeps samples for so long (`statsCacheDuration`). Ticks further apart leave it one sample, of
 * which no rate can be made: then it gives the container runtime's values for a container, or drops it (older ones,
 * google/cadvisor 3517), and for a pod its counter with a rate of 0.
 */
export const cacheMs = 120_000;

/**
 * The interval after a tick. Equal samples double it up to the maximum; at the maximum an idle cgroup falls back to
 * the base although nothing changed, because the rule's second branch asks only whether `d` differs from the base.
 */
export function nextInterval(intervalMs: number, statsEqual: boolean, baseMs: number, maxMs = maxIntervalMs): number {
  if (statsEqual && intervalMs < maxMs) return Math.min(2 * intervalMs, maxMs);
  return baseMs;
}

/**
 * Every interval that a cgroup can come to from this base, the base first. A base at or above the maximum stays alone,
 * as every base does where dynamic housekeeping is off.
 */
export function intervalsOf(baseMs: number, maxMs = maxIntervalMs): readonly number[] {
  const intervals = [baseMs];
  for (let d = nextInterval(baseMs, true, baseMs, maxMs); d > baseMs; d = nextInterval(d, true, baseMs, maxMs)) {
    intervals.push(d);
  }
  return intervals;
}
