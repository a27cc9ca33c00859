import {readFile} from 'node:fs/promises';
import type {NodeShell} from '../../nodes/node.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import type {FactsOptions} from './facts-source.ts';
import {factsScript, parseFacts, type KnownProcess} from './kubelet-facts.ts';

export interface ShellProbeOptions {
  readonly shell: NodeShell;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  readonly now?: () => LocalMs;
  /** This machine's boot id, to know a shared kernel by; read from `/proc` if not given. */
  readonly bootId?: () => Promise<string | null>;
}

/** A look costs the node a few processes: once in a while is enough, because events tell when something happens. */
export const shellProbeMs = 15_000;
/** The same where the kubelet's answers tell of its restarts: what is left to find out does not change by itself. */
export const shellProbeIfToldMs = 180_000;
/** And where only the journal tells of them. */
export const shellProbeIfHeardMs = 60_000;

/** Looks by a command on the node. */
export function probeByShell({shell, unit, ...options}: ShellProbeOptions): FactsOptions['probe'] {
  const now = options.now ?? (() => localMs(Date.now()));
  const ownBootId = (options.bootId ?? readBootId)();
  let known: KnownProcess | null = null;
  return async (signal) => {
    const argv = ['sh', '-c', factsScript, 'ktop-facts', unit, known?.id ?? ''];
    const sentAt = now();
    const {stdout} = await shell.run(argv, {signal});
    const receivedAt = now();
    const report = parseFacts(stdout, known);
    if (report === null) return null;
    const {facts, processId, nodeFrom, nodeTo, bootId} = report;
    if (processId !== null && facts.kubeletVersion !== null) known = {id: processId, version: facts.kubeletVersion};
    const same = bootId !== null && bootId === (await ownBootId);
    return {facts, processId, clock: same ? 'same' : {sentAt, receivedAt, nodeFrom, nodeTo}};
  };
}

async function readBootId(): Promise<string | null> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
