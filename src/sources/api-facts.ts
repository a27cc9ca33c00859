import {ClockEstimate, readingFromDate} from '../model/clock-estimate.ts';
import type {Event, NodeFacts} from '../model/event.ts';
import {localMs, type ClockOffset, type LocalMs} from '../model/time.ts';
import {at, parseJson, textAt} from '../nodes/json.ts';
import type {KubeletRoute, Node} from '../nodes/node.ts';
import {pause} from '../pause.ts';

export interface ApiFactsOptions {
  readonly node: Pick<Node, 'name' | 'askApi' | 'openRoute'>;
  readonly now?: () => LocalMs;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Odd, so that the exchanges fall on all moments of a second. */
const everyMs = 7_310;
/** The version and the configuration change with the process only. */
const factsEveryMs = 60_000;

/**
 * What can be known of a node on which no command runs: the version from the API server, `--v` from the kubelet's
 * `/configz` where that is allowed, the clock from the `Date` of its answers. The housekeeping interval is a flag and in
 * neither; the forecast then learns it from the ticks.
 */
export async function* followApiFacts(options: ApiFactsOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const {node} = options;
  const now = options.now ?? (() => localMs(Date.now()));
  const sleep = options.pause ?? pause;
  const clock = new ClockEstimate();
  let route: KubeletRoute | null = null;
  let told: ClockOffset | null = null;
  let facts: NodeFacts | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  try {
    while (!signal.aborted) {
      try {
        route ??= await node.openRoute(signal);
        const whole = now() - askedAt >= factsEveryMs;
        const reply = await route.get(whole ? '/configz' : '/healthz', {signal});
        if (reply.date != null) {
          const offset = clock.take(readingFromDate({...reply, date: reply.date}));
          if (told === null || Math.abs(told.aheadMs - offset.aheadMs) > 20) yield {type: 'clock', offset};
          told = offset;
        }
        if (whole) {
          askedAt = now();
          const config = reply.status === 200 ? parseJson(reply.body) : undefined;
          const read = {...unknown, kubeletVersion: await versionOf(node, signal), verbosity: verbosityOf(config)};
          if (JSON.stringify(read) !== JSON.stringify(facts)) yield {type: 'facts', at: now(), facts: read};
          facts = read;
        }
      } catch {
        // The stats ask over the same ways and say what is wrong.
      }
      await sleep(everyMs, signal);
    }
  } finally {
    await route?.close();
  }
}

const unknown: NodeFacts = {
  kubeletVersion: null,
  kubeletPid: null,
  kubeletStartedAt: null,
  verbosity: null,
  housekeepingIntervalMs: null,
};

async function versionOf(node: ApiFactsOptions['node'], signal: AbortSignal): Promise<string | null> {
  const reply = await node.askApi?.(`/api/v1/nodes/${encodeURIComponent(node.name)}`, signal);
  return reply?.status === 200 ? (textAt(parseJson(reply.body), 'status', 'nodeInfo', 'kubeletVersion') ?? null) : null;
}

/** `kubeletconfig.logging.verbosity`: the configuration file's, which `--v` is merged into. */
function verbosityOf(config: unknown): number | null {
  const verbosity = at(config, 'kubeletconfig', 'logging', 'verbosity');
  return typeof verbosity === 'number' ? verbosity : null;
}
