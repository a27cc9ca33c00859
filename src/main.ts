import {parseArguments, type Request} from './cli/arguments.ts';
import {readConfig} from './cli/config-file.ts';
import {connect, isNamed} from './session/connect.ts';
import {createSources, statsOf} from './session/create-sources.ts';
import {describeFailure, FailureError, toFailure} from './model/failure.ts';
import {HousekeepingPaneModel} from './model/housekeeping/housekeeping-pane-model.ts';
import type {NodeError} from './nodes/node-error.ts';
import type {Node} from './nodes/node.ts';
import type {ConnectionOptions} from './nodes/options.ts';
import type {WatchOptions} from './session/options.ts';
import {createPaneModels} from './session/pane-models.ts';
import {recordingProblem} from './sources/recording/recorder.ts';
import {Session, type SessionOptions} from './session/session.ts';
import {allPrinted, complain, isTerminal, noteText, outputTaken, printText} from './terminal/print.ts';

/** The composition root: the only place where everything meets. */
async function main(): Promise<void> {
  const {env, argv} = process;
  // Node writes its warnings onto the terminal, into the middle of a screen; they are for developers.
  process.removeAllListeners('warning');
  const request = parseArguments(argv.slice(2), {env, config: readConfig(env)});
  process.exitCode = await answer(request);
  // Whatever still hangs (an engine, a plugin, a node) does not hold back the end. A list is printed to its end, however
  // slow the reader is; a reader of events has had its time.
  const isList = request.kind !== 'watch' && request.kind !== 'exporter' && request.kind !== 'command';
  await (isList ? allPrinted() : outputTaken(1000));
  process.exit();
}

async function answer(request: Request): Promise<number> {
  switch (request.kind) {
    case 'text':
      (request.exitCode === 0 ? printText : noteText)(request.text);
      return request.exitCode;
    case 'watch':
      return watch(request.options);
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
    case 'exporter':
      return (await import('./exporter/run-exporter.ts')).runExporter(request.options);
    case 'replay':
      return (await import('./jsonl/replay-lines.ts')).replayLines(request.dir);
  }
}

async function watch(options: WatchOptions): Promise<number> {
  if (!isNamed(options.connection)) return refuse(nameTheNode);
  const unfit = options.record === null ? null : recordingProblem(options.record);
  if (unfit !== null) return refuse(describeFailure(unfit));
  if (options.output === 'tui') {
    const lacking = !isTerminal('stdout') ? 'standard output' : !process.stdin.isTTY ? 'standard input' : null;
    if (lacking !== null) return refuse(`${lacking} is not a terminal; for scripts use: ktop --output jsonl …`);
  }
  return onNode(options.connection, async (find) => {
    const models = createPaneModels(options);
    const metrics = await openMetrics(options, models.housekeeping);
    if (metrics instanceof FailureError) return refuse(describeFailure(metrics.failure));
    const start = (sink: SessionOptions['sink']): Session => {
      const both: SessionOptions['sink'] = (event) => {
        const taken = sink(event);
        metrics?.apply(event);
        return taken;
      };
      const pace = metrics?.pace ?? models.housekeeping;
      return open(options.connection, find, metrics === null ? sink : both, (node) =>
        createSources(node, options, pace),
      );
    };
    try {
      if (options.output === 'jsonl') {
        const {watchLines} = await import('./jsonl/watch-lines.ts');
        return await watchLines(options.forMs, models, start);
      }
      const {startScreen} = await import('./tui/start-screen.tsx');
      return await startScreen(options, models, start);
    } finally {
      await metrics?.close();
    }
  });
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
