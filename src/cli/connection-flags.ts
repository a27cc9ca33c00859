import type {Command} from 'commander';
import type {KubeletRoute} from '../nodes/node.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import {providerNames} from '../nodes/providers/names.ts';
import {Flag, UnusableValue} from './flag.ts';
import {unitNames} from './unit-name.ts';

const routes: readonly KubeletRoute['kind'][] = ['apiserver', 'direct', 'exec'];

/** The options that find and reach a node, common to all commands. */
export const connectionFlags = {
  node: Flag.text('-n, --node <name>', 'the node to watch').once().env('KTOP_NODE'),
  demo: Flag.switch('--demo', 'watch a simulated node: needs no cluster'),
  via: Flag.choice('--via <provider>', 'how to run commands on the node', providerNames),
  ssh: Flag.text('--ssh <[user@]host[:port]>', 'reach the node by ssh at this address').once(),
  route: Flag.choice('--route <route>', 'how to reach its HTTPS', routes),
  kubeconfig: Flag.text('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, ~/.kube/config)'),
  context: Flag.text('--context <name>', 'context of the kubeconfig').once(),
  tokenFile: Flag.text('--token-file <file>', 'bearer token for the kubelet').env('KTOP_TOKEN_FILE'),
  tokenSecret: Flag.text('--token-secret <namespace/name>', 'secret that holds a long-lived token'),
  caFile: Flag.text(
    '--ca-file <file>',
    "CA that signed the kubelet's serving certificate (default: pinned to the node's own)",
  ),
  address: Flag.text('--address <address[:port]>', 'of the kubelet, where the one that was found cannot be reached'),
  insecure: Flag.switch('--insecure', "do not verify the kubelet's serving certificate"),
  unit: Flag.list('--unit <unit>', "systemd unit to follow, the first is the kubelet's (default: kubelet)", unitNames),
} as const;

/** What a command was told about the node and the way to it, read once and for all. Throws an `UnusableValue`. */
export function readConnection(command: Command): ConnectionOptions {
  const flags = connectionFlags;
  const demo = meansDemo(command);
  return {
    node: demo ? null : flags.node.read(command),
    via: demo ? 'demo' : flags.via.read(command),
    ssh: demo ? null : flags.ssh.read(command),
    route: flags.route.read(command),
    kubeconfig: flags.kubeconfig.read(command),
    context: flags.context.read(command),
    tokenFile: flags.tokenFile.read(command),
    tokenSecret: flags.tokenSecret.read(command),
    caFile: flags.caFile.read(command),
    address: flags.address.read(command),
    insecure: flags.insecure.read(command),
    unit: flags.unit.read(command)[0] ?? 'kubelet',
  };
}

/** The value that `npm start` sets: the demo, where nobody names a node. */
export const demoByDefault = 'demoByDefault';

const strength = ['default', 'config', 'env', 'cli'] as const;

/**
 * Whether the simulated node is meant. `--demo` beside a node of the same rank is a contradiction; else the stronger of
 * the two says which, and `npm start` (KTOP_DEMO=1) is weaker than any node.
 */
function meansDemo(command: Command): boolean {
  const flags = connectionFlags;
  const rank = (flag: Flag<unknown>): number => strength.indexOf(flag.sourceIn(command) ?? 'default');
  if (!flags.demo.read(command)) {
    const named = flags.node.read(command) ?? flags.ssh.read(command);
    return named === null && command.getOptionValue(demoByDefault) === true;
  }
  const named = Math.max(rank(flags.node), rank(flags.ssh), rank(flags.via));
  const demo = rank(flags.demo);
  if (demo > named || (demo === named && flags.via.read(command) === 'demo')) return true;
  if (demo < named) return false;
  throw new UnusableValue(flags.demo, strength[demo] ?? 'cli', 'it has a node of its own: leave out --demo or --node');
}
