/** A wait of 10 to 20 s that differs from cgroup to cgroup; the counter moves with each tick. */
function lineOf(name: string, labels: string, seed: number, now: number): string {
  const wait = 10_000 + (seed % 10_000);
  const at = Math.floor((now - seed) / wait) * wait + seed;
  return `${name}_cpu_usage_seconds_total{${labels}} ${(at / 1e6).toFixed(3)} ${at}\n${name}_memory_working_set_bytes{${labels}} ${1_000_000 + (at % 7919)} ${at}\n`;
}

/** What the simulated kubelet of a node with so many pods, of one container each, answers at `/metrics/resource`. */
export function resourceMetrics(node: number, pods: number): string {
  const now = Date.now();
  let body = '# TYPE container_cpu_usage_seconds_total counter\n';
  for (let pod = 0; pod < pods; pod++) {
    const where = `namespace="namespace-${pod % 7}",pod="workload-7d4b9c6f5-n${node}p${pod}"`;
    const seed = (node * 7919 + pod * 104_729) % 1_000_003;
    body += lineOf('container', `container="app",${where}`, seed, now);
    body += `container_start_time_seconds{container="app",${where}} 1795460000.5\n`;
    body += lineOf('pod', where, seed + 4321, now);
  }
  return `${body}resource_scrape_error 0\n`;
}
