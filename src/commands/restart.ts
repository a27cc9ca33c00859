import type {CommandStep} from '../model/event.ts';
import {toFailure} from '../model/failure.ts';
import {durationText} from '../util/duration.ts';
import type {LocalMs} from '../model/time.ts';
import type {NodeShell} from '../nodes/node.ts';
import {sleep} from '../util/sleep.ts';

export interface RestartContext {
  readonly shell: NodeShell;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  /** How the user would do it by hand, for messages: `docker exec kind-worker`. */
  readonly commandPrefix: string;
  readonly now: () => LocalMs;
  /** Resolves when the kubelet has answered a request that was sent after `since`; rejects when `signal` aborts. */
  readonly answered: (since: LocalMs, signal: AbortSignal) => Promise<LocalMs>;
  readonly signal: AbortSignal;
}

/** What is run, as the question shows it. */
export const restartArgv = (unit: string): readonly string[] => ['systemctl', 'restart', unit];

/** How long a restarted kubelet may take before its stats are given up; it answers within seconds when it is well. */
const patienceMs = 60_000;

/**
 * Restarts the kubelet and measures the downtime: from the command to the first answer of the new process. A unit
 * that dies right after `systemctl restart` succeeded (the usual way in which a broken build fails) is a failure.
 */
export async function* restartKubelet(context: RestartContext): AsyncGenerator<CommandStep> {
  const {shell, unit, commandPrefix, now, signal} = context;
  const argv = restartArgv(unit);
  const tried = `${commandPrefix} ${argv.join(' ')}`;
  const logs = `${commandPrefix} journalctl -u ${unit} -n 200`;
  const startedAt = now();
  yield {kind: 'started', line: tried};
  try {
    const result = await shell.run(argv, {timeoutMs: 100_000, signal});
    if (result.exitCode !== 0) {
      const [complaint = ''] = result.stderr.trim().split('\n');
      const problem = complaint === '' ? `exit code ${result.exitCode}` : complaint;
      yield {kind: 'failed', failure: {tried, problem, next: logs}};
      return;
    }
    const restartedAt = now();
    const systemctlMs = restartedAt - startedAt;
    yield {kind: 'progress', line: `systemctl took ${durationText(systemctlMs)}, waiting for the kubelet to answer`};
    const outcome = await firstAnswer(context, restartedAt);
    // A crash loop is active for a moment, too: what was seen to be down is not asked about again.
    const down = outcome.down ?? (await whyDown(context));
    if (down !== null) {
      const standing = `the unit ${down} ${durationText(now() - restartedAt)} after the restart`;
      const output = await fatalLine(context).catch(() => null);
      const problem = output === null ? standing : `${output} (${standing})`;
      yield {kind: 'failed', failure: {tried, problem, next: logs}};
    } else if (outcome.answeredAt === null) {
      yield {kind: 'done', line: `the unit is active, but its stats did not answer within ${durationText(patienceMs)}`};
    } else {
      const downMs = outcome.answeredAt - startedAt;
      yield {
        kind: 'done',
        line: `answers again after ${durationText(downMs)} (systemctl ${durationText(systemctlMs)})`,
      };
    }
  } catch (error) {
    yield {kind: 'failed', failure: toFailure(error, tried)};
  }
}

interface Outcome {
  readonly answeredAt: LocalMs | null;
  readonly down: string | null;
}

/** Waits for the first answer, or until the unit is seen to be down, and says how; perhaps neither comes. */
async function firstAnswer(context: RestartContext, since: LocalMs): Promise<Outcome> {
  const decided = new AbortController();
  const signal = AbortSignal.any([context.signal, decided.signal, AbortSignal.timeout(patienceMs)]);
  const down = unitGoesDown(context, signal).catch(() => null);
  const answer = context.answered(since, signal).catch(() => null);
  try {
    return await Promise.race([
      answer.then((answeredAt) => ({answeredAt, down: null})),
      down.then((how) => ({answeredAt: null, down: how})),
    ]);
  } finally {
    decided.abort();
  }
}

/** Resolves with how a unit is not coming up any more, or with null when `signal` aborts. */
async function unitGoesDown(context: RestartContext, signal: AbortSignal): Promise<string | null> {
  for (;;) {
    await sleep(2000, signal);
    if (signal.aborted) return null;
    const down = await whyDown(context);
    if (down !== null) return down;
  }
}

/** What systemd says of any unit that ends and starts again; it tells nothing. */
const routine =
  /^(?:Start(?:ed|ing)|Stopp(?:ed|ing)) |: (?:Main process exited|Failed with result|Scheduled restart job|Deactivated|Consumed|Start request repeated)/;
/** What a process dies with: from v1.23 on the kubelet logs an error in place of klog's fatal line. */
const fatal = /^(?:panic|fatal error):|^F\d{4} |^E\d{4} .*"command failed"/;
/** A Go panic is followed by its stack, an error of klog by what still runs: the line that tells is not the last. */
const telling = /^(?:panic|fatal error|error):|^[EF]\d{4} |: Failed (?:to|at) /i;

/** Why the kubelet went down, as it said itself after the restart; null where it said nothing. */
async function fatalLine({shell, unit, signal}: RestartContext): Promise<string | null> {
  // With a fatal line klog prints the stacks of all goroutines: 150 lines and more.
  const argv = ['journalctl', '--unit', unit, '--lines=1000', '--output=cat', '--no-pager', '--quiet'];
  const {stdout} = await shell.run(argv, {timeoutMs: 15_000, signal});
  const lines = stdout.split('\n').map((line) => line.trim());
  const since = lines.slice(lines.findLastIndex((line) => line.startsWith('Stopping ')) + 1);
  const own = since.filter((line) => line !== '' && !routine.test(line));
  // The next process may be complaining of lesser things already.
  const words = own.findLast((line) => fatal.test(line)) ?? own.findLast((line) => telling.test(line)) ?? own.at(-1);
  return words?.replace(/^[IWEF]\d{4} [\d:.]+ +\d+ /, '') ?? null;
}

/**
 * How the unit is down, as the end of a sentence about it; null where it has stayed up since the restart. systemd counts
 * how often it started a unit again by itself (`NRestarts`, from version 235), anew after each `systemctl restart`: a
 * kubelet that takes seconds to fail is active nearly all of the time.
 */
async function whyDown({shell, unit, signal}: RestartContext): Promise<string | null> {
  const argv = ['systemctl', 'show', unit, '--property=ActiveState,NRestarts'];
  const {stdout} = await shell.run(argv, {timeoutMs: 15_000, signal});
  const state = /^ActiveState=(.+)$/m.exec(stdout)?.[1] ?? 'unknown';
  if (state !== 'active') return `is ${state}`;
  return Number(/^NRestarts=(\d+)$/m.exec(stdout)?.[1] ?? 0) > 0 ? 'has ended and was started again' : null;
}
