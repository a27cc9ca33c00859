export interface KubeletFlags {
  readonly verbosity: number;
  readonly housekeepingIntervalMs: number;
  readonly version: boolean;
}

/** The flags of a kubelet's command line that matter here; the rest is taken and ignored. */
export function parseFlags(argv: readonly string[]): KubeletFlags {
  const value = (name: string) => argv.map((one) => new RegExp(`^--?${name}=(.*)$`).exec(one)?.[1]).findLast(Boolean);
  return {
    verbosity: Number(value('v') ?? 0),
    housekeepingIntervalMs: goDurationMs(value('housekeeping-interval') ?? '10s'),
    version: argv.some((arg) => arg === '--version' || arg === '--version=true'),
  };
}

const unitMs: Readonly<Record<string, number>> = {h: 3_600_000, m: 60_000, s: 1000, ms: 1};

/** `1m30s`, `5s`, `500ms`. */
function goDurationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? 0), 0);
}

/** What the real kubelet says of flags that it does not know or cannot read (pflag), and nothing where all are well. */
export function refusedFlag(argv: readonly string[]): string | null {
  for (const arg of argv) {
    const [, name, value = ''] = /^--?([\w-]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (name === undefined) continue;
    if (!known.has(name)) return `unknown flag: --${name}`;
    const isBad =
      name === 'v' ? !/^\d+$/.test(value) : name.endsWith('-interval') && !/^[\d.]+(?:ms|[smh])$/.test(value);
    if (isBad) return `invalid argument "${value}" for "--${name}" flag: parse error`;
  }
  return null;
}

const known = new Set([
  ...['bootstrap-kubeconfig', 'config', 'config-dir', 'container-runtime-endpoint', 'feature-gates', 'kubeconfig'],
  ...['housekeeping-interval', 'max-pods', 'node-labels', 'v', 'version', 'vmodule'],
]);
