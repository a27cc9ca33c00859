import type {Action, Question} from '../commands/command.ts';
import type {DeployOptions} from '../commands/deploy/plan.ts';
import {describeFailure, toFailure} from '../model/failure.ts';
import {severalNames} from '../model/several-names.ts';
import {askPath} from './keys/deploy.ts';
import type {NodeOnScreen} from './node-on-screen.ts';
import type {Screen} from './screen.ts';

export interface DeployToAllOptions {
  /** Where it is asked. */
  readonly screen: Screen;
  /** Tells how it goes on. */
  readonly said: (text: string) => void;
  /** Shows the overview again, as it was left: there all of them can be seen. */
  readonly reopen: () => void;
}

/** A build made ready for a node. */
interface Ready {
  readonly node: NodeOnScreen;
  readonly sha: string;
  readonly question: Question;
}

/** What is under way of it: one at a time. */
let underWay: string | null = null;

/**
 * Asks for a file, makes a deploy of it ready on all of the nodes, asks one question that names them all, and deploys to
 * one after the other until one does not succeed. Nothing is begun where one of them cannot take it.
 */
export function deployToAll(nodes: readonly NodeOnScreen[], {screen, said, reopen}: DeployToAllOptions): void {
  if (underWay !== null) return said(`one deploy to several nodes at a time: still ${underWay}`);
  const {options} = screen.deploys;
  askPath(screen, (path) => void ask(path), reopen);

  async function ask(path: string): Promise<void> {
    const ready = await madeReady(path);
    if (ready === null) return;
    const {overlay} = screen;
    // Keys that are meant for something else must not answer it.
    if (overlay !== null && overlay.kind !== 'overview') {
      said('ready to be asked; press the key again');
      return;
    }
    said('');
    screen.ask(questionFor(ready), {agreed: () => void carryOut(ready, path), back: reopen});
  }

  async function madeReady(path: string): Promise<readonly Ready[] | null> {
    const ready: Ready[] = [];
    underWay = 'looking at the nodes';
    try {
      for (const node of nodes) {
        said(`looking at ${path} and at ${node.name} …`);
        try {
          ready.push(await makeReady(node, path, options));
        } catch (error) {
          said(`nothing was begun on any node; ${node.name}: ${describeFailure(toFailure(error, 'deploy'))}`);
          return null;
        }
      }
      return ready;
    } finally {
      underWay = null;
    }
  }

  async function carryOut(ready: readonly Ready[], path: string): Promise<void> {
    underWay = `deploying ${path}`;
    try {
      for (const [index, {node, sha}] of ready.entries()) {
        const left = ready.slice(index + 1).map((one) => one.node);
        const why = await deployTo(node, path, sha, options);
        if (why === null) continue;
        const rest = left.length === 0 ? '' : `; not begun on ${severalNames(left.map(({name}) => name))}`;
        // What is said once is soon gone; each node tells it as long as any failure.
        const problem = `not begun here: it did not succeed on ${node.name}`;
        for (const one of left) one.screen.failed('deploy', {tried: `deploy ${path}`, problem, next: null});
        said(`deploy stopped at ${node.name}: ${why}${rest}`);
        return;
      }
      said(`deployed to ${severalNames(ready.map(({node}) => node.name))}`);
    } finally {
      underWay = null;
    }
  }
}

async function makeReady(node: NodeOnScreen, path: string, options: DeployOptions): Promise<Ready> {
  const {action, sha} = await planned(node, path, options);
  return {node, sha, question: action.question(asked(node), node.watching.options.connection.unit)};
}

async function planned(
  node: NodeOnScreen,
  path: string,
  options: DeployOptions,
): Promise<{readonly action: Action; readonly sha: string}> {
  const [{planDeploy}, {actionOf}, {readBuild}] = await Promise.all([
    import('../commands/deploy/plan.ts'),
    import('../commands/deploy/carry-out.ts'),
    import('../commands/deploy/build.ts'),
  ]);
  const {looking} = node.session;
  const plan = await planDeploy(readBuild(path, looking.signal), options, looking);
  return {action: actionOf(plan), sha: plan.sha};
}

/** Deploys what was asked about; why it did not succeed, or null. */
async function deployTo(node: NodeOnScreen, path: string, sha: string, options: DeployOptions): Promise<string | null> {
  try {
    // What was found on the node a deploy ago is looked at anew.
    const {action, sha: now} = await planned(node, path, options);
    if (now !== sha) return `${path} was written anew since it was asked about`;
    if (node.session.isActing) return 'another action is under way there';
    return (await node.session.command(action)) ? null : 'it did not succeed, as its tab tells';
  } catch (error) {
    return describeFailure(toFailure(error, 'deploy'));
  }
}

const asked = (node: NodeOnScreen) => node.store.status.node ?? {name: node.name, commandPrefix: ''};

/** One question for all: each node's own sentence would not fit. Of one node it is that. */
function questionFor(ready: readonly Ready[]): Action {
  const names = severalNames(ready.map(({node}) => node.name));
  const [first] = ready;
  const several: Question = {
    text: `Deploy to ${ready.length} nodes, one after the other: ${names}?`,
    commands: ready.flatMap(({question}) => question.commands),
    warning: `Stops at the first that does not succeed. ${first?.question.warning ?? ''}`.trim(),
  };
  return {
    name: 'deploy',
    question: () => (ready.length === 1 && first !== undefined ? first.question : several),
    // It is carried out node by node.
    run: async function* () {
      await Promise.resolve();
      yield* [];
    },
  };
}
