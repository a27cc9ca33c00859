import type {ActionOptions} from './cli/action-flags.ts';
import type {Request} from './cli/arguments.ts';
import {nameTheNode, onNode, refuse} from './cli/on-node.ts';
import {describeFailure, FailureError, type Failure} from './model/failure.ts';
import {noKeys, type KeyNames} from './model/screen/key.ts';
import {connectionTo, type ChosenNode} from './nodes/chosen-node.ts';
import type {NodeError} from './nodes/node-error.ts';
import {shellQuote} from './nodes/exec/shell-quote.ts';
import type {NodeWish} from './nodes/node-words.ts';
import {connect, connectAhead} from './session/connect.ts';
import type {WatchOptions} from './session/options.ts';
import {folderOfNext, recordingFolders, type Recordings} from './session/recording-folders.ts';
import type {SessionOptions} from './session/session.ts';
import {watchingOf, type Watching, type WatchingOptions} from './session/watching.ts';
import {recordingProblem} from './sources/recording/recorder.ts';
import {missingTerminal} from './terminal/print.ts';

type WatchRequest = Extract<Request, {readonly kind: 'watch'}>;

/** Watches nodes, on a screen or as JSON lines; where none is named, a screen asks which. Resolves with the exit code. */
export async function watch(request: WatchRequest, nodes: readonly NodeWish[]): Promise<number> {
  const {options, actions} = request;
  const isScreen = options.output === 'tui';
  const unfit = isScreen ? noScreen() : null;
  if (nodes.length === 0 && (!isScreen || unfit !== null)) {
    return refuse(unfit === null ? nameTheNode : `${nameTheNode}; ${unfit}`);
  }
  const recording = folderProblem(options, nodes);
  if (recording !== null) return refuse(describeFailure(recording));
  if (unfit !== null) return refuse(unfit);
  if (isScreen) return watchOnScreen(request, nodes);
  const run = async (all: readonly Watching[]): Promise<number | NodeError> => {
    const {output} = options;
    if (output === 'table' || output === 'json') {
      const {runOnce} = await import('./cli/run-once.ts');
      return worstOf(await Promise.all(all.map((one) => runOnce(output, one))));
    }
    const {watchLines} = await import('./jsonl/watch-lines.ts');
    return watchLines(options.forMs, all);
  };
  const setting = {actions, keys: noKeys};
  return nodes.length > 1
    ? onSeveral(options, setting, nodes, run)
    : onOne({...options, connection: nodes[0]?.connection ?? options.connection}, setting, (one) => run([one]));
}

/** What several nodes come to: the first that is not to be found, else the worst exit code. */
function worstOf(ends: readonly (number | NodeError)[]): number | NodeError {
  const codes = ends.filter((end) => typeof end === 'number');
  return ends.find((end) => typeof end !== 'number') ?? Math.max(0, ...codes);
}

/** What holds for all nodes alike: what may be done to them, and the user's keys. */
interface Setting {
  readonly actions: ActionOptions;
  readonly keys: KeyNames;
  /** What a single node's screen says first. */
  readonly opening?: string | null;
}

const isDemo = ({connection}: NodeWish): boolean => connection.via === 'demo';

/** Why no screen can be drawn here; null where it can. */
function noScreen(): string | null {
  const missing = missingTerminal();
  if (missing !== null) return `${missing}; for scripts use: ktop --output jsonl …`;
  return process.env.TERM === 'dumb' ? 'TERM=dumb draws no screen; line by line: ktop --output jsonl …' : null;
}

/** Why what the nodes say cannot be kept; null where it can, or is not to be. */
function folderProblem({record: {dir}}: WatchOptions, nodes: readonly NodeWish[]): Failure | null {
  if (dir === null) return null;
  if (nodes.length < 2) return recordingProblem(dir);
  const problem = recordingFolders(dir, nodes)
    .map(recordingProblem)
    .find((one) => one !== null);
  // What is to be named is the folder of all.
  return problem === undefined ? null : {...problem, next: `--record ${dir.replace(/\/+$/, '')}-2`};
}

async function watchOnScreen({options, actions, keys}: WatchRequest, nodes: readonly NodeWish[]): Promise<number> {
  const [only] = nodes;
  // The simulated node is found in no time.
  let ahead = only === undefined || nodes.length > 1 || isDemo(only) ? undefined : connectAhead(only.connection);
  // Until whoever knows nodes has been asked: what comes now, the first frame above all, leaves no time to begin with it.
  if (ahead !== undefined) await new Promise(setImmediate);
  const [{usersKeymap}, {Terminal}, {startScreen}] = await Promise.all([
    import('./tui/users-keymap.ts'),
    import('./tui/terminal.ts'),
    import('./tui/start-screen.tsx'),
  ]);
  const keymap = usersKeymap(keys);
  if (keymap === null) return 2;
  const terminal = await Terminal.open(options, process.env);
  const {readOnly} = actions;
  const setting: Setting = {actions, keys: (name) => keymap.keyOf(name)};
  if (nodes.length > 1) {
    return onSeveral(options, setting, nodes, (all, another) =>
      startScreen(options, {keymap, terminal, readOnly, another}, all),
    );
  }
  const recordings = {dir: options.record.dir, areSeveral: false, given: new Set<string>()};
  let own: WatchOptions | null = only === undefined ? null : {...options, connection: only.connection};
  let opening: string | null = null;
  if (own === null) {
    const {chooseNode} = await import('./tui/choose-node.tsx');
    const chosen = await chooseNode(options.connection, terminal);
    if (typeof chosen === 'number') return chosen;
    own = {...options, connection: connectionTo(chosen, options.connection)};
  }
  for (;;) {
    const shown: WatchOptions = own;
    const next: {own: Another | null} = {own: null};
    const face = (one: Watching): Promise<number | NodeError> => {
      const switchTo = (node: ChosenNode): void => void (next.own = onAnother(node, one, recordings));
      return startScreen(shown, {keymap, terminal, readOnly, switchTo}, [one]);
    };
    const code = await onOne(shown, {...setting, opening}, face, ahead);
    ahead = undefined;
    if (next.own === null) return code;
    ({options: own, opening} = next.own);
  }
}

/** The options of a node that takes the place of another, and what is to be said of that. */
type Another = Pick<Watching, 'options' | 'opening'>;

/**
 * What holds on the node that takes the place of another: where that is recorded, this one is, too, in a folder of its
 * own; a build that was waited for is for the node that was named with it.
 */
function onAnother(node: ChosenNode, {options, deck}: Watching, recordings: Recordings): Another {
  const {connection, deploys, record} = options;
  const {binary, watchBinary} = deploys;
  const isFree = (folder: string): boolean => recordingProblem(folder) === null;
  const dir = deck.isOn ? folderOfNext(node.node ?? node.via, recordings, isFree, new Date()) : null;
  const opening = [
    ...(dir === null ? [] : [`the recording goes on in ${dir}`]),
    ...(dir === null && deck.isOn ? ['nothing is recorded any more: there is no folder for it'] : []),
    ...(deck.folder === null ? [] : [`before it: ${shellQuote(['ktop', 'replay', deck.folder])}`]),
  ].join('; ');
  return {
    options: {
      ...options,
      connection: connectionTo(node, connection),
      deploys: {...deploys, binary: binary ?? watchBinary, watchBinary: null},
      record: {...record, dir},
    },
    opening: opening === '' ? null : opening,
  };
}

/** Runs a face with all that is told of one node: what the panes show, the metrics beside them, the recording. */
async function onOne(
  options: WatchOptions,
  setting: Setting,
  face: (watching: Watching) => Promise<number | NodeError>,
  ahead?: SessionOptions['connect'],
): Promise<number> {
  const label = options.connection.node ?? '';
  const watchFrom = (find: SessionOptions['connect']) =>
    withMetrics(options, (beside) => face(watchingOf({...setting, label, options, connect: find, beside, nodes: 1})));
  return onNode(options.connection, watchFrom, ahead);
}

/** So long after the one before a node is looked for: each search starts programs of its own. */
const apartMs = 100;

/**
 * Runs a face with several nodes; one that cannot be found is told of in its place, and looked for again. `another` makes
 * ready what takes the place of one of them.
 */
async function onSeveral(
  options: WatchOptions,
  setting: Setting,
  nodes: readonly NodeWish[],
  face: (
    all: readonly Watching[],
    another: (node: ChosenNode, before: Watching) => Watching,
  ) => Promise<number | NodeError>,
): Promise<number> {
  const folders = options.record.dir === null ? null : recordingFolders(options.record.dir, nodes);
  const recordings = {dir: options.record.dir, areSeveral: true, given: new Set(folders)};
  const end = await withMetrics(options, (beside) => {
    const ready = (label: string, {options: own, opening}: Another, waitMs: number): Watching => {
      const find = findAfter(own.connection, waitMs);
      return watchingOf({...setting, label, options: own, opening, connect: find, beside, nodes: nodes.length});
    };
    const all = nodes.map(({label, connection}, i) => {
      const record = {...options.record, dir: folders?.[i] ?? null};
      return ready(label, {options: {...options, connection, record}, opening: null}, i * apartMs);
    });
    return face(all, (node, before) => ready(node.node ?? node.via, onAnother(node, before, recordings), 0));
  });
  // No node of several ends the program.
  return typeof end === 'number' ? end : refuse(describeFailure(end.failure));
}

function findAfter(connection: WatchOptions['connection'], waitMs: number): SessionOptions['connect'] {
  let isFirst = true;
  return async (signal) => {
    const {sleep} = await import('./util/sleep.ts');
    if (isFirst && waitMs > 0) await sleep(waitMs, signal);
    isFirst = false;
    signal.throwIfAborted();
    return connect(connection, signal);
  };
}

/** Serves the metrics as long as a face runs, where they are asked for. */
async function withMetrics(
  {metrics}: WatchOptions,
  face: (beside: WatchingOptions['beside']) => Promise<number | NodeError>,
): Promise<number | NodeError> {
  if (metrics === null) return face(null);
  const {metricsBeside} = await import('./exporter/beside.ts');
  const server = await metricsBeside(metrics).catch((error: unknown) => {
    if (error instanceof FailureError) return error;
    throw error;
  });
  if (server instanceof FailureError) return refuse(describeFailure(server.failure));
  try {
    return await face((ticks, label) => server.of(ticks, label));
  } finally {
    await server.close();
  }
}
