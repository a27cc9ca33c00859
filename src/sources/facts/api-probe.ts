import {readingFromDate} from '../../model/clock-estimate.ts';
import type {NodeFacts} from '../../model/event.ts';
import {localMs, nodeMs, type LocalMs} from '../../model/time.ts';
import {at, parseJson, textAt} from '../../util/json.ts';
import type {KubeletReply, KubeletRoute, Node} from '../../nodes/node.ts';
import type {FactsOptions, Probe} from './facts-source.ts';
import {goDurationMs} from '../../util/go-duration.ts';

export interface ApiProbeOptions {
  readonly node: Pick<Node, 'askApi' | 'openRoute'>;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  /** How long what can only change with the process is taken for granted; read at each look. Default: a minute. */
  readonly wholeEveryMs?: number;
  readonly now?: () => LocalMs;
}

/** Odd, so that the exchanges fall on all moments of a second. */
export const apiProbeMs = 7_310;
/** All that can be known changes with the process only, and `/metrics` is large. */
export const apiProbeWholeMs = 60_000;

/**
 * Looks over HTTPS at a node on which no command runs: the clock by the `Date` of its answers, the process by
 * `/metrics`, the version by the API server, `--v` by `/configz`, and the flags by `/flagz` (Kubernetes 1.33, alpha) or
 * by the lines that a kubelet prints of them when it starts. What none of these tells stays unknown.
 */
export function probeByApi(options: ApiProbeOptions): FactsOptions['probe'] {
  const {node, unit, now = () => localMs(Date.now())} = options;
  let route: KubeletRoute | null = null;
  let whole: Probe | null = null;
  let wholeAt = Number.NEGATIVE_INFINITY;
  let flags: Flags = noFlags;
  return async (signal, urgent) => {
    route ??= await openUntil(node, signal);
    const open = route;
    const ask = async (path: string) => textOf(await open.get(path, {signal, timeoutMs: 15_000}));
    if (whole === null || urgent || now() - wholeAt >= (options.wholeEveryMs ?? apiProbeWholeMs)) {
      const reply = await open.get('/configz', {signal});
      const config = parseJson(textOf(reply) ?? '');
      const process = processOf((await ask('/metrics')) ?? '');
      const verbosity = verbosityOf(config);
      if (whole?.processId !== process.id) {
        flags = flagsOf((await ask('/flagz')) ?? '');
        // Without --v=1 a kubelet prints no flags.
        if (flags === noFlags && verbosity !== 0) flags = flagsOf((await ask(flagLines(unit))) ?? '');
      }
      const facts: NodeFacts = {
        kubeletVersion: (await versionOf(node, signal)) ?? process.version,
        kubeletPid: null,
        kubeletStartedAt: process.startedAt,
        verbosity: verbosity ?? flags.verbosity,
        housekeepingIntervalMs: flags.housekeepingIntervalMs,
      };
      whole = {facts, processId: process.id, clock: clockOf(reply)};
      wholeAt = now();
      return whole;
    }
    return {...whole, clock: clockOf(await open.get('/healthz', {signal}))};
  };
}

async function openUntil(node: ApiProbeOptions['node'], signal: AbortSignal): Promise<KubeletRoute> {
  const route = await node.openRoute(signal);
  signal.addEventListener('abort', () => void route.close(), {once: true});
  return route;
}

function clockOf(reply: KubeletReply): Probe['clock'] {
  return reply.date == null ? null : readingFromDate({...reply, date: reply.date});
}

function textOf({status, body}: KubeletReply): string | null {
  return status === 200 ? body : null;
}

/** The process's own metrics: `process_start_time_seconds` has hundredths of a second. */
function processOf(metrics: string) {
  const seconds = Number(/^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN);
  const startedAt = Number.isFinite(seconds) ? nodeMs(Math.round(seconds * 1000)) : null;
  const version = /^kubernetes_build_info\{[^}]*\bgit_version="([^"]+)"/m.exec(metrics)?.[1] ?? null;
  return {startedAt, version, id: startedAt === null ? null : String(startedAt)};
}

interface Flags {
  readonly verbosity: number | null;
  readonly housekeepingIntervalMs: number | null;
}

const noFlags: Flags = {verbosity: null, housekeepingIntervalMs: null};

/**
 * The flags in `/flagz`, which puts `:`, `: `, `=` or a blank behind the name, one of them each time; or in the lines
 * `FLAG: --name="value"`. The last word counts.
 */
export function flagsOf(text: string): Flags {
  const value = (name: string) =>
    [...text.matchAll(new RegExp(`(?:^|FLAG: --)${name}(?:: |[:= ])"?([^"\\s]+)`, 'gm'))].at(-1)?.[1] ?? null;
  const [v, interval] = [value('v'), value('housekeeping-interval')];
  if (v === null && interval === null) return noFlags;
  const verbosity = Number(v ?? Number.NaN);
  return {
    verbosity: Number.isNaN(verbosity) ? null : verbosity,
    housekeepingIntervalMs: interval === null ? null : goDurationMs(interval),
  };
}

function flagLines(unit: string): string {
  const pattern = encodeURIComponent('FLAG: --(v|housekeeping-interval)=');
  return `/logs/?query=${encodeURIComponent(unit.replace(/\.service$/, ''))}&boot=0&pattern=${pattern}&tailLines=2`;
}

async function versionOf(node: ApiProbeOptions['node'], signal: AbortSignal): Promise<string | null> {
  const reply = await node.askApi?.((name) => `/api/v1/nodes/${name}`, signal);
  return reply?.status === 200 ? (textAt(parseJson(reply.body), 'status', 'nodeInfo', 'kubeletVersion') ?? null) : null;
}

/** `kubeletconfig.logging.verbosity`: the configuration file's, which `--v` is merged into (1.23 and later). */
function verbosityOf(config: unknown): number | null {
  const verbosity = at(config, 'kubeletconfig', 'logging', 'verbosity');
  return typeof verbosity === 'number' ? verbosity : null;
}
