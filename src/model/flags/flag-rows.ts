import {maskedValue} from '../secrets.ts';
import {flagName} from './drop-in.ts';
import type {Setting} from './kubelet-config.ts';
import type {SourcedWord} from './unit-files.ts';

/** One flag or setting of the running kubelet. All of it is untrusted text; secrets are masked. */
export interface FlagRow {
  readonly kind: 'flag' | 'setting';
  /** `housekeeping-interval`, `logging.verbosity`. */
  readonly name: string;
  readonly value: string;
  /** The file it is from; null where no file accounts for it. */
  readonly path: string | null;
  /** The variable of that file; null where it stands there itself. */
  readonly variable: string | null;
  /**
   * `overridden`: another one of its name holds; `next`: the unit has it, the running process not: it comes with the next
   * start; `ending`: the running process has it, the unit not any more.
   */
  readonly state: 'holds' | 'overridden' | 'next' | 'ending';
}

/** A flag of a command line, as it was read. */
interface ReadFlag {
  readonly name: string;
  readonly value: string;
  /** The words that it was read from. */
  readonly words: readonly SourcedWord[];
}

/** Flags that add up instead of taking each other's place (`MapStringString`, `MapStringBool`, lists). */
const addsUp =
  /^(?:feature-gates|node-labels|kube-reserved|system-reserved|eviction-.*|qos-reserved|register-with-taints|allowed-unsafe-sysctls|cluster-dns|node-ip)$/;

/** The flags among the words of a command line: `--name=value`, `--name value`, `-v=4`. The program itself is none. */
function readFlags(words: readonly SourcedWord[]): readonly ReadFlag[] {
  const flags: ReadFlag[] = [];
  const first = words.findIndex(({text}) => text.startsWith('-'));
  for (let i = first; i >= 0 && i < words.length; i += 1) {
    const word = words[i];
    if (word === undefined) break;
    const [, name, value] = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word.text) ?? [];
    const next = words[i + 1];
    if (name === undefined) flags.push({name: word.text, value: '', words: [word]});
    else if (value === undefined && next !== undefined && !next.text.startsWith('-')) {
      flags.push({name: flagName(name), value: next.text, words: [word, next]});
      i += 1;
    } else flags.push({name: flagName(name), value: value ?? 'true', words: [word]});
  }
  return flags;
}

/** Two flags of one key say the same. */
const keyOf = ({name, value}: ReadFlag): string => `${name}=${value}`;

/**
 * The flags of the running process, which are the truth, each with where the unit's files have it; then the settings of
 * its configuration files. `expected` is what systemd would make of the unit now; null where that cannot be known.
 */
export function flagRows(
  argv: readonly string[],
  expected: readonly SourcedWord[] | null,
  settings: readonly Setting[],
): readonly FlagRow[] {
  const running = readFlags(argv.map((text) => ({text, path: '', variable: null})));
  const read = readFlags(expected ?? []);
  const sources = Map.groupBy(read.toReversed(), keyOf);
  const lastOf = new Map(running.map(({name}, index) => [name, index]));
  const row = (flag: ReadFlag, source: ReadFlag | null, state: FlagRow['state']): FlagRow => ({
    kind: 'flag',
    name: flag.name,
    value: maskedValue(flag.name, flag.value),
    path: source?.words[0]?.path ?? null,
    variable: source?.words[0]?.variable ?? null,
    state,
  });
  const rows = running.map((flag, index): FlagRow => {
    const source = sources.get(keyOf(flag))?.pop() ?? null;
    const isLast = lastOf.get(flag.name) === index || addsUp.test(flag.name);
    return row(flag, source, !isLast ? 'overridden' : source === null && expected !== null ? 'ending' : 'holds');
  });
  const isRunning = running.length > 0;
  const left = new Set([...sources.values()].flat());
  const next = read.filter((flag) => left.has(flag)).map((flag) => row(flag, flag, isRunning ? 'next' : 'holds'));
  const flagged = new Set(running.map(({name}) => settingOf(name)));
  return [
    ...rows,
    ...next,
    ...settings.map(({name, value, path}): FlagRow => ({
      kind: 'setting',
      name,
      value: maskedValue(name, value),
      path,
      variable: null,
      state: flagged.has(name) ? 'overridden' : 'holds',
    })),
  ];
}

/** The setting that a flag takes the place of (`pkg/kubelet`, `cmd/kubelet/app/options`); most are named alike. */
function settingOf(flag: string): string {
  if (flag === 'v') return 'logging.verbosity';
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The last value of a flag of the running process that holds; null where it has none. */
export function heldFlag(rows: readonly FlagRow[], name: string): string | null {
  return rows.findLast((row) => row.kind === 'flag' && row.name === name && row.state !== 'next')?.value ?? null;
}
