import {LentRoute} from '../nodes/kubelet/lent-route.ts';
import type {KubeletRoute, Node, NodeShell} from '../nodes/node.ts';
import type {Attention} from './attention.ts';
import type {JournalOptions, WatchOptions} from './options.ts';
import type {Source} from './session.ts';
import {followJournal} from '../sources/journal/follow-journal.ts';
import {apiProbeMs, apiProbeWholeMs, probeByApi} from '../sources/facts/api-probe.ts';
import {FactsSource, type FactsOptions} from '../sources/facts/facts-source.ts';
import {followJournalQuery, queryEveryMs} from '../sources/journal/log-query.ts';
import {probeByShell, shellProbeIfHeardMs, shellProbeIfToldMs, shellProbeMs} from '../sources/facts/shell-probe.ts';
import {podLookups, watchPods, type PodLookup} from '../sources/facts/pods.ts';
import {localMs} from '../model/time.ts';
import {sleep} from '../util/sleep.ts';
import type {PaneModels} from './pane-models.ts';
import {followTruth} from '../sources/truth/follow-truth.ts';
import type {RecordingDeck} from './recording-deck.ts';
import {followStats, type StatsPace} from '../sources/stats/follow-stats.ts';
import {RequestGate} from '../sources/stats/request-gate.ts';

/** How long to wait for what is asked so often while somebody looks. */
type Slowed = (ms: number) => number;
const asItIs: Slowed = (ms) => ms;

/** How much of the journal is shown from before the start, where `--since` does not say. */
const linesBefore = 1000;

/** What the sources of a node are made with besides. */
interface SourceSetting {
  /** Who says when the kubelet is asked; default: the housekeeping pane's model. */
  readonly pace?: StatsPace;
  /** Whether somebody looks; null: always. */
  readonly attention?: Attention | null;
}

/** All that is listened to on a watched node: stats and pods, and where commands can be run its facts and journal. */
export function createSources(
  node: Node,
  options: WatchOptions,
  models: PaneModels,
  deck: RecordingDeck,
  {pace = models.housekeeping, attention = null}: SourceSetting = {},
): readonly Source[] {
  deck.reached(node.name);
  const heard = sourcesOf(node, options, {pace: attention?.paceOf(pace) ?? pace, deck, attention});
  const ordered = options.output === 'tui' ? journalFirst(heard) : [heard.journal, ...heard.others];
  return [deck.events, ...ordered.map((source) => deck.tap(source)), ...truthOf(node, options, models, attention)];
}

/** A journal that says nothing for so long keeps nobody waiting. */
const firstWithinMs = 500;
/** Time for a frame with its lines. */
const drawnMs = 25;

/**
 * Who looks at a screen waits for its first lines: only when they have come the node is asked for all the rest. Half a
 * dozen commands at once are half as quick, each of them.
 */
function journalFirst({journal, others}: ReturnType<typeof sourcesOf>): readonly Source[] {
  const heard = Promise.withResolvers<undefined>();
  const first: Source = async function* (...context) {
    for await (const event of journal(...context)) {
      // It follows as soon as anything comes: the lines are next.
      const isBeforeLines =
        event.type === 'journal-stream' && (event.state.kind === 'connecting' || event.state.kind === 'following');
      if (!isBeforeLines) heard.resolve(undefined);
      yield event;
    }
  };
  const later = (source: Source): Source =>
    async function* (signal, ...context) {
      await Promise.race([heard.promise, sleep(firstWithinMs, signal)]);
      await sleep(drawnMs, signal);
      yield* source(signal, ...context);
    };
  return [first, ...others.map(later)];
}

/** How often the counters are read while nobody can see the screen: below what the chart takes for a gap. */
const unseenTruthMs = 5000;

/** What the watched targets really use: only for who looks at the chart. */
function truthOf(
  {shell}: Node,
  {output}: WatchOptions,
  {cpu}: PaneModels,
  attention: Attention | null,
): readonly Source[] {
  if (shell.kind === 'none' || output !== 'tui') return [];
  const targets = () => (attention?.isShown === false ? [] : cpu.truthTargets());
  // The counters go on counting: read more seldom they show a coarser curve, and no other one.
  const everyMs = () => (attention?.everyMs == null ? 1000 : unseenTruthMs);
  return [(signal) => followTruth({shell: shell.shell, targets, everyMs}, signal)];
}

interface SourcesOptions {
  readonly pace: StatsPace;
  readonly deck: RecordingDeck;
  readonly attention: Attention | null;
}

function sourcesOf(
  node: Node,
  options: WatchOptions,
  {pace, deck, attention}: SourcesOptions,
): {readonly journal: Source; readonly others: readonly Source[]} {
  const {unit} = options.connection;
  const {shell} = node;
  const gate = new RequestGate();
  const lent = new LentRoute((signal) => node.openRoute(signal));
  const gated = {openRoute: async (signal: AbortSignal) => gate.tapRoute(await lent.open(signal))};
  const looks = {
    askApi: node.askApi?.bind(node),
    openRoute: async (signal: AbortSignal) => gate.tapLooks(await node.openRoute(signal)),
  };
  const slowed: Slowed = (ms) => attention?.slowed(ms) ?? ms;
  const journal = journalOf(node, options.journal, unit, slowed);
  const {probe, everyMs} = lookOf(shell, looks, unit, slowed);
  // Read before each look: what nobody looks at any more is asked seldom.
  const facts = new FactsSource({
    probe,
    unit,
    get everyMs() {
      return slowed(everyMs);
    },
    get everyMsIfTold() {
      return slowed(shell.kind === 'none' ? everyMs : shellProbeIfToldMs);
    },
    get everyMsIfHeard() {
      return slowed(hearsSystemd(options.journal, unit) ? Math.max(everyMs, shellProbeIfHeardMs) : everyMs);
    },
  });
  const observed = [
    statsOf(gated, pace, deck),
    podsOf(podLookups(node.askApi?.bind(node), lent.borrow), options, slowed),
  ].map((source) => tap(facts, source));
  const left = shell.kind === 'none' ? [] : [leftDeploy(node, shell.shell, unit)];
  return {journal: tap(facts, journal), others: [(signal) => facts.events(signal), ...observed, ...left]};
}

/** Whether what systemd says of the kubelet is among what is read of the journal. */
function hearsSystemd({units, sourceGrep}: WatchOptions['journal'], unit: string): boolean {
  const plain = (name: string): string => name.replace(/\.service$/, '');
  return sourceGrep === null && units.some((one) => plain(one) === plain(unit));
}

/** After the first picture there is time to look whether a deploy was cut off on this node. */
const leftAfterMs = 1500;
const leftAgainMs = 20_000;

function leftDeploy(node: Node, shell: NodeShell, unit: string): Source {
  return async function* (signal) {
    await sleep(leftAfterMs, signal);
    if (signal.aborted) return;
    const {leftOver} = await import('../commands/deploy/plan.ts');
    const look = () => leftOver({...node, shell, unit, signal});
    const left = await look().catch(() => null);
    if (left === null) return;
    const told = {type: 'cut-off', command: left.deploy.kind} as const;
    yield {...told, at: localMs(Date.now()), failure: left.failure};
    if (!(await isSettled(look, signal))) return;
    yield {...told, at: localMs(Date.now()), failure: null};
  };
}

/** Whether a deploy that was cut off was finished or undone, by us or somebody else; false when the signal aborts first. */
async function isSettled(look: () => Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    await sleep(leftAgainMs, signal);
    // A look that fails says nothing.
    const left = await look().catch(() => undefined);
    if (left === null) return true;
  }
  return false;
}

/** How the facts are looked up, and how often. */
function lookOf(
  shell: Node['shell'],
  reach: Pick<Node, 'askApi' | 'openRoute'>,
  unit: string,
  slowed = asItIs,
): Pick<FactsOptions, 'probe' | 'everyMs'> {
  const byApi = probeByApi({
    node: reach,
    unit,
    get wholeEveryMs() {
      return slowed(apiProbeWholeMs);
    },
  });
  if (shell.kind === 'none') return {probe: byApi, everyMs: apiProbeMs};
  return {probe: probeEitherWay(byApi, shell.shell, unit), everyMs: shellProbeMs};
}

/** By commands; over HTTPS as long as none has ever run, on a node without a shell for example. */
function probeEitherWay(byApi: FactsOptions['probe'], shell: NodeShell, unit: string): FactsOptions['probe'] {
  const byShell = probeByShell({shell, unit});
  let ran = false;
  return async (...context) => {
    const probe = await byShell(...context).catch(() => null);
    ran ||= probe !== null;
    return ran ? probe : byApi(...context);
  };
}

/** The stats and what is known of the process behind them: enough to see that another one was started. */
export function statsAndFacts(node: Node, unit: string, pace: StatsPace): readonly Source[] {
  const facts = new FactsSource({...lookOf(node.shell, node, unit), unit});
  return [(signal) => facts.events(signal), tap(facts, statsOf(node, pace))];
}

/** Only the stats: enough to see when a restarted kubelet answers again. */
export function statsOf(node: Pick<Node, 'openRoute'>, pace: StatsPace, deck: RecordingDeck | null = null): Source {
  const openRoute = async (signal: AbortSignal): Promise<KubeletRoute> => {
    const route = await node.openRoute(signal);
    return deck === null ? route : deck.tapRoute(route);
  };
  return (signal, _, sleep) => followStats({openRoute, pace, sleep}, signal);
}

function podsOf(lookups: readonly PodLookup[], {pods}: WatchOptions, slowed: Slowed): Source {
  // Where labels decide what is watched, a replaced pod should be found soon.
  const everyMs = pods.labels.length === 0 ? 30_000 : 10_000;
  return (signal) =>
    watchPods(
      {
        lookups,
        get everyMs() {
          return slowed(everyMs);
        },
      },
      signal,
    );
}

/** Which of the journal is read. */
type JournalRange = Pick<JournalOptions, 'units' | 'since' | 'boot' | 'sourceGrep' | 'tickPattern'>;

/**
 * The journal of a node; where no command runs there, as far as its kubelet tells, which is asked every 2 s, or as `slowed`
 * makes of that. `unit` is the kubelet's.
 */
export function journalOf(node: Node, journal: JournalRange, unit: string, slowed = asItIs): Source {
  if (node.shell.kind === 'none') {
    const openRoute = (signal: AbortSignal) => node.openRoute(signal);
    const query = {openRoute, unit: unit.replace(/\.service$/, ''), lines: linesBefore};
    return (signal, pause) =>
      followJournalQuery(
        {
          ...query,
          sleep: pause,
          get everyMs() {
            return slowed(queryEveryMs);
          },
        },
        signal,
      );
  }
  const {units, since, boot, sourceGrep, tickPattern} = journal;
  const where = {shell: node.shell.shell, commandPrefix: node.commandPrefix, lines: linesBefore};
  return (signal) => followJournal({...where, units, since, boot, sourceGrep, tickPattern}, signal);
}

/** The same events, and what the facts make of them; what speaks of a restart makes them be looked up at once. */
export function tap(facts: FactsSource, source: Source): Source {
  return async function* (...context) {
    for await (const event of source(...context)) {
      yield* facts.onEvent(event);
      yield event;
    }
  };
}
