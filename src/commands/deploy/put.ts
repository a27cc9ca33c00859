import type {CommandStep} from '../../model/event.ts';
import type {CopyProgress} from '../../model/deploy/copy-progress.ts';
import {versionOf} from '../../model/deploy/node-report.ts';
import {FailureError} from '../../model/failure.ts';
import {formatBytes} from '../../model/draw/units.ts';
import {durationText} from '../../util/duration.ts';
import {sleep} from '../../util/sleep.ts';
import type {CommandContext} from '../command.ts';
import type {Build} from './build.ts';
import {guardScript} from './guard-script.ts';
import type {Look} from './look.ts';
import {lastLine} from '../../util/last-line.ts';

/** Makes the folder and puts the guard's script there, from standard input. `$1`: the folder. */
const prepareScript = `
trap 'rm -f "$1/guard.tmp"; exit 1' TERM
mkdir -p "$1" && rm -f "$1"/new.ktop.* "$1/guard.tmp" && cat >"$1/guard.tmp" && mv -f "$1/guard.tmp" "$1/guard"
`.trim();

/**
 * Gives the copy the owner, mode and label of the one in place, brings it to the disk, and runs its \`--version\` there.
 * \`$1\`: the folder, \`$2\`: the kubelet's file, \`$3\`: the SHA-256 that is wanted.
 */
const checkScript = String.raw`
n=$1/new t=$2
if command -v sha256sum >/dev/null 2>&1; then s=$(sha256sum <"$n" | cut -d' ' -f1)
elif command -v openssl >/dev/null 2>&1; then s=$(openssl dgst -sha256 -r <"$n" | cut -d' ' -f1)
else s=$(busybox sha256sum <"$n" | cut -d' ' -f1); fi
[ "$s" = "$3" ] || { rm -f "$n"; echo "what arrived has the checksum $s" >&2; exit 1; }
if [ -e "$t" ]; then
  chown "$(stat -c %u:%g "$t")" "$n" && chmod "$(stat -c %a "$t")" "$n" || exit 1
  if command -v chcon >/dev/null 2>&1; then chcon --reference="$t" "$n" 2>/dev/null; fi
else chown 0:0 "$n" && chmod 755 "$n" || exit 1; fi
sync "$n" 2>/dev/null || sync
if command -v timeout >/dev/null 2>&1; then v=$(timeout 10 "$n" --version </dev/null 2>&1); r=$?
else v=$("$n" --version </dev/null 2>&1); r=$?; fi
printf '%s\n' "$v" | head -c 2000
exit "$((r == 0 ? 0 : 100))"
`.trim();

const checkMs = 120_000;
/** A picture of the copy that often is enough for a person, and not too much for a log. */
const tellMs = 400;

/** Puts the guard's script beside the kubelet. Rejects with a `FailureError`. */
export async function putGuard({shell, signal}: CommandContext, {folder}: Look): Promise<void> {
  const tried = `make ${folder} on the node`;
  const options = {input: guardScript, signal};
  const made = await shell.run(['sh', '-c', prepareScript, 'ktop-prepare', folder], options);
  if (made.exitCode !== 0) throw new FailureError({tried, problem: lastLine(made.stderr), next: null});
}

/**
 * Copies a build beside the kubelet and checks it there; tells how far it is. What is in place is not touched. Returns
 * its version, as it says it there. Rejects with a `FailureError` where it did not arrive whole or does not run there.
 */
export async function* putBuild(
  context: CommandContext,
  look: Look,
  build: Build,
): AsyncGenerator<CommandStep, string | null> {
  const {shell, signal, now} = context;
  const {folder, target} = look;
  const beganAt = now();
  let progress: CopyProgress = {sentBytes: 0, totalBytes: build.bytes, elapsedMs: 0};
  const copying = shell.copyIn(build.path, `${folder}/new`, {
    mode: 0o755,
    signal,
    onSent: (sentBytes) => (progress = {...progress, sentBytes, elapsedMs: now() - beganAt}),
  });
  const copied = copying.then(
    () => null,
    (error: unknown) => ({error}),
  );
  for (;;) {
    const waiting = new AbortController();
    const end = await Promise.race([copied, sleep(tellMs, waiting.signal).then(() => 'not yet' as const)]);
    waiting.abort();
    if (end === null) break;
    if (end !== 'not yet') throw end.error;
    yield {kind: 'progress', line: `copying ${formatBytes(build.bytes)}`, copy: progress};
  }
  const copiedAt = now();
  yield {kind: 'progress', line: `copied ${formatBytes(build.bytes)} in ${((copiedAt - beganAt) / 1000).toFixed(1)} s`};
  const argv = ['sh', '-c', checkScript, 'ktop-check', folder, target, build.sha];
  const checked = await shell.run(argv, {timeoutMs: checkMs, signal});
  if (checked.exitCode === 100) {
    const said = lastLine(checked.stdout);
    const problem = `it does not run there (--version): ${said === '' ? 'no word' : said}`;
    throw new FailureError({tried: `check ${folder}/new on the node`, problem, next: null});
  }
  if (checked.exitCode !== 0) {
    throw new FailureError({tried: `check ${folder}/new on the node`, problem: lastLine(checked.stderr), next: null});
  }
  const version = versionOf(checked.stdout);
  yield {
    kind: 'progress',
    line: `checked there in ${durationText(now() - copiedAt)}: whole, and it says ${version ?? 'no version'}`,
  };
  return version;
}

/** Takes a copy away that is not going to be put in place. Never rejects: the next copy takes its place anyway. */
export async function dropNew({shell}: CommandContext, {folder}: Look): Promise<void> {
  await shell.run(['rm', '-f', `${folder}/new`], {timeoutMs: 5000}).catch(() => null);
}
