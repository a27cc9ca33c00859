import type {CommandStep} from '../../model/event.ts';
import type {CopyProgress} from '../../model/deploy/copy-progress.ts';
import {versionOf} from '../../model/deploy/node-report.ts';
import {FailureError} from '../../model/failure.ts';
import {formatBytes} from '../../model/draw/units.ts';
import {durationText} from '../../util/duration.ts';
import {sleep} from '../../util/sleep.ts';
import type {CommandContext} from '../command.ts';
import type {Build} from './build.ts';
import type {Look} from './look.ts';
import {fileFunctions} from './sha-script.ts';
import {lastLine} from '../../util/last-line.ts';

/** The SHA-256 of what comes on standard input, while it comes. */
const hashScript = `${fileFunctions}\nsum`;

/**
 * Gives the copy the owner, mode and label of the one in place, brings it to the disk, and runs its \`--version\` there.
 * Prints by what it is known again, then what it says. \`$1\`: the SHA-256 of what was read back while it was written,
 * \`$2\`: the folder, \`$3\`: the kubelet's file, \`$4\`: the SHA-256 that is wanted.
 */
const checkScript = String.raw`
${fileFunctions}
s=$1 n=$2/new t=$3
if [ -e "$t" ]; then
  chown "$(stat -c %u:%g "$t")" "$n" && chmod "$(stat -c %a "$t")" "$n" || exit 1
  if command -v chcon >/dev/null 2>&1; then chcon --reference="$t" "$n" 2>/dev/null; fi
else chown 0:0 "$n" && chmod 755 "$n" || exit 1; fi
{ sync "$n" 2>/dev/null || sync; } &
[ "$s" = "$4" ] || s=$(sha "$n")
[ "$s" = "$4" ] || { rm -f "$n"; echo "what arrived has the checksum $s" >&2; exit 1; }
if command -v timeout >/dev/null 2>&1; then v=$(timeout 10 "$n" --version </dev/null 2>&1); r=$?
else v=$("$n" --version </dev/null 2>&1); r=$?; fi
wait
printf '%s\n%s\n' "$(stamp "$n")" "$v" | head -c 2000
exit "$((r == 0 ? 0 : 100))"
`.trim();

/** A picture of the copy that often is enough for a person, and not too much for a log. */
const tellMs = 400;

/** A copy that has arrived whole. */
export interface Arrived {
  /** As it says it there; null where it says nothing. */
  readonly version: string | null;
  /** Inode, size and the time of its last change: as long as these are the same it is as it was checked. */
  readonly stamp: string;
}

/**
 * Copies a build beside the kubelet and checks it there; tells how far it is. What is in place is not touched. Returns
 * what it is then. Rejects with a `FailureError` where it did not arrive whole or does not run there.
 */
export async function* putBuild(
  context: CommandContext,
  look: Look,
  build: Build,
): AsyncGenerator<CommandStep, Arrived> {
  const {shell, signal, now} = context;
  const {folder, target} = look;
  const beganAt = now();
  let progress: CopyProgress = {sentBytes: 0, totalBytes: build.bytes, elapsedMs: 0};
  const copied = Promise.withResolvers<null>();
  const checking = shell.copyIn(build.path, `${folder}/new`, {
    mode: 0o755,
    makesFolder: true,
    after: {beside: hashScript, script: checkScript, args: [folder, target, build.sha]},
    signal,
    onSent: (sentBytes) => (progress = {...progress, sentBytes, elapsedMs: now() - beganAt}),
    onCopied: () => copied.resolve(null),
  });
  // It is awaited below, and heard of here where it ends before.
  checking.then(() => copied.resolve(null), copied.reject);
  for (;;) {
    const waiting = new AbortController();
    const end = await Promise.race([copied.promise, sleep(tellMs, waiting.signal).then(() => 'not yet' as const)]);
    waiting.abort();
    if (end === null) break;
    yield {kind: 'progress', line: `copying ${formatBytes(build.bytes)}`, copy: progress};
  }
  const copiedAt = now();
  yield {kind: 'progress', line: `copied ${formatBytes(build.bytes)} in ${((copiedAt - beganAt) / 1000).toFixed(1)} s`};
  const checked = await checking;
  if (checked.exitCode === 100) {
    const said = lastLine(checked.stdout.split('\n').slice(1).join('\n'));
    const problem = `it does not run there (--version): ${said === '' ? 'no word' : said}`;
    throw new FailureError({tried: `check ${folder}/new on the node`, problem, next: null});
  }
  if (checked.exitCode !== 0) {
    throw new FailureError({tried: `check ${folder}/new on the node`, problem: lastLine(checked.stderr), next: null});
  }
  const [stamp = '', ...words] = checked.stdout.split('\n');
  const version = versionOf(words.join('\n'));
  yield {
    kind: 'progress',
    line: `checked there in ${durationText(now() - copiedAt)}: whole, and it says ${version ?? 'no version'}`,
  };
  return {version, stamp};
}

/** Takes a copy away that is not going to be put in place. Never rejects: the next copy takes its place anyway. */
export async function dropNew({shell}: CommandContext, {folder}: Look): Promise<void> {
  await shell.run(['rm', '-f', `${folder}/new`], {timeoutMs: 5000}).catch(() => null);
}
