import {endOf, readTail, type GuardEnd, type GuardLine} from '../../model/deploy/guard-log.ts';
import {FailureError, toFailure} from '../../model/failure.ts';
import {sleep} from '../../util/sleep.ts';
import type {CommandContext} from '../command.ts';
import type {Look} from './look.ts';
import {lastLine} from '../../util/last-line.ts';

/**
 * Writes the state and starts the guard, as a unit of its own where there is `systemd-run`, so that it belongs to no
 * session. `$1`: the folder, `$2`: `run` or `undo`, `$3`: the id, `$4`: `state` where that comes on standard input, else
 * it is as it was. Exit code 75: a guard works there already. A state that was not wholly written is taken away again.
 */
const startScript = String.raw`
d=$1
g=$(cat /run/ktop-deploy.pid 2>/dev/null)
if [ -n "$g" ] && tr '\0' ' ' 2>/dev/null <"/proc/$g/cmdline" | grep -q '\.ktop/guard '; then exit 75; fi
if [ "$4" = state ]; then
  trap 'rm -f "$d/state.tmp"; exit 1' TERM
  cat >"$d/state.tmp" && { sync "$d/state.tmp" 2>/dev/null || sync; } && mv -f "$d/state.tmp" "$d/state" || exit 1
fi
rm -f "$d"/ok-* /run/ktop-deploy.pid
: >"$d/log" || exit 1
if command -v systemd-run >/dev/null 2>&1 && systemd-run --quiet --collect --unit=ktop-deploy /bin/sh "$d/guard" "$2" "$3" 2>/dev/null; then :
else setsid sh "$d/guard" "$2" "$3" </dev/null >/dev/null 2>&1 & fi
i=0
while [ $i -lt 20 ] && [ ! -s /run/ktop-deploy.pid ] && [ ! -s "$d/log" ]; do sleep 0.1 2>/dev/null || sleep 1; i=$((i + 1)); done
`.trim();

/** Starts the guard on the node; `state` is written down for it first, null where that is there already. */
export async function startGuard(
  context: CommandContext,
  look: Look,
  what: {readonly verb: 'run' | 'undo'; readonly id: string; readonly state: Readonly<Record<string, string>> | null},
): Promise<void> {
  const {shell, signal} = context;
  const {verb, id, state} = what;
  const argv = ['sh', '-c', startScript, 'ktop-start', look.folder, verb, id, state === null ? '' : 'state'];
  const started = await shell.run(argv, {timeoutMs: 60_000, signal, ...(state !== null && {input: stateText(state)})});
  if (started.exitCode === 0) return;
  const tried = 'begin the deploy on the node';
  if (started.exitCode === 75)
    throw new FailureError({tried, problem: 'another deploy is under way there', next: null});
  const problem = lastLine(started.stderr);
  throw new FailureError({tried, problem: problem === '' ? `exit code ${started.exitCode}` : problem, next: null});
}

/** A `name=value` a line; a value is one line, whatever a program called its version. */
function stateText(state: Readonly<Record<string, string>>): string {
  const lines = Object.entries(state).map(([name, value]) => `${name}=${value.replace(/[^\x20-\x7e]/g, '?')}`);
  return `${lines.join('\n')}\n`;
}

/** How long a connection that broke is tried again: the node finishes meanwhile, whoever looks. */
const lostMs = 60_000;
const lookAgainMs = 1000;
/** What must pass on the node until the guard has surely ended: two restarts, each with its patience. */
const spareMs = 60_000;

/**
 * Reads the guard's log as it grows, until it has ended. Cuts of the connection are lived through for a minute. Returns
 * the end; null where the guard is gone without one (it was killed), or we were called off. Rejects where nobody
 * answers any more.
 */
export async function* followGuard(
  context: CommandContext,
  look: Look,
  timeoutMs: number,
): AsyncGenerator<GuardLine, GuardEnd | null> {
  const {shell, signal, now} = context;
  const lines: GuardLine[] = [];
  const deadline = now() + 2 * Math.max(timeoutMs, 30_000) + spareMs;
  let answeredAt = now();
  let silences = 0;
  while (!signal.aborted && now() < deadline) {
    try {
      const argv = ['sh', `${look.folder}/guard`, 'tail', '', String(lines.length + 1)];
      const {stdout} = await shell.run(argv, {timeoutMs: 20_000, signal});
      answeredAt = now();
      const tail = readTail(stdout);
      for (const line of tail.lines) {
        lines.push(line);
        yield line;
      }
      const end = endOf(lines);
      if (end !== null) return end;
      // The last lines may have been written between the look at them and the look whether it runs.
      silences = tail.isOver ? silences + 1 : 0;
      if (silences === 3) return null;
      if (tail.isOver) await sleep(lookAgainMs, signal);
    } catch (error) {
      if (now() - answeredAt > lostMs) throw new FailureError(toFailure(error, 'follow the deploy on the node'));
      await sleep(lookAgainMs, signal);
    }
  }
  return null;
}

/** Tells the guard that the new kubelet was seen to answer. Never rejects: without it the guard watches a little longer. */
export async function confirm({shell, signal}: CommandContext, {folder}: Look, id: string): Promise<void> {
  await shell.run(['sh', `${folder}/guard`, 'ok', id], {signal}).catch(() => null);
}
