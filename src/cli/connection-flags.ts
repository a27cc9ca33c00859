import type {Command} from 'commander';
import type {KubeletRoute} from '../nodes/node.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import {connectionFor, isNodePattern, readNodeWord, type NodeWish} from '../nodes/node-words.ts';
import {providerNames} from '../nodes/providers/names.ts';
import {safeLine} from '../model/draw/safe-text.ts';
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

/** In place of `node`, where a command takes several. */
export const nodesFlag = Flag.list(
  '-n, --node <name>',
  "a node, or those of 'kind-*'; who has it may stand before it (kind:NAME, ssh:[USER@]HOST); repeatable",
  (words) => words,
).env('KTOP_NODE');

/** What a command was told about the node and the way to it, read once and for all. Throws an `UnusableValue`. */
export function readConnection(command: Command): ConnectionOptions {
  const node = meansDemo(command) ? null : connectionFlags.node.read(command);
  return node === null ? readWay(command) : wayTo(node, command);
}

/** The nodes that a command was told, patterns as they were typed; none where nobody said which. Throws an `UnusableValue`. */
export function readNodes(command: Command): readonly NodeWish[] {
  const words = meansDemo(command) ? [] : [...new Set(nodesFlag.read(command))];
  if (words.length > 1 || words.some(isNodePattern)) {
    const {ssh, address} = connectionFlags;
    for (const flag of [ssh, address]) {
      const source = flag.sourceIn(command);
      if (source === null) continue;
      const next = flag === ssh ? '; each can be named so: --node ssh:USER@HOST' : '';
      throw new UnusableValue(flag, source, `it goes with one node, and several are named${next}`);
    }
  }
  return words.map((word) => ({label: word, connection: wayTo(word, command)}));
}

function wayTo(word: string, command: Command): ConnectionOptions {
  const before = readWay(command);
  const {via, name} = readNodeWord(word);
  for (const flag of [connectionFlags.via, connectionFlags.ssh]) {
    const given = flag.read(command);
    if (via === null || given === null || given === via || given === name) continue;
    throw new UnusableValue(flag, flag.sourceIn(command) ?? 'cli', `'${safeLine(word)}' says another way to the node`);
  }
  return connectionFor(word, before);
}

/** The same without the node itself. */
function readWay(command: Command): ConnectionOptions {
  const flags = connectionFlags;
  const demo = meansDemo(command);
  return {
    node: null,
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
  throw new UnusableValue(
    flags.demo,
    strength[demo] ?? 'cli',
    'it has a node of its own: leave out --demo or --node, or name simulated nodes by --via demo --node a',
  );
}
