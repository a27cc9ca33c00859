import {readingFromDate, type ClockReading} from '../model/clock-estimate.ts';
import type {NodeFacts} from '../model/event.ts';
import type {KubeletRoute, Node} from '../nodes/node.ts';
import {journalOf, tap} from '../session/create-sources.ts';
import type {Source} from '../session/session.ts';
import {FactsSource} from '../sources/facts/facts-source.ts';
import {probeByShell, shellProbeMs} from '../sources/facts/shell-probe.ts';
import {followStats} from '../sources/stats/follow-stats.ts';
import {sleep} from '../util/sleep.ts';
import {limitedRoute, type RequestBudget} from './request-budget.ts';
import type {Rota} from './rota.ts';

/** What the nodes of an exporter share, and who counts the requests of this one. */
export interface Shared {
  readonly budget: RequestBudget;
  readonly rota: Rota;
  readonly asked: () => void;
}

/** A node that is down is asked ever more seldom. */
const backOff = {firstMs: 1000, longestMs: 60_000};
const clockEveryMs = 10_000;
const nothingKnown: NodeFacts = {
  kubeletVersion: null,
  kubeletPid: null,
  kubeletStartedAt: null,
  verbosity: null,
  housekeepingIntervalMs: null,
};

/**
 * The least that tells the metrics of a node: one request a poll. Restarts and the clock are read off the headers of the
 * same answers.
 */
export function lightSources(
  name: string,
  openRoute: (signal: AbortSignal) => Promise<KubeletRoute>,
  shared: Shared,
): readonly Source[] {
  let clock: ClockReading | null = null;
  const facts = new FactsSource({
    probe: () => Promise.resolve({facts: nothingKnown, processId: null, clock}),
    everyMs: clockEveryMs,
    unit: '',
  });
  const stats = statsOf(name, openRoute, shared, (reading) => (clock = reading));
  return [(signal) => facts.events(signal), tap(facts, stats)];
}

/** The sources of a node that was named: where commands can be run its facts too, and its journal where lines are counted. */
export function namedSources(node: Node, unit: string, countsLines: boolean, shared: Shared): readonly Source[] {
  const {shell} = node;
  const openRoute = (signal: AbortSignal): Promise<KubeletRoute> => node.openRoute(signal);
  const journal = journalOf(node, {units: [unit], since: null, boot: null, sourceGrep: null, tickPattern: null}, unit);
  if (shell.kind === 'none') {
    return [...lightSources(node.name, openRoute, shared), ...(countsLines ? [journal] : [])];
  }
  const probe = probeByShell({shell: shell.shell, unit});
  const facts = new FactsSource({probe, everyMs: shellProbeMs, unit});
  const observed = [statsOf(node.name, openRoute, shared, () => undefined), ...(countsLines ? [journal] : [])];
  return [(signal) => facts.events(signal), ...observed.map((source) => tap(facts, source))];
}

function statsOf(
  name: string,
  openRoute: (signal: AbortSignal) => Promise<KubeletRoute>,
  {budget, rota, asked}: Shared,
  read: (clock: ClockReading) => void,
): Source {
  const open = async (signal: AbortSignal): Promise<KubeletRoute> =>
    limitedRoute(await openRoute(signal), budget, asked, (reply) => {
      if (reply.date != null) read(readingFromDate({...reply, date: reply.date}));
    });
  return async function* (signal) {
    // The first poll too has its moment: a thousand nodes are not asked at once.
    await sleep(rota.delayMs(name, Date.now()) % rota.everyMs, signal);
    yield* followStats({openRoute: open, pace: rota.paceOf(name), backOff}, signal);
  };
}
