import {goDurationMs} from '../../util/go-duration.ts';
import type {NodeFacts} from '../../model/event.ts';
import {nodeMs} from '../../model/time.ts';

/** What the facts script said of the node's kubelet and clock. */
export interface FactsReport {
  readonly facts: NodeFacts;
  /** Its pid and start, which together no other process has; null where none runs. */
  readonly processId: string | null;
  /** Unix milliseconds by the node's clock, before and after the script's work. */
  readonly nodeFrom: number;
  readonly nodeTo: number;
  /** The running kernel's own number: where it is ours too, so is its clock. */
  readonly bootId: string | null;
}

/** A process that was asked for its version before. */
export interface KnownProcess {
  readonly id: string;
  readonly version: string;
}

/**
 * Prints `key=value` lines. `$1` is the unit, `$2` the process whose version is known: asking a kubelet binary for its
 * version costs the node 50 ms, so it is asked once a process. Times come from `/proc`, because systemd prints whole
 * seconds in the node's own zone; `starttime` counts hundredths of a second since boot. Without `--v` the verbosity is
 * the configuration file's (1.23 and later).
 */
export const factsScript = `
: ktop-facts
date +from=%s.%N
echo "boot=$(cat /proc/sys/kernel/random/boot_id)"
systemctl show "$1" --property=MainPID,ActiveState,SubState 2>/dev/null
pid=$(systemctl show "$1" --property=MainPID 2>/dev/null | cut -d= -f2)
[ "\${pid:-0}" != 0 ] || pid=$(pidof kubelet | cut -d' ' -f1)
[ -n "$pid" ] && [ -r "/proc/$pid/stat" ] || { date +to=%s.%N; exit 0; }
echo "pid=$pid"
start=$(sed 's/^.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
echo "starttime=$start"
echo "uptime=$(cut -d' ' -f1 /proc/uptime)"
date +at=%s.%N
tr '\\n\\0' ' \\n' <"/proc/$pid/cmdline" | sed 's/^/arg=/'
conf=$(tr '\\n\\0' ' \\n' <"/proc/$pid/cmdline" | sed -n 's/^--config=//p' | tail -n 1)
echo "configured=$(sed -n '/^logging:/,/^[^ ]/s/^ *verbosity: *//p' "\${conf:-/var/lib/kubelet/config.yaml}" 2>/dev/null)"
if [ "$pid.$start" != "$2" ]; then
  v=$("/proc/$pid/exe" --version 2>/dev/null | head -n 1)
  case "$v" in Kubernetes*) ;; *) v=$(kubelet --version 2>/dev/null | head -n 1) ;; esac
  echo "version=$v"
fi
date +to=%s.%N
`.trim();

/** cAdvisor's default, which the kubelet takes over (`cmd/kubelet/app/options/globalflags_linux.go`). */
const defaultHousekeepingMs = 10_000;

/** Reads the script's answer; null where it is none. `version` is what was known of the process before. */
export function parseFacts(text: string, known: KnownProcess | null): FactsReport | null {
  const fields = new Map<string, string>();
  const argv: string[] = [];
  for (const line of text.split('\n')) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key === 'arg') argv.push(value);
    else fields.set(key, value);
  }
  const seconds = (key: string) => Number(fields.get(key) ?? Number.NaN) * 1000;
  // A `date` without nanoseconds (busybox) leaves the word as it is: the clock then stood somewhere in that second.
  const whole = (key: string) => 1000 * Number(/^(\d+)\.%?N$/.exec(fields.get(key) ?? '')?.[1] ?? Number.NaN);
  const nodeFrom = Number.isNaN(seconds('from')) ? whole('from') + 1000 : seconds('from');
  const nodeTo = Number.isNaN(seconds('to')) ? whole('to') : seconds('to');
  const readAt = Number.isNaN(seconds('at')) ? whole('at') : seconds('at');
  if (Number.isNaN(nodeFrom) || Number.isNaN(nodeTo)) return null;
  const pid = Number(fields.get('pid') ?? Number.NaN);
  const startedAt = readAt - seconds('uptime') + Number(fields.get('starttime') ?? Number.NaN) * 10;
  const running = Number.isInteger(pid) && pid > 0;
  const processId = running ? `${pid}.${fields.get('starttime') ?? ''}` : null;
  const version =
    /^Kubernetes (v\d\S*)/.exec(fields.get('version') ?? '')?.[1] ?? (known?.id === processId ? known.version : null);
  // Number reads an empty word as 0, which is the default.
  const configured = fields.get('configured') ?? '0';
  const state = fields.get('ActiveState');
  const sub = fields.get('SubState');
  return {
    facts: {
      kubeletVersion: version,
      kubeletPid: running ? pid : null,
      kubeletStartedAt: running && Number.isFinite(startedAt) ? nodeMs(Math.round(startedAt)) : null,
      verbosity: running ? numberOrNull(flag(argv, 'v') ?? configured) : null,
      housekeepingIntervalMs: running ? housekeeping(flag(argv, 'housekeeping-interval')) : null,
      unitState: state === undefined ? null : sub === undefined || sub === state ? state : `${state} (${sub})`,
    },
    processId,
    nodeFrom,
    nodeTo,
    bootId: fields.get('boot') ?? null,
  };
}

/** The last value that a Go program takes for a flag: `--name=value`, `--name value`, `-name=value`. */
export function flag(argv: readonly string[], name: string): string | null {
  let found: string | null = null;
  for (const [index, arg] of argv.entries()) {
    const [, given, value] = /^--?([\w-]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (given === name) found = value ?? argv[index + 1] ?? null;
  }
  return found;
}

function housekeeping(value: string | null): number | null {
  if (value === null) return defaultHousekeepingMs;
  const ms = goDurationMs(value);
  return ms !== null && ms > 0 ? ms : null;
}

function numberOrNull(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
