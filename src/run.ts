import type {Request} from './cli/arguments.ts';
import type {ActionOptions} from './cli/action-flags.ts';
import type {ActionRequest} from './cli/run-command.ts';
import {nameTheNode, onNode, refuse} from './cli/on-node.ts';
import {statsAndFacts, statsOf} from './session/create-sources.ts';
import {describeFailure, toFailure} from './model/failure.ts';
import {HousekeepingPaneModel} from './model/housekeeping/housekeeping-pane-model.ts';
import {isNodePattern, type NodeWish} from './nodes/node-words.ts';
import type {Node} from './nodes/node.ts';
import type {ConnectionOptions} from './nodes/options.ts';
import {actionsLog} from './session/actions-log.ts';
import {isNamed} from './session/connect.ts';
import {readOnlyText} from './session/read-only.ts';
import {Session, type SessionOptions, type Source} from './session/session.ts';
import {printLine} from './terminal/print.ts';

/** What is asked of nodes. */
export type NodeRequest = Extract<
  Request,
  {kind: 'watch' | 'command' | 'flags' | 'verbosity' | 'deploy' | 'profile' | 'pipeline'}
>;

/** Does what is asked of nodes, on a screen or without one. Resolves with the exit code. */
export async function onNodes(request: NodeRequest): Promise<number> {
  let nodes: readonly NodeWish[];
  try {
    nodes = await namedIn(request);
  } catch (error) {
    return refuse(describeFailure(toFailure(error, 'find the nodes')));
  }
  if (request.kind === 'watch') return (await import('./watch.ts')).watch(request, nodes);
  const [first] = nodes;
  if (first === undefined) return refuse(nameTheNode);
  return nodes.length > 1 && request.kind === 'deploy'
    ? deployOnSeveral(request, nodes)
    : onOneNode({...request, connection: first.connection});
}

/** The one place that knows which nodes are meant; none where nobody said it. Rejects where a pattern fits none. */
async function namedIn(request: NodeRequest): Promise<readonly NodeWish[]> {
  const connection = request.kind === 'watch' ? request.options.connection : request.connection;
  const wishes = 'nodes' in request && request.nodes.length > 0 ? request.nodes : [{label: '', connection}];
  const named = await Promise.all(wishes.map(async (wish) => ((await isNamed(wish.connection)) ? [wish] : [])));
  const all = named.flat();
  // Who names one node is spared the search.
  if (all.length < 2 && !all.some(({label}) => isNodePattern(label))) return all;
  const {namedNodes} = await import('./nodes/named-nodes.ts');
  return namedNodes(all);
}

async function onOneNode(request: Exclude<NodeRequest, {kind: 'watch'}>): Promise<number> {
  switch (request.kind) {
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
      const {wish} = request;
      const {beginReading, deployAction, listThere} = await import('./cli/run-deploy.ts');
      if (wish.what.kind === 'list') {
        return onNode(request.connection, (find) => listThere((sink) => open(request, find, sink, () => [])));
      }
      const build = beginReading(wish);
      const {yes, dryRun} = request.asking;
      return act(request, deployName(request), (session) => deployAction(wish, session, build), yes && !dryRun);
    }
    case 'profile': {
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

type DeployRequest = Extract<NodeRequest, {kind: 'deploy'}>;

const deployName = ({wish}: DeployRequest): string => (wish.what.kind === 'rollback' ? 'rollback' : 'deploy');

async function deployOnSeveral(request: DeployRequest, nodes: readonly NodeWish[]): Promise<number> {
  const {wish, asking, actions} = request;
  const on = ({connection}: NodeWish): DeployRequest => ({...request, connection});
  if (wish.what.kind === 'list') {
    let worst = 0;
    for (const node of nodes) {
      printLine(`${node.label}:`);
      worst = Math.max(worst, await onOneNode(on(node)));
    }
    return worst;
  }
  const command = deployName(request);
  if (actions.readOnly !== null) return refuse(readOnlyText(`ktop ${command}`, actions.readOnly));
  const [{runOnSeveral}, {deployAction}] = await Promise.all([
    import('./cli/run-several.ts'),
    import('./cli/run-deploy.ts'),
  ]);
  return runOnSeveral(
    {
      command,
      asking,
      unit: request.connection.unit,
      prepare: (session) => deployAction(wish, session),
      runOn: (node, prepare) => act({...on(node), asking: {yes: true, dryRun: false}}, command, prepare),
    },
    nodes,
  );
}

/** Runs one action from the command line. */
async function act(
  request: Extract<Request, {readonly asking: unknown}>,
  command: string,
  prepare: ActionRequest['prepare'],
  isSure = false,
): Promise<number> {
  const {asking, connection, actions} = request;
  if (actions.readOnly !== null) return refuse(readOnlyText(`ktop ${command}`, actions.readOnly));
  const {runCommand} = await import('./cli/run-command.ts');
  const {unit} = connection;
  const sources = (node: Node): readonly Source[] =>
    actions.onRestart === null ? [statsOf(node, anyPace())] : statsAndFacts(node, unit, anyPace());
  return onNode(connection, (find) =>
    runCommand({command, asking, unit, prepare, isSure}, (sink) => open(request, find, sink, sources)),
  );
}

const anyPace = (): HousekeepingPaneModel => new HousekeepingPaneModel(() => []);

function open(
  {connection, actions}: {readonly connection: ConnectionOptions; readonly actions: ActionOptions},
  find: SessionOptions['connect'],
  sink: SessionOptions['sink'],
  sources: SessionOptions['sources'],
): Session {
  const log = actionsLog(process.env);
  return new Session({connect: find, sources, sink, unit: connection.unit, log, ...actions});
}
