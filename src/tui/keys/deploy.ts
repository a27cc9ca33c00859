import {homedir} from 'node:os';
import type {Action} from '../../commands/command.ts';
import type {LookContext} from '../../commands/deploy/look.ts';
import type {DeployOptions} from '../../commands/deploy/plan.ts';
import {openPrompt} from '../overlay.ts';
import type {Actions, Binding} from './binding.ts';

/** The keys that put a kubelet on the node, and take it away again. */
export const deployBindings: readonly Binding[] = [
  {
    name: 'deploy',
    keys: ['d'],
    pane: 'all',
    what: 'deploy a kubelet that you built (asks first)',
    changes: true,
    run: askDeploy,
    disabled: (actions) => actions.readOnly,
  },
  {
    name: 'rollback',
    keys: ['D'],
    pane: 'all',
    what: 'roll back to the kubelet before (asks first)',
    changes: true,
    run: (actions) =>
      actions.askAfter('looking what there is to go back to', 'rollback', (node) =>
        rollbackOf(actions.deploys.options, node),
      ),
    disabled: (actions) => actions.readOnly,
  },
];

/** What was typed last, so that the next deploy of the same file is two keys. */
let lastPath = '';

function askDeploy(actions: Actions): void {
  const {options} = actions.deploys;
  askPath(actions, (path) =>
    actions.askAfter(`looking at ${path} and at the node`, 'deploy', (node) => deployOf(path, options, node)),
  );
}

/**
 * Asks which file is to be deployed, unless that was said beforehand. `back` shows again what it is asked over, whether
 * one is named or not.
 */
export function askPath(
  actions: Pick<Actions, 'deploys' | 'open'>,
  look: (path: string) => void,
  back?: () => void,
): void {
  const {binary, watchBinary} = actions.deploys;
  const given = binary ?? watchBinary;
  if (given !== null) return look(given);
  const take = (text: string): string | null => {
    const path = text.trim();
    if (path === '') return 'a path is wanted, such as _output/local/bin/linux/amd64/kubelet';
    lastPath = path;
    look(path.replace(/^~(?=\/)/, homedir()));
    return null;
  };
  const prompt = openPrompt('deploy', lastPath, () => ({note: 'a kubelet that you built', bad: false}), take);
  actions.open({...prompt, ...(back && {back})});
}

/** A deploy that was cut off before comes first: it is finished (or undone by the other key) before another begins. */
async function deployOf(path: string, options: DeployOptions, node: LookContext): Promise<Action> {
  const [{planDeploy, planFinish, LeftOver}, {actionOf}, {readBuild}] = await parts();
  try {
    return actionOf(await planDeploy(readBuild(path, node.signal), options, node));
  } catch (error) {
    if (!(error instanceof LeftOver)) throw error;
    return actionOf(await planFinish(options, node));
  }
}

async function rollbackOf(options: DeployOptions, node: LookContext): Promise<Action> {
  const [{planRollback}, {actionOf}] = await parts();
  return actionOf(await planRollback(options, node));
}

/** Only who deploys pays for it. */
const parts = () =>
  Promise.all([
    import('../../commands/deploy/plan.ts'),
    import('../../commands/deploy/carry-out.ts'),
    import('../../commands/deploy/build.ts'),
  ]);
