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
    version: argv.includes('--version'),
  };
}

const unitMs: Readonly<Record<string, number>> = {h: 3_600_000, m: 60_000, s: 1000, ms: 1};

/** `1m30s`, `5s`, `500ms`. */
function goDurationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? 0), 0);
}
