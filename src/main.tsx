import {parseArguments, type Request} from './cli.ts';
import {readConfig} from './config.ts';
import type {ReachOptions, WatchOptions} from './options.ts';
import {compileTickPattern, type TickPattern} from './model/journal/tick-pattern.ts';
import type {Node} from './nodes/node.ts';
import type {NodeOptions} from './nodes/options.ts';
import {HousekeepingRoom} from './model/housekeeping/housekeeping-room.ts';
import type {Target} from './model/target.ts';
import {localMs} from './model/time.ts';
import {makeRooms, type Rooms} from './rooms.ts';
import {NodeFactsSource} from './sources/node-facts.ts';
import {followStats, type StatsPace} from './sources/stats.ts';
import {followJournal} from './sources/journal.ts';
import {podLookups, watchPods} from './sources/pods.ts';
import {JsonLines} from './output/json-lines.ts';
import {runCommand, sayLost} from './output/command-lines.ts';
import {Session, type EventSink, type Source} from './session.ts';

/** The composition root: the only place where everything meets. Resolves with the exit code. */
async function main(): Promise<number> {
  const {env, argv} = process;
  return answer(parseArguments(argv.slice(2), {env, config: readConfig(env)}));
}

async function answer(request: Request): Promise<number> {
  const reach = request.kind === 'watch' ? request.options.reach : request.kind === 'command' ? request.reach : null;
  if (reach !== null && reach.node === null && reach.via !== 'demo' && reach.via !== 'local' && reach.ssh === null) {
    process.stderr.write(
      'ktop: name the node to watch: ktop --node NAME (ktop nodes lists them), or try: ktop --demo\n',
    );
    return 2;
  }
  switch (request.kind) {
    case 'said':
      (request.exitCode === 0 ? process.stdout : process.stderr).write(request.text);
      return request.exitCode;
    case 'watch':
      return request.options.output === 'jsonl' ? watchLines(request.options) : watchScreen(request.options);
    case 'command':
      return runCommand(request, (sink) =>
        openSession(request.reach, sink, (node) => [statsOf(node, new HousekeepingRoom())]),
      );
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
  const rooms = makeRooms(options);
  return startScreen(options, rooms, (sink) => openSession(options.reach, sink, sourcesOf(options, rooms)));
}

async function watchLines(options: WatchOptions): Promise<number> {
  const ended = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130));
    process.once('SIGTERM', () => resolve(143));
    // A reader that went away (`| head`) is an end like any other.
    process.stdout.on('error', () => resolve(0));
    if (options.forMs !== null) setTimeout(() => resolve(0), options.forMs);
  });
  const rooms = makeRooms(options);
  const view = {
    shows: () => true,
    isSelected: (target: Target) => rooms.cpu.watches(target),
    forecasts: () => rooms.housekeeping.lines(localMs(Date.now())),
  };
  const lines = new JsonLines(view, (text) => process.stdout.write(text));
  const sink: EventSink = (event) => {
    for (const room of Object.values(rooms)) room.apply(event);
    lines.take(event);
  };
  const session = openSession(options.reach, sink, sourcesOf(options, rooms));
  const exitCode = await Promise.race([ended, session.lost.then(sayLost)]);
  await session.close();
  return exitCode;
}

function openSession(reach: ReachOptions, sink: EventSink, sources: (node: Node) => readonly Source[]): Session {
  return new Session({connect: () => connect(reach), sources, sink, unit: reach.unit});
}

/** The options of the rooms below, without what the user left open. */
function nodeOptions(reach: ReachOptions): NodeOptions {
  return {
    node: reach.node ?? '',
    insecure: reach.insecure,
    ...(reach.via === null ? {} : {via: reach.via}),
    ...(reach.ssh === null ? {} : {ssh: reach.ssh}),
    ...(reach.kubeconfig === null ? {} : {kubeconfig: reach.kubeconfig}),
    ...(reach.context === null ? {} : {context: reach.context}),
    ...(reach.route === null ? {} : {route: reach.route}),
    ...(reach.tokenFile === null ? {} : {tokenFile: reach.tokenFile}),
    ...(reach.tokenSecret === null ? {} : {tokenSecret: reach.tokenSecret}),
    ...(reach.caFile === null ? {} : {caFile: reach.caFile}),
    ...(reach.address === null ? {} : {address: reach.address}),
  };
}

async function connect(reach: ReachOptions): Promise<Node> {
  if (reach.via === 'demo') {
    const {startDemoNode} = await import('./demo/demo-node.ts');
    return startDemoNode();
  }
  const {findNode} = await import('./nodes/find-node.ts');
  return findNode(nodeOptions(reach));
}

/** What is listened to on a node: its stats, and its journal where commands can be run. */
function sourcesOf(options: WatchOptions, rooms: Rooms): (node: Node) => readonly Source[] {
  const {journal, reach} = options;
  return (node) => {
    const sources: Source[] = [statsOf(node, rooms.housekeeping), podsOf(node, options)];
    if (node.shell.kind === 'shell') {
      const {shell} = node.shell;
      sources.push((signal) =>
        followJournal(
          {
            shell,
            by: node.by,
            units: journal.units,
            kubeletUnit: reach.unit,
            lines: 1000,
            since: journal.since,
            boot: journal.boot,
            sourceGrep: journal.sourceGrep,
            tickPattern: tickPatternOf(journal.tickPattern),
          },
          signal,
        ),
      );
      const facts = new NodeFactsSource({shell, unit: reach.unit});
      return [(signal) => facts.events(signal), ...sources.map((source) => heardBy(facts, source))];
    }
    return sources;
  };
}

function podsOf(node: Node, {pods}: WatchOptions): Source {
  // Where labels decide what is watched, a replaced pod should be found soon.
  const everyMs = pods.labels === null ? 30_000 : 10_000;
  return (signal) => watchPods({lookups: podLookups(node), everyMs}, signal);
}

/** The same events; what speaks of a restart makes the facts be looked up at once. */
function heardBy(facts: NodeFactsSource, source: Source): Source {
  return async function* (...context) {
    for await (const event of source(...context)) {
      facts.hear(event);
      yield event;
    }
  };
}

function statsOf(node: Node, pace: StatsPace): Source {
  return (signal, pause) => followStats({openRoute: (abort) => node.openRoute(abort), pace, pause}, signal);
}

/** The command line was checked when it was read. */
function tickPatternOf(source: string | null): TickPattern | null {
  const compiled = source === null ? null : compileTickPattern(source);
  return compiled?.ok === true ? compiled.pattern : null;
}

process.exitCode = await main();
