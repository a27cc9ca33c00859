import {parseArguments, type Request} from './cli/arguments.ts';
import {readConfig} from './cli/config-file.ts';
import {connect, isNamed} from './session/connect.ts';
import {listenTo, statsOf} from './session/create-sources.ts';
import {describeFailure} from './model/failure.ts';
import {HousekeepingRoom} from './model/housekeeping/housekeeping-pane-model.ts';
import type {NodeError} from './nodes/node-error.ts';
import type {Node} from './nodes/node.ts';
import type {ReachOptions, WatchOptions} from './session/options.ts';
import {makeRooms} from './session/pane-models.ts';
import {recordingProblem} from './sources/recording/recorder.ts';
import {Session, type SessionOptions} from './session/session.ts';

/** The composition root: the only place where everything meets. Resolves with the exit code. */
async function main(): Promise<number> {
  const {env, argv} = process;
  return answer(parseArguments(argv.slice(2), {env, config: readConfig(env)}));
}

async function answer(request: Request): Promise<number> {
  switch (request.kind) {
    case 'said':
      (request.exitCode === 0 ? process.stdout : process.stderr).write(request.text);
      return request.exitCode;
    case 'watch':
      return watch(request.options);
    case 'command': {
      if (!isNamed(request.reach)) return refuse(nameTheNode);
      const {runCommand} = await import('./cli/run-command.ts');
      const sources = (node: Node) => [statsOf(node, new HousekeepingRoom(() => []))];
      return onNode(request.reach, (find) => runCommand(request, (sink) => open(request.reach, find, sink, sources)));
    }
    case 'nodes': {
      const {printNodes} = await import('./cli/run-access.ts');
      return printNodes(request.reach, request.json);
    }
    case 'access': {
      const {changeAccess} = await import('./cli/run-access.ts');
      return changeAccess(request.change, request);
    }
    case 'replay':
      return (await import('./jsonl/replay-lines.ts')).replayLines(request.dir);
  }
}

async function watch(options: WatchOptions): Promise<number> {
  if (!isNamed(options.reach)) return refuse(nameTheNode);
  const unfit = options.record === null ? null : recordingProblem(options.record);
  if (unfit !== null) return refuse(describeFailure(unfit));
  if (options.output === 'tui' && (!process.stdout.isTTY || !process.stdin.isTTY)) {
    return refuse('standard output is not a terminal; for scripts use: ktop --output jsonl …');
  }
  return onNode(options.reach, async (find) => {
    const rooms = makeRooms(options);
    const start = (sink: SessionOptions['sink']): Session =>
      open(options.reach, find, sink, (node) => listenTo(node, options, rooms.housekeeping));
    if (options.output === 'jsonl') {
      const {watchLines} = await import('./jsonl/watch-lines.ts');
      return watchLines(options.forMs, rooms, start);
    }
    const {startScreen} = await import('./tui/start-screen.tsx');
    return startScreen(options, rooms, start);
  });
}

type FindNode = SessionOptions['connect'];

/** Runs a face on the node that was named. Where the name does not settle it and the user does, it runs once more. */
async function onNode(reach: ReachOptions, face: (find: FindNode) => Promise<number | NodeError>): Promise<number> {
  let find: FindNode = () => connect(reach);
  for (;;) {
    const end = await face(find);
    if (typeof end === 'number') return end;
    const {whichNode} = await import('./cli/choose-node.ts');
    const choice = await whichNode(end);
    if (choice === null) return 2;
    find = async () => choice.open();
  }
}

function open(
  {unit}: ReachOptions,
  find: FindNode,
  sink: SessionOptions['sink'],
  sources: SessionOptions['sources'],
): Session {
  return new Session({connect: find, sources, sink, unit});
}

const nameTheNode = 'name the node to watch: ktop --node NAME (ktop nodes lists them), or try: ktop --demo';

/** Says why nothing was done. */
function refuse(why: string): number {
  process.stderr.write(`ktop: ${why}\n`);
  return 2;
}

process.exitCode = await main();
