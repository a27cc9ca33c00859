import {parseArguments, type WatchOptions} from './cli.ts';
import {FailureError} from './model/failure.ts';
import {jsonLine} from './output/jsonl.ts';
import {Session, type Source} from './session.ts';
import type {Node} from './nodes/node.ts';

/** The composition root: the only place where everything meets. */
async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2), {env: process.env});
  switch (request.kind) {
    case 'said':
      (request.exitCode === 0 ? process.stdout : process.stderr).write(request.text);
      return request.exitCode;
    case 'watch':
      return request.options.output === 'jsonl' ? watchLines(request.options) : watchScreen(request.options);
    case 'command':
      return 2;
  }
}

async function watchScreen(options: WatchOptions): Promise<number> {
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    process.stderr.write('ktop: this is not a terminal; for scripts use: ktop --output jsonl …\n');
    return 2;
  }
  const {startScreen} = await import('./start-screen.tsx');
  return startScreen({unit: options.unit, session: (sink) => open(options, sink)});
}

async function watchLines(options: WatchOptions): Promise<number> {
  const session = open(options, (event) => process.stdout.write(jsonLine(event)));
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  await session.close();
  return 0;
}

function open(options: WatchOptions, sink: ConstructorParameters<typeof Session>[0]['sink']): Session {
  return new Session({connect: () => reach(options), sources: sourcesOf, sink, unit: options.unit});
}

function reach(options: WatchOptions): Promise<Node> {
  return Promise.reject(
    new FailureError({tried: `find the node ${options.node ?? ''}`, problem: 'no way is built yet', next: null}),
  );
}

function sourcesOf(): readonly Source[] {
  return [];
}

process.exitCode = await main();
