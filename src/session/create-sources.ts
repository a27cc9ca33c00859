import {compileTickPattern, type TickPattern} from '../model/journal/tick-pattern.ts';
import type {KubeletRoute, Node, NodeShell} from '../nodes/node.ts';
import type {WatchOptions} from './options.ts';
import type {Source} from './session.ts';
import {followJournal} from '../sources/journal/follow-journal.ts';
import {apiLookMs, lookByApi} from '../sources/facts/api-probe.ts';
import {FactsSource, type FactsOptions} from '../sources/facts/facts-source.ts';
import {followJournalQuery} from '../sources/journal/log-query.ts';
import {lookByShell, nodeLookMs} from '../sources/facts/shell-probe.ts';
import {podLookups, watchPods} from '../sources/facts/pods.ts';
import {Recorder} from '../sources/recording/recorder.ts';
import {followStats, type StatsPace} from '../sources/stats/follow-stats.ts';

/** How much of the journal is shown from before the start, where `--since` does not say. */
const linesBefore = 1000;

/** All that is listened to on a watched node: stats and pods, and where commands can be run its facts and journal. */
export function listenTo(node: Node, options: WatchOptions, pace: StatsPace): readonly Source[] {
  const recorder = options.record === null ? null : new Recorder(options.record, node.name, Date.now());
  const all = sourcesOf(node, options, pace, recorder);
  return recorder === null ? all : all.map((source) => recordedBy(recorder, source));
}

function sourcesOf(node: Node, options: WatchOptions, pace: StatsPace, recorder: Recorder | null): readonly Source[] {
  const {unit} = options.reach;
  const {shell} = node;
  const [journal, look, everyMs] =
    shell.kind === 'none'
      ? ([journalQueryOf(node, options), lookByApi({node, unit}), apiLookMs] as const)
      : ([journalOf(node, shell.shell, options), lookEitherWay(node, shell.shell, unit), nodeLookMs] as const);
  const facts = new FactsSource({look, everyMs, unit});
  const heard = [statsOf(node, pace, recorder), podsOf(node, options), journal].map((source) => heardBy(facts, source));
  return [(signal) => facts.events(signal), ...heard];
}

/** By commands; over HTTPS as long as none has ever run, on a node without a shell for example. */
function lookEitherWay(node: Node, shell: NodeShell, unit: string): FactsOptions['look'] {
  const [byShell, byApi] = [lookByShell({shell, unit}), lookByApi({node, unit})];
  let ran = false;
  return async (...context) => {
    const look = await byShell(...context).catch(() => null);
    ran ||= look !== null;
    return ran ? look : byApi(...context);
  };
}

/** Only the stats: enough to see when a restarted kubelet answers again. */
export function statsOf(node: Node, pace: StatsPace, recorder: Recorder | null = null): Source {
  const openRoute = async (signal: AbortSignal): Promise<KubeletRoute> => {
    const route = await node.openRoute(signal);
    return recorder === null ? route : recorder.listenTo(route);
  };
  return async function* (signal, pause) {
    try {
      yield* followStats({openRoute, pace, pause}, signal);
    } finally {
      await recorder?.close(Date.now());
    }
  };
}

/** The same events, kept in the recording; polls say so when it cannot be written any more. */
function recordedBy(recorder: Recorder, source: Source): Source {
  return async function* (...context) {
    for await (const event of source(...context)) {
      recorder.hear(event);
      const {problem} = recorder;
      if (problem === null || event.type !== 'poll') yield event;
      else yield {...event, poll: {...event.poll, problems: [...event.poll.problems, problem]}};
    }
  };
}

function podsOf(node: Node, {pods}: WatchOptions): Source {
  // Where labels decide what is watched, a replaced pod should be found soon.
  const everyMs = pods.labels === null ? 30_000 : 10_000;
  return (signal) => watchPods({lookups: podLookups(node), everyMs}, signal);
}

function journalOf(node: Node, shell: NodeShell, {journal}: WatchOptions): Source {
  const tickPattern = tickPatternOf(journal.tickPattern);
  const {units, since, boot, sourceGrep} = journal;
  const where = {shell, by: node.by, lines: linesBefore};
  return (signal) => followJournal({...where, units, since, boot, sourceGrep, tickPattern}, signal);
}

/** The journal of a node on which no command runs, as far as its kubelet tells. */
function journalQueryOf(node: Node, {reach}: WatchOptions): Source {
  const unit = reach.unit.replace(/\.service$/, '');
  const openRoute = (signal: AbortSignal) => node.openRoute(signal);
  return (signal) => followJournalQuery({openRoute, unit, lines: linesBefore}, signal);
}

/** The same events; what speaks of a restart makes the facts be looked up at once. */
function heardBy(facts: FactsSource, source: Source): Source {
  return async function* (...context) {
    for await (const event of source(...context)) {
      facts.hear(event);
      yield event;
    }
  };
}

/** The command line was checked when it was read. */
function tickPatternOf(source: string | null): TickPattern | null {
  const compiled = source === null ? null : compileTickPattern(source);
  return compiled?.ok === true ? compiled.pattern : null;
}
