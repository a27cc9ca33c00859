import {parseArguments, type Request} from './cli.ts';
import {readConfig} from './config.ts';
import type {ReachOptions, WatchOptions} from './options.ts';
import type {Node} from './nodes/node.ts';
import {jsonLine} from './output/jsonl.ts';
import {runCommand, sayLost} from './output/command-lines.ts';
import {Session, type EventSink, type Source} from './session.ts';

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
      return request.options.output === 'jsonl' ? watchLines(request.options) : watchScreen(request.options);
    case 'command':
      return runCommand(request, (sink) => openSession(request.reach, sink, sourcesOf));
    case 'nodes':
    case 'access':
    case 'replay':
      process.stderr.write(`ktop: ${request.kind} cannot be done yet\n`);
      return 2;
  }
}

async function watchScreen(options: WatchOptions): Promise<number> {
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    process.stderr.write('ktop: standard output is not a terminal; for scripts use: ktop --output jsonl …\n');
    return 2;
  }
  const {startScreen} = await import('./start-screen.tsx');
  return startScreen(options, (sink) => openSession(options.reach, sink, sourcesOf));
}

async function watchLines(options: WatchOptions): Promise<number> {
  const ended = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130));
    process.once('SIGTERM', () => resolve(143));
    // A reader that went away (`| head`) is an end like any other.
    process.stdout.on('error', () => resolve(0));
    if (options.forMs !== null) setTimeout(() => resolve(0), options.forMs);
  });
  const session = openSession(options.reach, (event) => process.stdout.write(jsonLine(event)), sourcesOf);
  const exitCode = await Promise.race([ended, session.lost.then(sayLost)]);
  await session.close();
  return exitCode;
}

function openSession(reach: ReachOptions, sink: EventSink, sources: (node: Node) => readonly Source[]): Session {
  return new Session({connect: () => connect(reach), sources, sink, unit: reach.unit});
}

async function connect(reach: ReachOptions): Promise<Node> {
  if (reach.via === 'demo') {
    const {startDemoNode} = await import('./demo/demo-node.ts');
    return startDemoNode();
  }
  throw new Error('no way is built yet');
}

function sourcesOf(): readonly Source[] {
  return [];
}

process.exitCode = await main();
