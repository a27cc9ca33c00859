import {randomBytes} from 'node:crypto';
import {FailureError} from '../../model/failure.ts';
import {dropInText, ownDropIn, ownSettings, staleness, type FlagSetting} from '../../model/flags/drop-in.ts';
import {flagRows, heldFlag, type FlagRow} from '../../model/flags/flag-rows.ts';
import {configDirOrder, mergedSettings, type ConfigPart, type Setting} from '../../model/flags/kubelet-config.ts';
import {commandLine, execStarts, execWords, type UnitFile} from '../../model/flags/unit-files.ts';
import type {NodeShell} from '../../nodes/node.ts';
import {typedOn} from '../command.ts';

/** Where to look. */
export interface FlagsQuery {
  readonly shell: NodeShell;
  readonly unit: string;
  readonly commandPrefix: string;
  readonly signal: AbortSignal;
}

/** The kubelet's flags and settings, and where each comes from. Text of the node: untrusted; secrets are masked. */
export interface FlagsReport {
  readonly unit: string;
  /** Null where no kubelet runs: then the rows are what the next start would have. */
  readonly pid: number | null;
  readonly rows: readonly FlagRow[];
  /** The unit's files, in systemd's order. */
  readonly files: readonly UnitFile[];
  /** The program of `ExecStart=`; null where it cannot be known. */
  readonly program: string | null;
  /** What ktop itself has set. */
  readonly own: readonly FlagSetting[];
  /** ktop's own drop-in; null where there is none. */
  readonly dropIn: string | null;
  /** What does not fit together, a sentence each. */
  readonly notes: readonly string[];
  /** Why flags cannot be set here, a sentence; null where they can. */
  readonly fixed: string | null;
  /** systemd has not read the files as they are now. */
  readonly needsReload: boolean;
}

/** So much of a file is read: a unit or a configuration has a few kilobytes. */
const fileBytes = 262_144;
/** So much of all of them: a configuration folder has a hundred at most. */
const mostBytes = 100 * fileBytes;

/**
 * Prints what systemd says of the unit, the files that it is made of, and the running command line. `$1` is the unit,
 * `$2` a word that nobody on the node can know: it stands before the name of each part.
 */
const unitScript = `
: ktop-flags
u=$1
part() { printf '\\n%s %s\\n' "$n" "$1"; }
file() { [ -f "$1" ] && [ -r "$1" ] || return 0; part "file $1"; head -c ${fileBytes} "$1"; }
n=$2
part show
systemctl show "$u" --property=LoadState,FragmentPath,DropInPaths,NeedDaemonReload,MainPID,ExecStart
said() { systemctl show "$u" --property="$1" | cut -d= -f2-; }
for f in $(said FragmentPath) $(said DropInPaths); do file "$f"; done
systemctl show "$u" --property=EnvironmentFiles | sed -n 's/^EnvironmentFiles*=//p' | sed 's/ (ignore_errors=[a-z]*)$//' |
while read -r p; do for f in $p; do file "$f"; done; done
pid=$(said MainPID)
[ "\${pid:-0}" != 0 ] && [ -r "/proc/$pid/cmdline" ] || exit 0
part "cmdline $pid"
tr '\\n\\0' ' \\n' <"/proc/$pid/cmdline"
`.trim();

/** Prints the configuration file `$1` and what lies in the folder `$2` (empty: none), each as a part. */
const configScript = `
: ktop-flags-config
n=$3
file() { [ -f "$1" ] && [ -r "$1" ] || return 0; printf '\\n%s %s\\n' "$n" "file $1"; head -c ${fileBytes} "$1"; }
[ -z "$1" ] || file "$1"
[ -z "$2" ] || find "$2" -name '*.conf' | head -n 100 | while IFS= read -r f; do file "$f"; done
`.trim();

/** Reads the flags of the kubelet of a node. Rejects with a `FailureError` where that cannot be done. */
export async function readFlags(query: FlagsQuery): Promise<FlagsReport> {
  const {shell, unit, signal} = query;
  const tried = typedOn(query, ['systemctl', 'show', unit]);
  const parts = await readParts(shell, ['sh', '-c', unitScript, 'ktop-flags'], [unit], signal);
  const shown = parts.find(({name}) => name === 'show')?.text ?? '';
  const said = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(shown)?.[1]?.trim() ?? '';
  if (said('LoadState') === '') {
    throw new FailureError({
      tried,
      problem: 'systemd does not answer there: flags are read from its units',
      next: null,
    });
  }
  if (said('LoadState') === 'not-found') {
    const problem = `there is no unit ${unit} on this node`;
    throw new FailureError({tried, problem, next: 'ktop flags --unit UNIT …'});
  }
  const files = filesOf(parts);
  const paths = [said('FragmentPath'), ...said('DropInPaths').split(' ')].filter((path) => path !== '');
  const unitFiles = paths.flatMap((path) => (files.has(path) ? [{path, text: files.get(path) ?? ''}] : []));
  const running = parts.find(({name}) => name.startsWith('cmdline '));
  const pid = running === undefined ? null : Number(running.name.slice('cmdline '.length));
  const argv = (running?.text ?? '').replace(/\n$/, '').split('\n');
  const program = execWords(execStarts(unitFiles)[0]?.line ?? '').words[0] ?? null;
  const fixed = partOfAnother(unit, program);
  const expected = commandLine(unitFiles, files);
  const bare = flagRows(pid === null ? [] : argv, expected, []);
  const {settings, problems} = await readSettings(query, bare);
  const needsReload = said('NeedDaemonReload') === 'yes';
  const unset = dropInText(unitFiles, []);
  const dropIn = ownDropIn(unitFiles);
  const notes = [
    ...(fixed === null ? [] : [fixed]),
    ...(needsReload ? ["the unit's files have changed since systemd read them: daemon-reload brings that in"] : []),
    ...(pid === null ? [`${unit} does not run: this is what its next start would have`] : []),
    ...(dropIn?.startsWith('/run/') === true
      ? [`${dropIn} is on trial, or was left by one: it ends with this boot`]
      : []),
    ...[staleness(unitFiles)].filter((note) => note !== null),
    ...problems,
  ];
  return {
    unit,
    pid,
    rows: flagRows(pid === null ? [] : argv, expected, settings),
    files: unitFiles,
    program,
    own: ownSettings(unitFiles),
    dropIn,
    notes,
    fixed: fixed ?? (typeof unset === 'string' ? null : unset.problem),
    needsReload,
  };
}

/** Programs that run a kubelet inside of themselves, and where its flags are set with each. */
const hosts: readonly (readonly [RegExp, string, string])[] = [
  [/^k3s/, 'k3s', '`kubelet-arg` in /etc/rancher/k3s/config.yaml'],
  [/^rke2/, 'RKE2', '`kubelet-arg` in /etc/rancher/rke2/config.yaml'],
  [/^k0s/, 'k0s', '`--kubelet-extra-args` of `k0s worker`'],
  [/^microshift/, 'MicroShift', '`kubelet` in /etc/microshift/config.yaml'],
  [/^(?:kubelite|snap\.microk8s)/, 'MicroK8s', '/var/snap/microk8s/current/args/kubelet'],
];

/** Why the flags of this unit are not the kubelet's: it is a part of another program. Null where it is its own. */
export function partOfAnother(unit: string, program: string | null): string | null {
  const names = [program?.slice(program.lastIndexOf('/') + 1) ?? '', unit];
  const host = hosts.find(([pattern]) => names.some((name) => pattern.test(name)));
  if (host === undefined) return null;
  const [, name, where] = host;
  return `ktop flags does not apply to ${unit}: ${name} runs the kubelet inside of its own process, and its flags are set by ${where}`;
}

interface Part {
  readonly name: string;
  readonly text: string;
}

async function readParts(
  shell: NodeShell,
  command: readonly string[],
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const nonce = `@@${randomBytes(12).toString('hex')}`;
  const {stdout} = await shell.run([...command, ...args, nonce], {signal, mostBytes});
  return stdout
    .split(`\n${nonce} `)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return {name: part.slice(0, end), text: part.slice(end + 1)};
    });
}

const filesOf = (parts: readonly Part[]): ReadonlyMap<string, string> =>
  new Map(parts.filter(({name}) => name.startsWith('file ')).map(({name, text}) => [name.slice('file '.length), text]));

/** The settings of the files that the running kubelet was given. */
async function readSettings(
  {shell, signal}: FlagsQuery,
  rows: readonly FlagRow[],
): Promise<{readonly settings: readonly Setting[]; readonly problems: readonly string[]}> {
  const [file, folder] = [heldFlag(rows, 'config') ?? '', heldFlag(rows, 'config-dir') ?? ''];
  if (file === '' && folder === '') return {settings: [], problems: []};
  const parts = await readParts(shell, ['sh', '-c', configScript, 'ktop-flags'], [file, folder], signal);
  const files = filesOf(parts);
  const {load} = await import('js-yaml');
  const problems: string[] = [];
  const configs = [file, ...configDirOrder([...files.keys()].filter((path) => path !== file))].flatMap(
    (path): readonly ConfigPart[] => {
      const text = files.get(path);
      if (text === undefined) {
        if (path !== '') problems.push(`${path} cannot be read`);
        return [];
      }
      try {
        const content = load(text, {maxAliases: 10});
        // What stands for itself has no end; JSON, which such a file is another form of, has no way to write it.
        JSON.stringify(content);
        return [{path, content}];
      } catch (error) {
        const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
        problems.push(`${path}: ${why}`);
        return [];
      }
    },
  );
  return {settings: mergedSettings(configs), problems};
}
