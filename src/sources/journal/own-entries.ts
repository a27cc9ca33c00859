import type {NodeShell} from '../../nodes/node.ts';

/** Names that many machines have; they tell nobody apart. */
const anybody = /^(localhost([.-].*)?|\(none\))$/i;

/**
 * The matches for journalctl that leave out what other machines sent to this node (`systemd-journal-remote`, containers
 * that link their journal): `--merge` reads those files, too. A node that gets a new machine id with each start, as
 * kind's do, is still the same by its name. None where the node does not say who it is.
 */
export async function ownEntries(shell: NodeShell, signal: AbortSignal): Promise<readonly string[]> {
  const argv = ['cat', '/etc/machine-id', '/proc/sys/kernel/hostname'];
  const reply = await shell.run(argv, {signal, timeoutMs: 10_000}).catch(() => null);
  const [machineId = '', name = ''] = reply?.stdout.split('\n') ?? [];
  if (!/^[0-9a-f]{32}$/.test(machineId)) return [];
  const byName = /^[\w.-]{1,64}$/.test(name) && !anybody.test(name) ? ['+', `_HOSTNAME=${name}`] : [];
  return [`_MACHINE_ID=${machineId}`, ...byName];
}
