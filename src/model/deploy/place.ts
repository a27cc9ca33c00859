/** What systemd and `/proc` say of where the kubelet lies. Words of the node: untrusted. */
export interface UnitPlace {
  readonly unit: string;
  /** `uname -m`. */
  readonly arch: string;
  /** `LoadState`: `loaded`, `not-found`, `masked`. */
  readonly load: string;
  readonly active: string;
  /** `/proc/MAINPID/exe`, as the kernel tells it; null where nothing runs. */
  readonly exe: string | null;
  /** The program of `ExecStart` with its links resolved; null where the unit has none. */
  readonly start: string | null;
  readonly startKind: 'elf' | 'script' | 'none';
  /** The file that the same look has told of; null where it told of none. */
  readonly reported: string | null;
}

/** Reads the `name=value` lines of the look at the unit. */
export function readPlace(text: string, unit: string): UnitPlace {
  const said = fieldsOf(text);
  const kind = said.get('kind');
  return {
    unit,
    arch: said.get('arch') ?? '',
    load: said.get('LoadState') ?? 'not-found',
    active: said.get('ActiveState') ?? '',
    exe: notEmpty(said.get('exe')),
    start: notEmpty(said.get('start')),
    startKind: kind === 'elf' || kind === 'script' ? kind : 'none',
    reported: notEmpty(said.get('reported')),
  };
}

/** `name=value` a line; of several the first one counts. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !fields.has(line.slice(0, at))) fields.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  return fields;
}

const notEmpty = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** Paths that need no quoting in a unit's `ExecStart`, in a shell or in a question. */
const plainPath = /^\/[\w@%+:,./-]*$/;

/**
 * The file that is to be replaced: what the next start of the unit runs, and where that is a wrapper (a script, a
 * shell) the kubelet that runs now. `problem` is a sentence: where there is none, and why deploy does not apply.
 */
export function placeOf(place: UnitPlace): {readonly target: string} | {readonly problem: string} {
  const {unit, load, start, startKind} = place;
  if (load === 'not-found') return {problem: `the node has no unit ${unit}`};
  // A binary that was replaced under a running process: its name is still the place.
  const exe = place.exe?.replace(/ \(deleted\)$/, '') ?? null;
  const candidates = [startKind === 'elf' ? start : null, exe, start];
  const target = candidates.find((path) => path !== null && /(?:^|[-.])kubelet\b/.test(baseName(path))) ?? null;
  if (target === null) {
    const runs = exe ?? start;
    if (runs === null) return {problem: `the unit ${unit} tells no program that it runs`};
    return {
      problem: `the unit ${unit} runs ${runs}, which has the kubelet within it: there is no kubelet of its own to replace`,
    };
  }
  if (!plainPath.test(target) || target.includes('%')) {
    return {
      problem: `the kubelet lies at ${JSON.stringify(target)}, a path with characters that no unit file can carry`,
    };
  }
  return {target: isKept(target) ? keptFor(target) : target};
}

/** A file that ktop had put aside, which still runs: its place is beside the folder. */
const isKept = (path: string): boolean => /\.ktop\/[^/]+$/.test(path);
const keptFor = (path: string): string => path.replace(/\.ktop\/[^/]+$/, '');

const baseName = (path: string): string => (isKept(path) ? keptFor(path) : path).replace(/^.*\//, '');

/** The folder beside the kubelet in which ktop keeps what belongs to its deploys. */
export function folderOf(target: string): string {
  return `${target}.ktop`;
}
