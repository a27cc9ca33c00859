import {connect, isNamed} from './session/connect.ts';
import {createSources, statsOf} from './session/create-sources.ts';
import {describeFailure} from './model/failure.ts';
import {HousekeepingPaneModel} from './model/housekeeping/housekeeping-pane-model.ts';
import type {Request} from './cli/arguments.ts';
import type {NodeError} from './nodes/node-error.ts';
import type {Node} from './nodes/node.ts';
import type {ConnectionOptions} from './nodes/options.ts';
import type {WatchOptions} from './session/options.ts';
import {createPaneModels} from './session/pane-models.ts';
import {recordingProblem} from './sources/recording/recorder.ts';
import {Session, type SessionOptions} from './session/session.ts';
import {complain, isTerminal} from './terminal/print.ts';

/** Watches a node until the user, a signal or an end of time stops it. Resolves with the exit code. */
export async function watch(options: WatchOptions): Promise<number> {
  if (!isNamed(options.connection)) return refuse(nameTheNode);
  const unfit = options.record === null ? null : recordingProblem(options.record);
  if (unfit !== null) return refuse(describeFailure(unfit));
  if (options.output === 'tui') {
    const lacking = !isTerminal('stdout') ? 'standard output' : !process.stdin.isTTY ? 'standard input' : null;
    if (lacking !== null) return refuse(`${lacking} is not a terminal; for scripts use: ktop --output jsonl …`);
  }
  return onNode(options.connection, async (find) => {
    const models = createPaneModels(options);
    const start = (sink: SessionOptions['sink']): Session =>
      open(options.connection, find, sink, (node) => createSources(node, options, models.housekeeping));
    if (options.output === 'jsonl') {
      const {watchLines} = await import('./jsonl/watch-lines.ts');
      return watchLines(options.forMs, models, start);
    }
    const {startScreen} = await import('./tui/start-screen.tsx');
    return startScreen(options, models, start);
  });
}

/** Runs one command on the node that was named. Resolves with the exit code. */
export async function command(request: Extract<Request, {kind: 'command'}>): Promise<number> {
  if (!isNamed(request.connection)) return refuse(nameTheNode);
  const {runCommand} = await import('./cli/run-command.ts');
  const sources = (node: Node) => [statsOf(node, new HousekeepingPaneModel(() => []))];
  return onNode(request.connection, (find) =>
    runCommand(request, (sink) => open(request.connection, find, sink, sources)),
  );
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
