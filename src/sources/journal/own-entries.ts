import type {NodeShell} from '../../nodes/node.ts';

/** Names that many machines have; they tell nobody apart. */
const anybody = /^(localhost([.-].*)?|\(none\))$/i;

/**
 * The matches for journalctl that leave out what other machines sent to this node (`systemd-journal-remote`, containers
 * that link their journal): `--merge` reads those files, too. A node that gets a new machine id with each start, as
 * kind's do, is still the same by its name. None where the node does not say who it is, and none where all that its
 * journals hold was written under another id and name (a journal that is mounted or was copied): it would be hidden whole.
 */
export async function ownEntries(shell: NodeShell, signal: AbortSignal): Promise<readonly string[]> {
  const argv = ['cat', '/etc/machine-id', '/proc/sys/kernel/hostname'];
  const [reply, writers] = await Promise.all([
    shell.run(argv, {signal, timeoutMs: 10_000}).catch(() => null),
    valuesOf('_MACHINE_ID', shell, signal),
  ]);
  const [machineId = '', name = ''] = reply?.stdout.split('\n') ?? [];
  if (!/^[0-9a-f]{32}$/.test(machineId)) return [];
  const byName = /^[\w.-]{1,64}$/.test(name) && !anybody.test(name) ? ['+', `_HOSTNAME=${name}`] : [];
  const others = writers.filter((id) => /^[0-9a-f]{32}$/.test(id));
  const isStranger = others.length > 0 && !others.includes(machineId);
  if (isStranger && (byName.length === 0 || !(await valuesOf('_HOSTNAME', shell, signal)).includes(name))) return [];
  return [`_MACHINE_ID=${machineId}`, ...byName];
}

/** What a field holds anywhere in the journals of a node; empty where that is not known soon: the journal waits for it. */
async function valuesOf(field: string, shell: NodeShell, signal: AbortSignal): Promise<readonly string[]> {
  const argv = ['journalctl', '--merge', `--field=${field}`, '--quiet', '--no-pager'];
  const reply = await shell.run(argv, {signal, timeoutMs: 3000}).catch(() => null);
  return reply?.exitCode === 0 ? reply.stdout.split('\n').filter((line) => line !== '') : [];
}
