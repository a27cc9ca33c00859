/** What ktop itself costs, and how its scrapes go. */
export interface OwnCost {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** Unix seconds. */
  readonly startedAt: number;
  readonly nodes: number;
  /** Null where the forecast decides when to ask. */
  readonly pollSeconds: number | null;
  readonly series: number;
  readonly dropped: number;
  readonly scrapes: number;
  readonly refused: number;
}

const startedAt = Math.round(Date.now() - process.uptime() * 1000) / 1000;

/** The process's own figures now. */
export function processCost(): Pick<OwnCost, 'cpuSeconds' | 'memoryBytes' | 'startedAt'> {
  const {user, system} = process.cpuUsage();
  return {cpuSeconds: (user + system) / 1e6, memoryBytes: process.memoryUsage.rss(), startedAt};
}
