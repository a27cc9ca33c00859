import {fieldsOf} from './place.ts';

/** A binary that was put aside when another took its place. */
interface Kept {
  /** Its file in the folder: `kept-1764316800-0123456789ab`. */
  readonly file: string;
  readonly sha: string | null;
  /** Its `--version`, as it was found at its deploy. Words of the node: untrusted. */
  readonly version: string | null;
  readonly bytes: number | null;
  /** When it was put aside, unix seconds of the node's clock. */
  readonly keptAt: number;
}

/**
 * How far a deploy has come, as the guard on the node wrote it down: `ready` is copied and not begun; `begun` and
 * `swapped` are on their way, or were cut off; all others are ends: `done`, `back` (the old one was put back and runs),
 * `booted` (put back when the machine started), `refused` (nothing was changed), `down` (neither of the two runs).
 */
type DeployStep = 'ready' | 'begun' | 'swapped' | 'done' | 'back' | 'booted' | 'refused' | 'down';

/** What the guard's state file says. */
export interface DeployState {
  readonly id: string;
  readonly kind: 'deploy' | 'rollback';
  readonly step: DeployStep;
  readonly shaNew: string;
  readonly versionNew: string;
  readonly versionOld: string;
  /** When it ended, unix seconds of the node's clock. */
  readonly endedAt: number | null;
  /** Why it did not go through. Words of the node: untrusted. */
  readonly why: string;
}

/** All that is known of the place where the kubelet lies, before anything is changed there. */
export interface NodeReport {
  /** SHA-256 of the binary in place, in hexadecimal; null where there is none. */
  readonly sha: string | null;
  readonly version: string | null;
  readonly bytes: number | null;
  /** `e_machine` of the binary in place; null where it is none. */
  readonly machine: number | null;
  /** When the binary in place was put there, unix seconds of the node's clock. */
  readonly placedAt: number | null;
  /** Whether the running kubelet is that file, and not one that was replaced under it. */
  readonly isRunning: boolean;
  readonly availableBytes: number | null;
  readonly mountPoint: string;
  readonly mountOptions: readonly string[];
  readonly isWritable: boolean;
  /** Whether something is mounted on the file itself: it cannot be renamed over then. */
  readonly isMount: boolean;
  /** Whether something is mounted on ktop's folder: nothing is renamed from one file system to another. */
  readonly isFolderMount: boolean;
  /** The health address, and whether the kubelet answers `ok` there now; null where nothing on the node could ask. */
  readonly health: {readonly url: string; readonly ok: boolean} | null;
  /** Whether a guard works there now. */
  readonly isBusy: boolean;
  /** Whether a copy lies there that was not put in place. */
  readonly hasNew: boolean;
  readonly state: DeployState | null;
  /** The newest first. */
  readonly kept: readonly Kept[];
  /** The node's clock, unix seconds. */
  readonly now: number;
}

const steps: readonly DeployStep[] = ['ready', 'begun', 'swapped', 'done', 'back', 'booted', 'refused', 'down'];

/** Reads what the look at the place printed: `name=value` lines, with `state.name=…` and `kept=FILE BYTES SHA VERSION`. */
export function readReport(text: string): NodeReport {
  const said = fieldsOf(text);
  const number = (name: string): number | null => numberOf(said.get(name));
  const word = (name: string): string | null => {
    const value = said.get(name) ?? '';
    return value === '' ? null : value;
  };
  const df = dfOf(said.get('df'));
  const url = word('health');
  const answer = word('healthz');
  return {
    sha: hashOf(said.get('sha')),
    version: versionOf(said.get('version')),
    bytes: number('bytes'),
    machine: number('machine'),
    placedAt: number('placed'),
    isRunning: said.get('running') === '1',
    availableBytes: df?.availableBytes ?? null,
    mountPoint: df?.mountPoint ?? '/',
    mountOptions: (said.get('mount') ?? '').split(','),
    isWritable: said.get('writable') === '1',
    isMount: said.get('ismount') === '1',
    isFolderMount: said.get('foldermount') === '1',
    health: url === null || answer === null ? null : {url, ok: answer === 'ok'},
    isBusy: said.get('busy') === '1',
    hasNew: said.get('new') === '1',
    state: stateOf(said),
    kept: keptOf(text),
    now: number('now') ?? 0,
  };
}

/** The version in what `kubelet --version` prints: `Kubernetes v1.32.13` is `v1.32.13`; else its first line. */
export function versionOf(output: string | undefined): string | null {
  const line = output?.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return line === '' ? null : (/^Kubernetes (\S+)$/.exec(line)?.[1] ?? line);
}

/** Whether a deploy was cut off there: somebody must finish or undo it. */
export function isLeft({state, isBusy, hasNew}: NodeReport): boolean {
  if (state === null || isBusy) return false;
  return state.step === 'begun' || state.step === 'swapped' || (state.step === 'ready' && hasNew);
}

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;

const hashOf = (text: string | undefined): string | null =>
  text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : null;

/**
 * The last line of `df -Pk`: file system, blocks of 1024 bytes, used, available, capacity, mount point. Blanks may be in
 * the first and in the last; the four between tell where those are.
 */
function dfOf(line: string | undefined): {readonly availableBytes: number; readonly mountPoint: string} | null {
  const words = [...(line ?? '').matchAll(/\S+/g)].map(({0: text, index}) => ({text, index}));
  const isCount = (i: number): boolean => /^-?\d+$/.test(words[i]?.text ?? '');
  const at = words.findLastIndex(
    (_, i) => i > 0 && words[i + 4]?.text.startsWith('/') === true && [i, i + 1, i + 2].every(isCount),
  );
  const [free, mount] = at === -1 ? [] : [words[at + 2], words[at + 4]];
  if (line === undefined || free === undefined || mount === undefined) return null;
  return {availableBytes: Math.max(0, Number(free.text)) * 1024, mountPoint: line.slice(mount.index)};
}

function stateOf(said: ReadonlyMap<string, string>): DeployState | null {
  const field = (name: string): string => said.get(`state.${name}`) ?? '';
  const step = steps.find((one) => one === field('step'));
  if (step === undefined || field('id') === '') return null;
  return {
    id: field('id'),
    kind: field('kind') === 'rollback' ? 'rollback' : 'deploy',
    step,
    shaNew: field('sha_new'),
    versionNew: field('version_new'),
    versionOld: field('version_old'),
    endedAt: numberOf(field('at')),
    why: field('why'),
  };
}

function keptOf(text: string): readonly Kept[] {
  return text
    .split('\n')
    .flatMap((line): readonly Kept[] => {
      const [name = '', bytes, sha, ...version] = line.split(' ');
      const [, file, at] = /^kept=(kept-(\d{1,12})-[0-9a-f]+)$/.exec(name) ?? [];
      if (file === undefined) return [];
      const kept = {sha: hashOf(sha), version: versionOf(version.join(' ')), bytes: numberOf(bytes)};
      return [{file, ...kept, keptAt: Number(at)}];
    })
    .sort((a, b) => b.keptAt - a.keptAt);
}
