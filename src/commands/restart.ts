import type {CommandStep} from '../model/event.ts';
import {toFailure, type Failure} from '../model/failure.ts';
import type {LocalMs} from '../model/time.ts';
import {isRefusal} from '../nodes/kube/rights.ts';
import {durationText} from '../util/duration.ts';
import {sleep} from '../util/sleep.ts';
import {typedOn, type Command, type CommandContext} from './command.ts';
import {lastWords, journalEnd, type Before} from './last-words.ts';
import {readUnit, UnitWatch, type UnitVerdict} from './unit-state.ts';

const restartArgv = (unit: string): readonly string[] => ['systemctl', 'restart', unit];

/** Restarts the kubelet and measures the downtime. */
export const restart: Command<'restart'> = {
  name: 'restart',
  key: 'r',
  what: 'restart the kubelet (asks first)',
  summary: 'restart the kubelet and measure the downtime',
  question: (node, unit) => ({
    text: `Restart the kubelet on ${node.name}?`,
    commands: [typedOn(node, restartArgv(unit))],
    warning: null,
  }),
  run: restartKubelet,
};

/** A unit of `Type=notify` keeps systemctl waiting until it is ready, by default at most 90 s. */
const systemctlMs = 100_000;
/** How long a restarted kubelet may take before its stats are given up; it answers within seconds when it is well. */
const patienceMs = 60_000;
/** How long the unit of a kubelet that refuses us its stats must stay up, to be called restarted. */
const settledMs = 10_000;
const lookEveryMs = 2000;
/** What is looked up before the restart is worth no more: it only keeps old words from being quoted. */
const lookBeforeMs = 5000;

/**
 * Restarts the kubelet and measures the downtime: from the command to the first answer of the new process. A unit
 * that dies after `systemctl restart` succeeded (the usual way in which a broken build fails) is a failure, and so is
 * one that stays up and never answers.
 */
async function* restartKubelet(context: CommandContext): AsyncGenerator<CommandStep> {
  const {unit, now} = context;
  const argv = restartArgv(unit);
  const tried = typedOn(context, argv);
  yield {kind: 'started', line: tried};
  try {
    const before = await lookBefore(context);
    const startedAt = now();
    const complaint = await runSystemctl(context, argv, before);
    if (complaint !== null) {
      yield {kind: 'failed', failure: {tried, problem: complaint, next: logsOf(context)}};
      return;
    }
    const restartedAt = now();
    const took = durationText(restartedAt - startedAt);
    yield {kind: 'progress', line: `systemctl took ${took}, waiting for the kubelet to answer`};
    const watch = new UnitWatch(before.unit);
    const outcome = await waitForAnswer(context, watch, restartedAt);
    const others = watch.startedByOthers ? '; somebody else has restarted it, too' : '';
    if (outcome.kind === 'answered') {
      const down = durationText(outcome.at - startedAt);
      yield {kind: 'done', line: `answers again after ${down} (systemctl ${took})${others}`};
    } else if (outcome.kind === 'refused') {
      const up = durationText(now() - restartedAt);
      const line = `restarted (systemctl ${took}), and up for ${up}; its stats are refused: ${outcome.failure.problem}`;
      yield {kind: 'done', line: line + others};
    } else {
      const problem = await problemOf(context, before, outcome, restartedAt);
      yield {kind: 'failed', failure: {tried, problem: problem + others, next: logsOf(context)}};
    }
  } catch (error) {
    yield {kind: 'failed', failure: toFailure(error, tried)};
  }
}

/** The command that shows what the kubelet said last. */
export const logsOf = (context: CommandContext): string =>
  typedOn(context, ['journalctl', '-u', context.unit, '-n', '200']);

/** What is remembered of the moment before a restart. Never rejects. */
export async function lookBefore({shell, unit, signal}: CommandContext): Promise<Before> {
  const options = {signal, timeoutMs: lookBeforeMs};
  const [state, journal] = await Promise.all([readUnit(shell, unit, options), journalEnd(shell, unit, options)]);
  return {unit: state, journal};
}

/** Runs the restart; null where systemctl had nothing against it, else why it failed. */
async function runSystemctl(context: CommandContext, argv: readonly string[], before: Before): Promise<string | null> {
  const {shell, unit, signal} = context;
  try {
    const {exitCode, stderr} = await shell.run(argv, {timeoutMs: systemctlMs, signal});
    if (exitCode === 0) return null;
    const [complaint = ''] = stderr.trim().split('\n');
    const problem = complaint === '' ? `exit code ${exitCode}` : complaint;
    // systemd's own word on a unit that did not start only says where to look: the unit itself says why.
    return problem.includes('failed because') ? quoted(await wordsOf(context, before), problem) : problem;
  } catch (error) {
    const {problem} = toFailure(error, '');
    if (signal.aborted) return `${problem}; the node may have begun with it`;
    // systemd goes on with what it was told, whoever waits for it or not.
    const state = await readUnit(shell, unit, {signal});
    const standing = state === null ? null : new UnitWatch(null).judge(state);
    if (standing?.kind !== 'on-its-way') return problem;
    return `${problem}; systemd goes on with it, the unit ${standing.how}`;
  }
}

/** How a restart came out. */
export type Outcome =
  | {readonly kind: 'answered'; readonly at: LocalMs}
  /** The unit stays up, but we may not have its stats: whether it answers cannot be seen. */
  | {readonly kind: 'refused'; readonly failure: Failure}
  | {readonly kind: 'down'; readonly how: string}
  | {readonly kind: 'silent'; readonly verdict: UnitVerdict | null}
  | {readonly kind: 'called-off'};

/** Waits for the first answer after a restart, or until the unit is seen to be down, or long enough. */
export async function waitForAnswer(context: CommandContext, watch: UnitWatch, restartedAt: LocalMs): Promise<Outcome> {
  const {shell, unit, signal} = context;
  const decided = new AbortController();
  const until = AbortSignal.any([signal, decided.signal]);
  const seen: {answeredAt: LocalMs | null; settled: boolean; late: boolean} = {
    answeredAt: null,
    settled: false,
    late: false,
  };
  const answer = context.answered(restartedAt, until).then(
    (at) => void (seen.answeredAt = at),
    // It was called off; the looks below say so.
    () => new Promise<void>(() => undefined),
  );
  void sleep(settledMs, until).then(() => (seen.settled = true));
  void sleep(patienceMs, until).then(() => (seen.late = true));
  try {
    for (;;) {
      const {answeredAt, settled, late} = seen;
      const state = await readUnit(shell, unit, {signal});
      if (signal.aborted) return {kind: 'called-off'};
      // A look that fails says nothing of the unit.
      const verdict = state === null ? null : watch.judge(state);
      // A crash loop answers for a moment, too.
      if (verdict?.kind === 'down') return verdict;
      if (answeredAt !== null) return {kind: 'answered', at: answeredAt};
      const failure = context.unanswered(restartedAt);
      if (settled && verdict?.kind === 'up' && failure !== null && isRefusal(failure))
        return {kind: 'refused', failure};
      if (late) return {kind: 'silent', verdict};
      if (seen.answeredAt === null) await Promise.race([answer, sleep(lookEveryMs, until)]);
    }
  } finally {
    decided.abort();
  }
}

/** What went wrong, in one sentence, with the kubelet's own words where it left some. */
async function problemOf(
  context: CommandContext,
  before: Before,
  outcome: Exclude<Outcome, {kind: 'answered' | 'refused'}>,
  restartedAt: LocalMs,
): Promise<string> {
  if (outcome.kind === 'called-off') return 'was called off: it was restarted, but not seen to answer';
  const after = durationText(context.now() - restartedAt);
  if (outcome.kind === 'down') {
    return quoted(await wordsOf(context, before), `the unit ${outcome.how} ${after} after the restart`);
  }
  const {verdict} = outcome;
  const unit =
    verdict === null
      ? 'systemd tells nothing of the unit'
      : verdict.kind === 'up'
        ? 'the unit is active'
        : `the unit ${verdict.how}`;
  const why = context.unanswered(restartedAt);
  const said = why === null ? '' : `: ${why.problem}`;
  return `${unit}, but its stats did not answer within ${durationText(patienceMs)}${said}`;
}

const wordsOf = ({shell, unit, signal}: CommandContext, before: Before): Promise<string | null> =>
  lastWords(shell, unit, before, signal).catch(() => null);

const quoted = (words: string | null, standing: string): string =>
  words === null ? standing : `${words} (${standing})`;
