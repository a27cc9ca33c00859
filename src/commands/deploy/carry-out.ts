import {randomBytes} from 'node:crypto';
import {guardText, type GuardEnd} from '../../model/deploy/guard-log.ts';
import type {JobLine} from '../../model/job-log.ts';
import type {CommandStep} from '../../model/event.ts';
import {toFailure} from '../../model/failure.ts';
import type {LocalMs} from '../../model/time.ts';
import {isRefusal} from '../../nodes/kube/rights.ts';
import {durationText} from '../../util/duration.ts';
import {sleep} from '../../util/sleep.ts';
import {typedOn, type CommandContext, type Action} from '../command.ts';
import {wordsOfStart} from '../last-words.ts';
import {shortSha} from './build.ts';
import {Guard} from './guard.ts';
import {nextOfLeft, type Plan} from './plan.ts';
import {dropNew, putBuild, type Arrived} from './put.ts';
import {questionOf} from './question.ts';

/** A plan as an action that only has to be confirmed and run. */
export function actionOf(plan: Plan): Action {
  return {name: plan.kind, question: () => questionOf(plan), run: (context) => carryOut(plan, context)};
}

/**
 * Carries a plan out. What changes the node's kubelet is done by the guard there; until it was started nothing has
 * changed, and from then on the node finishes by itself, whatever becomes of us.
 */
async function* carryOut(plan: Plan, context: CommandContext): AsyncGenerator<CommandStep> {
  const {look, source, kind} = plan;
  const isUndo = source.kind === 'left' && kind === 'rollback';
  const what = plan.version ?? shortSha(plan.sha);
  const tried = isUndo ? `undo the ${source.state.kind} on ${plan.node.name}` : `${what} on ${plan.node.name}`;
  const beganAt = context.now();
  yield {kind: 'started', line: questionOf(plan).commands.join(' && ')};
  let hasBegun = false;
  const id = source.kind === 'left' ? source.state.id : randomBytes(6).toString('hex');
  // It is made ready while the copy goes on.
  const guard = new Guard(context, look, {verb: isUndo ? 'undo' : 'run', id});
  try {
    const arrived: Arrived =
      source.kind === 'build' ? yield* putBuild(context, look, source.build) : {version: plan.version, stamp: ''};
    const {version} = arrived;
    const state = source.kind === 'left' ? null : stateOf(plan, id, arrived, context.now());
    hasBegun = true;
    const watched = yield* watch(context, plan, guard, state);
    yield await outcome(context, plan, {...watched, tried, isUndo, version, beganAt});
  } catch (error) {
    const failure = toFailure(error, tried);
    if (!hasBegun) {
      await Promise.all([guard.drop(), dropNew(context, look)]);
      const problem = `${failure.problem}; nothing was changed on the node`;
      yield {kind: 'failed', failure: {...failure, problem}};
      return;
    }
    yield {kind: 'failed', failure: {...failure, problem: `${failure.problem}; ${goesOn}`, next: listOn(plan)}};
  }
}

const goesOn = 'the node finishes by itself: it keeps the new one where that is healthy, else it goes back';
const listOn = ({node}: Plan): string => `ktop deploy --list --node ${node.name}`;

/** What the guard is told. */
function stateOf(plan: Plan, id: string, arrived: Arrived, now: number): Readonly<Record<string, string>> {
  const {kind, look, source, sha, options, unit} = plan;
  const {report, target, place} = look;
  const {health} = report;
  // An address that did not answer before either says nothing of the new one, unless it answers.
  const asked = health === null ? '' : `${health.ok ? 'must' : 'may'}:${health.url}`;
  const old = (report.sha ?? sha).slice(0, 12);
  return {
    ...{id, kind, step: 'ready', target, unit: place.unit.includes('.') ? unit : `${unit}.service`},
    source: source.kind === 'kept' ? source.file : 'new',
    keep: `kept-${report.now > 0 ? report.now : Math.floor(now / 1000)}-${old}`,
    sha_new: sha,
    sha_old: report.sha ?? '',
    whole: arrived.stamp,
    version_new: arrived.version ?? '',
    version_old: report.version ?? '',
    clear: options.clear ? '1' : '0',
    timeout: String(Math.max(1, Math.ceil(options.timeoutMs / 1000))),
    health: asked,
  };
}

interface Watched {
  readonly end: GuardEnd | null;
  /** The newest start of the unit that was seen to fail. */
  readonly failedStart: {readonly invocation: string; readonly isUp: boolean} | null;
  readonly startedAt: LocalMs | null;
  readonly answeredAt: LocalMs | null;
}

/** Starts the guard and tells what it does, and tells the guard when the new kubelet has answered. */
async function* watch(
  context: CommandContext,
  plan: Plan,
  guard: Guard,
  state: Readonly<Record<string, string>> | null,
): AsyncGenerator<CommandStep, Watched> {
  const over = new AbortController();
  const until = AbortSignal.any([context.signal, over.signal]);
  const failing = new AbortController();
  const seen: {startedAt: LocalMs | null; answeredAt: LocalMs | null} = {startedAt: null, answeredAt: null};
  let before: JobLine | null = null;
  let restarting = false;
  let failedStart: Watched['failedStart'] = null;
  const log = guard.run(state, plan.options.timeoutMs);
  try {
    for (;;) {
      const next = await log.next();
      if (next.done === true) {
        const {startedAt, answeredAt} = await firstAnswer(context, plan, seen, next.value);
        return {end: next.value, failedStart, startedAt, answeredAt};
      }
      const line: JobLine = next.value;
      if (line.word === 'began' && failedStart === null) {
        seen.startedAt = context.now();
        void context.answered(seen.startedAt, AbortSignal.any([until, failing.signal])).then(
          (at) => {
            seen.answeredAt = at;
            return guard.confirm();
          },
          () => undefined,
        );
      }
      if (line.word === 'down' || line.word === 'late') {
        // What answers from now on is the one before.
        failing.abort();
        const invocation = /^[0-9a-f]{32}\b/.exec(line.text)?.[0];
        if (invocation !== undefined) failedStart = {invocation, isUp: line.word === 'late'};
      }
      const text = guardText(line, before);
      before = line;
      if (line.word === 'restart') restarting = true;
      if (text !== null) yield {kind: 'progress', line: text, ...(restarting && {restarting})};
    }
  } finally {
    over.abort();
  }
}

/** A kubelet that is healthy on the node may still be waited for: its stats come a little later, over another way. */
async function firstAnswer(
  context: CommandContext,
  {options}: Plan,
  seen: {startedAt: LocalMs | null; answeredAt: LocalMs | null},
  end: GuardEnd | null,
): Promise<{readonly startedAt: LocalMs | null; readonly answeredAt: LocalMs | null}> {
  const {startedAt} = seen;
  if (end?.step !== 'done' || startedAt === null) return seen;
  while (seen.answeredAt === null && !context.signal.aborted) {
    const failure = context.unanswered(startedAt);
    if (failure !== null && isRefusal(failure)) break;
    if (context.now() - startedAt > options.timeoutMs) break;
    await sleep(200, context.signal);
  }
  return seen;
}

interface Outcome extends Watched {
  readonly tried: string;
  readonly isUndo: boolean;
  readonly version: string | null;
  readonly beganAt: LocalMs;
}

/** What it came to, in one sentence, with the kubelet's own words where it failed. */
async function outcome(context: CommandContext, plan: Plan, seen: Outcome): Promise<CommandStep> {
  const {end, tried, isUndo, startedAt, answeredAt} = seen;
  const {node, look, options, unit} = plan;
  const logs = typedOn(node, ['journalctl', '-u', unit, '-n', '200']);
  const fail = (problem: string, next: string): CommandStep => ({kind: 'failed', failure: {tried, problem, next}});
  const took = `in ${durationText(context.now() - seen.beganAt)}`;
  if (end === null) {
    if (context.signal.aborted) return fail(`was called off here; ${goesOn}`, listOn(plan));
    const next = nextOfLeft(node.name);
    const ended = {tried, problem: 'the guard on the node ended without a word, half-way', next};
    const what = seen.version ?? shortSha(plan.sha);
    const left = {tried: `the ${plan.kind} of ${what}`, problem: 'was cut off half-way', next};
    return {kind: 'failed', failure: ended, left};
  }
  const before = look.report.version ?? 'the one before';
  switch (end.step) {
    case 'done': {
      const what = seen.version ?? shortSha(plan.sha);
      if (startedAt !== null && answeredAt !== null) {
        const after = durationText(answeredAt - startedAt);
        return {kind: 'done', line: `${what} runs, ${took}; its stats answered ${after} after its start`};
      }
      const why = startedAt === null ? null : context.unanswered(startedAt);
      if (why !== null && isRefusal(why)) {
        return {kind: 'done', line: `${what} runs and is healthy, ${took}; its stats are refused: ${why.problem}`};
      }
      const said = why === null ? '' : `: ${why.problem}`;
      const silent = `${what} runs and is healthy on the node, but its stats did not answer within ${durationText(options.timeoutMs)}${said}`;
      return fail(silent, `ktop rollback --node ${node.name}`);
    }
    case 'back': {
      if (isUndo) return {kind: 'done', line: `what was in place before is back and runs, ${took}`};
      const words = await wordsOf(context, seen.failedStart);
      return fail(`${quoted(words, end.why)}; ${before} is back in place and runs`, logs);
    }
    case 'booted':
      return fail(`${end.why}; ${before} was put back`, logs);
    case 'refused':
      if (isUndo) return {kind: 'done', line: 'what was left is taken away; the kubelet was not touched'};
      return fail(`${end.why}; nothing was changed on the node`, listOn(plan));
    case 'down': {
      const words = await wordsOf(context, seen.failedStart);
      return fail(`${quoted(words, end.why)}; it was put back, but the kubelet does not run`, logs);
    }
    case 'stuck':
      return fail(end.why, listOn(plan));
  }
}

/** The words of the start that failed; null where it left none. */
async function wordsOf({shell, signal}: CommandContext, start: Watched['failedStart']): Promise<string | null> {
  if (start === null) return null;
  const {invocation, isUp} = start;
  return wordsOfStart(shell, invocation, {signal, isUp}).catch(() => null);
}

const quoted = (words: string | null, standing: string): string =>
  words === null ? standing : `${words} (${standing})`;
