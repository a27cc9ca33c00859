import type {KubeletRoute, Node, NodeShell} from '../nodes/node.ts';
import type {WatchOptions} from './options.ts';
import type {Source} from './session.ts';
import {followJournal} from '../sources/journal/follow-journal.ts';
import {apiProbeMs, probeByApi} from '../sources/facts/api-probe.ts';
import {FactsSource, type FactsOptions} from '../sources/facts/facts-source.ts';
import {followJournalQuery} from '../sources/journal/log-query.ts';
import {probeByShell, shellProbeMs} from '../sources/facts/shell-probe.ts';
import {podLookups, watchPods} from '../sources/facts/pods.ts';
import {Recorder} from '../sources/recording/recorder.ts';
import {followStats, type StatsPace} from '../sources/stats/follow-stats.ts';
import {RequestGate} from '../sources/stats/request-gate.ts';

/** How much of the journal is shown from before the start, where `--since` does not say. */
const linesBefore = 1000;

/** All that is listened to on a watched node: stats and pods, and where commands can be run its facts and journal. */
export function createSources(node: Node, options: WatchOptions, pace: StatsPace): readonly Source[] {
  const recorder = options.record === null ? null : new Recorder(options.record, node.name, Date.now());
  const all = sourcesOf(node, options, pace, recorder);
  return recorder === null ? all : all.map((source) => recordedBy(recorder, source));
}

function sourcesOf(node: Node, options: WatchOptions, pace: StatsPace, recorder: Recorder | null): readonly Source[] {
  const {unit} = options.connection;
  const {shell} = node;
  const gate = new RequestGate();
  const gated = {openRoute: async (signal: AbortSignal) => gate.tapRoute(await node.openRoute(signal))};
  const looks = {
    askApi: node.askApi?.bind(node),
    openRoute: async (signal: AbortSignal) => gate.tapLooks(await node.openRoute(signal)),
  };
  const [journal, probe, everyMs] =
    shell.kind === 'none'
      ? ([journalQueryOf(node, options), probeByApi({node: looks, unit}), apiProbeMs] as const)
      : ([journalOf(node, shell.shell, options), probeEitherWay(looks, shell.shell, unit), shellProbeMs] as const);
  const facts = new FactsSource({probe, everyMs, unit});
  const observed = [statsOf(gated, pace, recorder), podsOf(node, options), journal].map((source) => tap(facts, source));
  return [(signal) => facts.events(signal), ...observed];
}

/** By commands; over HTTPS as long as none has ever run, on a node without a shell for example. */
function probeEitherWay(
  node: Pick<Node, 'askApi' | 'openRoute'>,
  shell: NodeShell,
  unit: string,
): FactsOptions['probe'] {
  const [byShell, byApi] = [probeByShell({shell, unit}), probeByApi({node, unit})];
  let ran = false;
  return async (...context) => {
    const probe = await byShell(...context).catch(() => null);
    ran ||= probe !== null;
    return ran ? probe : byApi(...context);
  };
}

/** Only the stats: enough to see when a restarted kubelet answers again. */
export function statsOf(node: Pick<Node, 'openRoute'>, pace: StatsPace, recorder: Recorder | null = null): Source {
  const openRoute = async (signal: AbortSignal): Promise<KubeletRoute> => {
    const route = await node.openRoute(signal);
    return recorder === null ? route : recorder.tapRoute(route);
  };
  return async function* (signal, sleep) {
    try {
      yield* followStats({openRoute, pace, sleep}, signal);
    } finally {
      await recorder?.close(Date.now());
    }
  };
}

/** The same events, kept in the recording; polls say so when it cannot be written any more. */
function recordedBy(recorder: Recorder, source: Source): Source {
  return async function* (...context) {
    for await (const event of source(...context)) {
      recorder.onEvent(event);
      const {problem} = recorder;
      if (event.type === 'poll') yield {type: 'recording', ...recorder.written, problem};
      if (problem === null || event.type !== 'poll') yield event;
      else yield {...event, poll: {...event.poll, problems: [...event.poll.problems, problem]}};
    }
  };
}

function podsOf(node: Node, {pods}: WatchOptions): Source {
  // Where labels decide what is watched, a replaced pod should be found soon.
  const everyMs = pods.labels.length === 0 ? 30_000 : 10_000;
  return (signal) => watchPods({lookups: podLookups(node), everyMs}, signal);
}

function journalOf(node: Node, shell: NodeShell, {journal}: WatchOptions): Source {
  const {units, since, boot, sourceGrep, tickPattern} = journal;
  const where = {shell, commandPrefix: node.commandPrefix, lines: linesBefore};
  return (signal) => followJournal({...where, units, since, boot, sourceGrep, tickPattern}, signal);
}

/** The journal of a node on which no command runs, as far as its kubelet tells. */
function journalQueryOf(node: Node, {connection}: WatchOptions): Source {
  const unit = connection.unit.replace(/\.service$/, '');
  const openRoute = (signal: AbortSignal) => node.openRoute(signal);
  return (signal) => followJournalQuery({openRoute, unit, lines: linesBefore}, signal);
}

/** The same events, and what the facts make of them; what speaks of a restart makes them be looked up at once. */
function tap(facts: FactsSource, source: Source): Source {
  return async function* (...context) {
    for await (const event of source(...context)) {
      yield* facts.onEvent(event);
      yield event;
    }
  };
}
