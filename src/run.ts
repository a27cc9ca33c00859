import type {Request} from './cli/arguments.ts';
import {connect, isNamed} from './session/connect.ts';
import type {ActionOptions} from './cli/action-flags.ts';
import type {ActionRequest} from './cli/run-command.ts';
import {createSources, statsAndFacts, statsOf} from './session/create-sources.ts';
import {describeFailure, FailureError} from './model/failure.ts';
import {noKeys, type KeyNames} from './model/screen/key.ts';
import {HousekeepingPaneModel} from './model/housekeeping/housekeeping-pane-model.ts';
import {connectionTo, type ChosenNode} from './nodes/chosen-node.ts';
import type {NodeError} from './nodes/node-error.ts';
import type {Node} from './nodes/node.ts';
import type {ConnectionOptions} from './nodes/options.ts';
import type {WatchOptions} from './session/options.ts';
import {createPaneModels, type PaneModels} from './session/pane-models.ts';
import {recordingProblem} from './sources/recording/recorder.ts';
import {actionsLog} from './session/actions-log.ts';
import {readOnlyText} from './session/read-only.ts';
import {RecordingDeck} from './session/recording-deck.ts';
import {Session, type SessionOptions, type Source} from './session/session.ts';
import {complain, isTerminal} from './terminal/print.ts';

/** What is asked of one node. */
export type NodeRequest = Extract<
  Request,
  {kind: 'watch' | 'command' | 'flags' | 'verbosity' | 'deploy' | 'profile' | 'pipeline'}
>;

/** Does what is asked of a node, on a screen or without one. Resolves with the exit code. */
export async function onOneNode(request: NodeRequest): Promise<number> {
  switch (request.kind) {
    case 'watch':
      return watch(request);
    case 'command': {
      const {commands} = await import('./commands/commands.ts');
      const action = commands[request.command];
      return act(request, action.name, () => Promise.resolve(action));
    }
    case 'flags': {
      const {change} = request;
      const flags = () => import('./cli/run-flags.ts');
      if (change !== null) {
        return act(request, 'flags', async (session) => (await flags()).changeOfFlags(change, session));
      }
      if (!(await isNamed(request.connection))) return refuse(nameTheNode);
      const {onSession} = await import('./cli/run-command.ts');
      return onNode(request.connection, (find) =>
        onSession(
          (sink) => open(request, find, sink, () => []),
          async (session) => (await flags()).printFlags(session, request),
        ),
      );
    }
    case 'verbosity': {
      const {verbosityAction} = await import('./commands/verbosity.ts');
      return act(request, 'verbosity', () => Promise.resolve(verbosityAction(request.level)));
    }
    case 'deploy': {
      if (!(await isNamed(request.connection))) return refuse(nameTheNode);
      const {wish} = request;
      const {deployAction, listThere} = await import('./cli/run-deploy.ts');
      if (wish.what.kind === 'list') {
        return onNode(request.connection, (find) => listThere((sink) => open(request, find, sink, () => [])));
      }
      const name = wish.what.kind === 'rollback' ? 'rollback' : 'deploy';
      return act(request, name, (session) => deployAction(wish, session));
    }
    case 'profile': {
      if (!(await isNamed(request.connection))) return refuse(nameTheNode);
      const {runProfile} = await import('./cli/run-profile.ts');
      return onNode(request.connection, (find) => runProfile(request, find));
    }
    case 'pipeline': {
      if (!(await isNamed(request.connection))) return refuse(nameTheNode);
      const {runPipeline} = await import('./cli/run-pipeline.ts');
      return onNode(request.connection, (find) => runPipeline(request, find));
    }
  }
}

/** Runs one action from the command line. */
async function act(
  request: Extract<Request, {readonly asking: unknown}>,
  command: string,
  prepare: ActionRequest['prepare'],
): Promise<number> {
  const {asking, connection, actions} = request;
  if (actions.readOnly !== null) return refuse(readOnlyText(`ktop ${command}`, actions.readOnly));
  if (!(await isNamed(connection))) return refuse(nameTheNode);
  const {runCommand} = await import('./cli/run-command.ts');
  const {unit} = connection;
  const sources = (node: Node): readonly Source[] =>
    actions.onRestart === null ? [statsOf(node, anyPace())] : statsAndFacts(node, unit, anyPace());
  return onNode(connection, (find) =>
    runCommand({command, asking, unit, prepare}, (sink) => open(request, find, sink, sources)),
  );
}

const anyPace = (): HousekeepingPaneModel => new HousekeepingPaneModel(() => []);

type WatchRequest = Extract<Request, {readonly kind: 'watch'}>;

async function watch(request: WatchRequest): Promise<number> {
  const {options} = request;
  const isScreen = options.output === 'tui';
  if (!isScreen && !(await isNamed(options.connection))) return refuse(nameTheNode);
  const {dir} = options.record;
  const unfit = dir === null ? null : recordingProblem(dir);
  if (unfit !== null) return refuse(describeFailure(unfit));
  if (isScreen) return watchOnScreen(request);
  return onNode(options.connection, (find) =>
    watching(options, request.actions, {find, keys: noKeys}, async ({models, start}) => {
      const {output} = options;
      if (output === 'table' || output === 'json') {
        const {runOnce} = await import('./cli/run-once.ts');
        return runOnce(options, output, models, start);
      }
      const {watchLines} = await import('./jsonl/watch-lines.ts');
      return watchLines(options.forMs, models, start);
    }),
  );
}

async function watchOnScreen({options, actions, keys}: WatchRequest): Promise<number> {
  const lacking = !isTerminal('stdout') ? 'standard output' : !process.stdin.isTTY ? 'standard input' : null;
  if (lacking !== null) {
    const why = `${lacking} is not a terminal; for scripts use: ktop --output jsonl …`;
    return refuse((await isNamed(options.connection)) ? why : `${nameTheNode}; ${why}`);
  }
  if (process.env.TERM === 'dumb') return refuse('TERM=dumb draws no screen; line by line: ktop --output jsonl …');
  const [{Keymap}, {Terminal}, {startScreen}] = await Promise.all([
    import('./tui/keymap.ts'),
    import('./tui/terminal.ts'),
    import('./tui/start-screen.tsx'),
  ]);
  const {keymap, problems} = Keymap.of(keys);
  if (problems.length > 0) {
    problems.forEach(complain);
    return 2;
  }
  const terminal = await Terminal.open(options, process.env);
  let own = options;
  if (!(await isNamed(own.connection))) {
    const {chooseNode} = await import('./tui/choose-node.tsx');
    const chosen = await chooseNode(own.connection, terminal);
    if (typeof chosen === 'number') return chosen;
    own = {...own, connection: connectionTo(chosen, own.connection)};
  }
  for (;;) {
    const shown = own;
    const next: {node: ChosenNode | null} = {node: null};
    const keyNames: KeyNames = (name) => keymap.keyOf(name);
    const switchTo = (node: ChosenNode): void => void (next.node = node);
    const code = await onNode(shown.connection, (find) =>
      watching(shown, actions, {find, keys: keyNames}, ({models, start, deck}) => {
        const setting = {keymap, terminal, switchTo, open: start, deck};
        return startScreen({...shown, readOnly: actions.readOnly}, setting, models);
      }),
    );
    if (next.node === null) return code;
    own = onAnother(next.node, shown);
  }
}

/**
 * What holds on the node that takes the place of another: it is recorded into a folder of its own, and a build that was
 * waited for is for the node that was named with it.
 */
function onAnother(node: ChosenNode, before: WatchOptions): WatchOptions {
  const {connection, deploys, record} = before;
  const {binary, watchBinary} = deploys;
  return {
    ...before,
    connection: connectionTo(node, connection),
    deploys: {...deploys, binary: binary ?? watchBinary, watchBinary: null},
    record: {...record, dir: record.dir === null ? null : freeFolder(record.dir)},
  };
}

/** `traces-2`, behind `traces-9` `traces-10`; null where none of them can be had. */
function freeFolder(dir: string): string | null {
  const [, stem = dir, number = '1'] = /^(.*?)(?:-(\d{1,3}))?\/*$/.exec(dir) ?? [];
  const folders = Array.from({length: 99}, (_, i) => `${stem}-${Number(number) + 1 + i}`);
  return folders.find((folder) => recordingProblem(folder) === null) ?? null;
}

/** What a face that watches one node is given. */
interface Watching {
  readonly models: PaneModels;
  readonly start: (sink: SessionOptions['sink']) => Session;
  readonly deck: RecordingDeck;
}

/** Runs a face with all that is told of one node: what the panes show, the metrics beside them, the recording. */
async function watching(
  options: WatchOptions,
  actions: ActionOptions,
  {find, keys}: {readonly find: FindNode; readonly keys: KeyNames},
  face: (watched: Watching) => Promise<number | NodeError>,
): Promise<number | NodeError> {
  const models = createPaneModels(options, keys);
  const metrics = await openMetrics(options, models.housekeeping);
  if (metrics instanceof FailureError) return refuse(describeFailure(metrics.failure));
  const deck = new RecordingDeck(options.record, keys);
  const start = (sink: SessionOptions['sink']): Session => {
    const both: SessionOptions['sink'] = (event) => {
      const taken = sink(event);
      metrics?.apply(event);
      return taken;
    };
    return open({connection: options.connection, actions}, find, deck.hearing(metrics === null ? sink : both), (node) =>
      createSources(node, options, models, deck, {pace: metrics?.pace}),
    );
  };
  try {
    return await face({models, start, deck});
  } finally {
    await metrics?.close();
  }
}

/** The metrics beside the screen; null where none were asked for, a failure where they cannot be served. */
async function openMetrics(options: WatchOptions, ticks: HousekeepingPaneModel) {
  if (options.metrics === null) return null;
  const {metricsBeside} = await import('./exporter/beside.ts');
  return metricsBeside(options.metrics, ticks).catch((error: unknown) => {
    if (error instanceof FailureError) return error;
    throw error;
  });
}

type FindNode = SessionOptions['connect'];

/** Runs a face on the node that was named. Where the name does not settle it and the user does, it runs once more. */
async function onNode(
  connection: ConnectionOptions,
  frontend: (find: FindNode) => Promise<number | NodeError>,
): Promise<number> {
  let find: FindNode = (signal) => connect(connection, signal);
  for (;;) {
    const end = await frontend(find);
    if (typeof end === 'number') return end;
    const {whichNode} = await import('./cli/choose-node.ts');
    const choice = await whichNode(end);
    if (choice === null) return 2;
    find = async (signal) => choice.open(signal);
  }
}

function open(
  {connection, actions}: {readonly connection: ConnectionOptions; readonly actions: ActionOptions},
  find: FindNode,
  sink: SessionOptions['sink'],
  sources: SessionOptions['sources'],
): Session {
  const log = actionsLog(process.env);
  return new Session({connect: find, sources, sink, unit: connection.unit, log, ...actions});
}

const nameTheNode = 'name the node to watch: ktop --node NAME (ktop nodes lists them), or try: ktop --demo';

/** Says why nothing was done. */
function refuse(why: string): number {
  complain(why);
  return 2;
}
