import type {NodeShell} from '../nodes/node.ts';

/** What systemd says of a unit now. What it does not say (an older systemd, a unit that never ran) is null. */
export interface UnitState {
  /** `ActiveState`: `active`, `activating`, `failed`. */
  readonly active: string;
  /** `SubState`: `running`, `auto-restart`, `start-pre`; empty where it is not told. */
  readonly sub: string;
  /** `NRestarts` (from version 235): how often systemd itself has started it again. */
  readonly restarts: number | null;
  /** `MainPID`, while there is one. */
  readonly pid: number | null;
  /** `InvocationID` (from version 232): another one for each start. */
  readonly invocation: string | null;
}

const properties = ['ActiveState', 'SubState', 'NRestarts', 'MainPID', 'InvocationID'];

/** The command that asks for it. */
const showUnitArgv = (unit: string): readonly string[] => [
  'systemctl',
  'show',
  unit,
  `--property=${properties.join(',')}`,
];

/** Asks systemd for the unit; null where it does not answer (that alone says nothing about the unit). */
export async function readUnit(
  shell: NodeShell,
  unit: string,
  options: {readonly signal: AbortSignal; readonly timeoutMs?: number},
): Promise<UnitState | null> {
  try {
    const {exitCode, stdout} = await shell.run(showUnitArgv(unit), {timeoutMs: 15_000, ...options});
    return exitCode === 0 ? parseUnit(stdout) : null;
  } catch {
    return null;
  }
}

/** Reads the answer of `systemctl show`; null where it names no state. */
function parseUnit(text: string): UnitState | null {
  const said = (name: string): string | null => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1]?.trim() ?? null;
  const count = (name: string): number | null => {
    const value = said(name);
    return value !== null && /^\d+$/.test(value) ? Number(value) : null;
  };
  const active = said('ActiveState');
  if (active === null) return null;
  const pid = count('MainPID');
  return {
    active,
    sub: said('SubState') ?? '',
    restarts: count('NRestarts'),
    pid: pid === 0 ? null : pid,
    invocation: said('InvocationID'),
  };
}

/** Whether the unit runs, is on its way, or is down; `how` is the end of a sentence that begins with "the unit". */
export type UnitVerdict =
  | {readonly kind: 'up'}
  | {readonly kind: 'on-its-way'; readonly how: string}
  | {readonly kind: 'down'; readonly how: string};

const endedOnce = 'has ended and was started again';
/** The parts of a start (or stop) that somebody asked for; `auto-restart` is what follows an end. */
const underWay = /^(?:condition|start|stop|final|reload|clean)/;

/**
 * Tells from one look to the next whether a unit has stayed up since it was restarted.
 *
 * systemd counts how often it started a unit again by itself: a kubelet that takes seconds to fail is active nearly all
 * of the time, but the count grows. Only its growth tells anything. A restart by hand sets it to 0, but systemd 252 keeps
 * the old count where the unit was waiting to be started again (`auto-restart`), which is where a broken kubelet that was
 * just mended is found. A start that was not counted was somebody else's.
 */
export class UnitWatch {
  readonly #before: UnitState | null;
  #last: UnitState | null = null;
  #startedByOthers = false;

  /** `before`: the unit as it was just before the restart, null where that is not known. */
  constructor(before: UnitState | null) {
    this.#before = before;
  }

  /** Whether somebody else has started the unit again since then. */
  get startedByOthers(): boolean {
    return this.#startedByOthers;
  }

  /** Takes the next look, the first one right after the restart. */
  judge(now: UnitState): UnitVerdict {
    const last = this.#last;
    this.#last = now;
    if (last === null ? this.#wasCounted(now) : this.#hasGrown(last, now)) return {kind: 'down', how: endedOnce};
    if (now.active === 'active' || now.active === 'reloading' || now.active === 'refreshing') return {kind: 'up'};
    const how = `is ${standing(now)}`;
    return {kind: underWay.test(now.sub) ? 'on-its-way' : 'down', how};
  }

  /** Whether systemd has counted a start between the restart and the first look. */
  #wasCounted(now: UnitState): boolean {
    const before = this.#before?.restarts ?? null;
    return before !== null && now.restarts !== null && now.restarts !== 0 && now.restarts !== before;
  }

  #hasGrown(last: UnitState, now: UnitState): boolean {
    if (now.restarts !== null && last.restarts !== null && now.restarts > last.restarts) return true;
    if (!isAnotherStart(last, now)) return false;
    // An older systemd does not count: then nobody knows who started it again.
    if (now.restarts === null) return true;
    this.#startedByOthers = true;
    return false;
  }
}

/** `activating (auto-restart)`; plain `failed`, which is both. */
function standing({active, sub}: UnitState): string {
  return sub === '' || sub === active ? active : `${active} (${sub})`;
}

function isAnotherStart(last: UnitState, now: UnitState): boolean {
  if (last.invocation !== null && now.invocation !== null) return last.invocation !== now.invocation;
  return last.pid !== null && now.pid !== null && last.pid !== now.pid;
}
