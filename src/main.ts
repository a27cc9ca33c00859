import {buildProgram, parseArguments, version, type Request} from './cli/arguments.ts';
import {readConfig} from './cli/config-file.ts';
import {connect, isNamed} from './session/connect.ts';
import {createSources, statsOf} from './session/create-sources.ts';
import {describeFailure, toFailure} from './model/failure.ts';
import {HousekeepingPaneModel} from './model/housekeeping/housekeeping-pane-model.ts';
import type {NodeError} from './nodes/node-error.ts';
import type {Node} from './nodes/node.ts';
import type {KeyWish} from './model/screen/key.ts';
import type {NodeList} from './nodes/list-nodes.ts';
import {noConnection, type ConnectionOptions} from './nodes/options.ts';
import type {WatchOptions} from './session/options.ts';
import {createPaneModels, type PaneModels} from './session/pane-models.ts';
import {connectionTo, type ChosenNode} from './nodes/chosen-node.ts';
import {recordingProblem} from './sources/recording/recorder.ts';
import {Session, type SessionOptions} from './session/session.ts';
import {allPrinted, complain, isTerminal, noteText, outputTaken, printText} from './terminal/print.ts';

/** The composition root: the only place where everything meets. */
async function main(): Promise<void> {
  const {env, argv} = process;
  // Node writes its warnings onto the terminal, into the middle of a screen; they are for developers.
  process.removeAllListeners('warning');
  const request = parseArguments(argv.slice(2), {env, config: await readConfig(env)});
  process.exitCode = await answer(request);
  // Whatever still hangs (an engine, a plugin, a node) does not hold back the end. A list is printed to its end, however
  // slow the reader is; a reader of events has had its time.
  const isList = request.kind !== 'watch' && request.kind !== 'command';
  await (isList ? allPrinted() : outputTaken(1000));
  process.exit();
}

async function answer(request: Request): Promise<number> {
  switch (request.kind) {
    case 'text':
      (request.exitCode === 0 ? printText : noteText)(request.text);
      return request.exitCode;
    case 'watch':
      return watch(request.options, request.keys);
    case 'command': {
      if (!isNamed(request.connection)) return refuse(nameTheNode);
      const {runCommand} = await import('./cli/run-command.ts');
      const sources = (node: Node) => [statsOf(node, new HousekeepingPaneModel(() => []))];
      return onNode(request.connection, (find) =>
        runCommand(request, (sink) => open(request.connection, find, sink, sources)),
      );
    }
    case 'nodes': {
      const {printNodes} = await import('./cli/run-access.ts');
      return printNodes(request.connection, request);
    }
    case 'access': {
      const {changeAccess} = await import('./cli/run-access.ts');
      return changeAccess(request.change, request);
    }
    case 'config': {
      const [{Keymap}, {printConfig}] = await Promise.all([import('./tui/keymap.ts'), import('./cli/run-config.ts')]);
      const {keymap, problems} = Keymap.of(request.keys);
      const whereOf = (name: string) => request.keys.find(({binding}) => binding === name)?.where ?? null;
      const keys = keymap.bindings
        .filter(({fixed}) => fixed !== true)
        .map(({name, keys, what}) => ({name, keys, what, where: whereOf(name)}));
      return printConfig(request.lines, keys, [...request.mistakes, ...problems]);
    }
    case 'completion':
      printText((await import('./cli/completion-scripts.ts')).completionScripts[request.shell]);
      return 0;
    case 'complete': {
      const {complete, connectionIn} = await import('./cli/run-complete.ts');
      const connection = connectionIn(request.words, process.env);
      return complete(
        buildProgram(() => undefined, {}),
        request.words,
        {
          nodes: async (signal, found) => {
            const {watchNodes} = await import('./nodes/watch-nodes.ts');
            const {context, kubeconfig} = connection;
            const told = ({nodes}: NodeList): void => found(nodes.map(({name}) => name));
            await watchNodes({context: context ?? null, kubeconfig: kubeconfig ?? null}, null, told, signal);
          },
          pods: async (signal, found) => {
            const {podNames} = await import('./session/pod-names.ts');
            found(await podNames({...noConnection, ...connection}, signal));
          },
        },
      );
    }
    case 'man': {
      const [{manPage}, {bindings}] = await Promise.all([import('./cli/man-page.ts'), import('./tui/keymap.ts')]);
      printText(
        manPage(
          buildProgram(() => undefined, {}),
          bindings,
          version,
        ),
      );
      return 0;
    }
    case 'replay':
      return (await import('./jsonl/replay-lines.ts')).replayLines(request.dir);
  }
}

async function watch(options: WatchOptions, keys: readonly KeyWish[]): Promise<number> {
  const isScreen = options.output === 'tui';
  if (!isNamed(options.connection) && !isScreen) return refuse(nameTheNode);
  const unfit = options.record === null ? null : recordingProblem(options.record);
  if (unfit !== null) return refuse(describeFailure(unfit));
  if (isScreen) return watchOnScreen(options, keys);
  return onNode(options.connection, async (find) => {
    const models = createPaneModels(options);
    const {watchLines} = await import('./jsonl/watch-lines.ts');
    return watchLines(options.forMs, models, sessionOf(options, find, models));
  });
}

async function watchOnScreen(options: WatchOptions, keys: readonly KeyWish[]): Promise<number> {
  const lacking = !isTerminal('stdout') ? 'standard output' : !process.stdin.isTTY ? 'standard input' : null;
  if (lacking !== null) {
    const why = `${lacking} is not a terminal; for scripts use: ktop --output jsonl …`;
    return refuse(isNamed(options.connection) ? why : `${nameTheNode}; ${why}`);
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
  let {connection} = options;
  if (!isNamed(connection)) {
    const {chooseNode} = await import('./tui/choose-node.tsx');
    const chosen = await chooseNode(connection, terminal);
    if (typeof chosen === 'number') return chosen;
    connection = connectionTo(chosen, connection);
  }
  for (;;) {
    const own = {...options, connection};
    const next: {node: ChosenNode | null} = {node: null};
    const code = await onNode(connection, (find) => {
      const models = createPaneModels(own);
      const switchTo = (node: ChosenNode): void => void (next.node = node);
      return startScreen(own, {keymap, terminal, switchTo}, models, sessionOf(own, find, models));
    });
    if (next.node === null) return code;
    connection = connectionTo(next.node, connection);
  }
}

function sessionOf(options: WatchOptions, find: FindNode, models: PaneModels) {
  return (sink: SessionOptions['sink']): Session =>
    open(options.connection, find, sink, (node) => createSources(node, options, models.housekeeping));
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
  {unit}: ConnectionOptions,
  find: FindNode,
  sink: SessionOptions['sink'],
  sources: SessionOptions['sources'],
): Session {
  return new Session({connect: find, sources, sink, unit});
}

const nameTheNode = 'name the node to watch: ktop --node NAME (ktop nodes lists them), or try: ktop --demo';

/** Says why nothing was done. */
function refuse(why: string): number {
  complain(why);
  return 2;
}

// Node would print an error's own message, whatever stands in it.
await main().catch((error: unknown) => {
  complain(describeFailure(toFailure(error, 'unexpected')));
  process.exit(1);
});
