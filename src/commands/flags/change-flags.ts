import type {CommandStep} from '../../model/event.ts';
import {FailureError, toFailure, type Failure} from '../../model/failure.ts';
import {dropInText, flagWord, withSettings, dropInName, type FlagSetting} from '../../model/flags/drop-in.ts';
import {heldFlag, type FlagRow} from '../../model/flags/flag-rows.ts';
import {maskedValue} from '../../model/secrets.ts';
import {shellQuote} from '../../nodes/exec/shell-quote.ts';
import {durationText} from '../../util/duration.ts';
import {runJob, type Job} from '../job/run-job.ts';
import {typedOn, type Action, type AskedNode, type CommandContext} from '../command.ts';
import {wordsIn, type Before} from '../last-words.ts';
import {logsOf, lookBefore, waitForAnswer} from '../restart.ts';
import {readUnit, UnitWatch} from '../unit-state.ts';
import {jobFolder, jobScript} from './change-script.ts';
import {checkByProgram} from './check-flags.ts';
import {readFlags, type FlagsReport} from './read-flags.ts';

/** What is to become of ktop's own flags. */
export interface FlagsChange {
  readonly settings: readonly FlagSetting[];
  /** Names of its flags that are taken back. */
  readonly removed?: readonly string[];
}

/** The job waits twice: with the flags, and with those from before. The rest is systemd's own time. */
const jobMs = (timeoutMs: number): number => 2 * timeoutMs + 90_000;

const shown = ({name, value}: FlagSetting): string => flagWord({name, value: maskedValue(name, value)});

/**
 * Sets flags of the kubelet, or takes back some. `report` is what was read of the node; a kubelet that is not healthy
 * within `timeoutMs` gets its flags from before. Throws a `FailureError` where it cannot be done there.
 */
export function flagsAction(change: FlagsChange, report: FlagsReport, timeoutMs: number): Action<'flags'> {
  const {unit} = report;
  const settings = withSettings(report.own, change.settings, change.removed);
  // With the last one the file goes, too.
  if (settings.length === 0) return resetAction(timeoutMs);
  const text = dropInText(report.files, settings);
  refuseWhere(report, typeof text === 'string' ? null : text.problem);
  const plan: Plan = {text: typeof text === 'string' ? text : '', settings, report};
  const changes = [...change.settings.map(shown), ...(change.removed ?? []).map((name) => `(not --${name})`)];
  return {
    name: 'flags',
    question: (node) => {
      const {folder, path} = placeOf(unit);
      const write = `'mkdir -p ${folder} && printf "%s\\n" "$@" >${path}'`;
      const lines = shellQuote(['[Service]', 'ExecStart=', lastLine(plan.text ?? '', settings)]);
      const file = typedOn(node, ['sh', '-c', write, 'sh', lines]);
      return {
        text: `Set ${changes.join(' ')} for ${unit} on ${node.name}?`,
        commands: [file, ...restartLines(node, unit)],
        warning: `On trial: not healthy within ${durationText(timeoutMs)}, it goes back by itself.`,
      };
    },
    run: (context) => changeFlags(context, () => Promise.resolve(plan), timeoutMs),
  };
}

/** Takes ktop's own drop-in away, and with it all flags that it has set. */
export function resetAction(timeoutMs: number): Action<'flags'> {
  return {
    name: 'flags',
    question: (node, unit) => ({
      text: `Take ktop's own flags of ${unit} on ${node.name} away?`,
      commands: [typedOn(node, ['rm', placeOf(unit).path]), ...restartLines(node, unit)],
      warning: `On trial: not healthy within ${durationText(timeoutMs)}, they come back by themselves.`,
    }),
    run: (context) =>
      changeFlags(
        context,
        async () => {
          const report = await readFlags(context);
          const nothing = `ktop has set no flags of ${report.unit}: there is nothing to take away`;
          refuseWhere(report, report.dropIn === null ? nothing : null);
          return {text: null, settings: [], report};
        },
        timeoutMs,
      ),
  };
}

function restartLines(node: AskedNode, unit: string): readonly string[] {
  return [typedOn(node, ['systemctl', 'daemon-reload']), typedOn(node, ['systemctl', 'restart', unit])];
}

function placeOf(unit: string): {readonly folder: string; readonly path: string} {
  const folder = `/etc/systemd/system/${fullName(unit)}.d`;
  return {folder, path: `${folder}/${dropInName}`};
}

/** Throws where flags cannot be changed there, or for the reason that is given. */
function refuseWhere({fixed, needsReload}: FlagsReport, problem: string | null): void {
  const tried = 'change the flags of the kubelet';
  const why = fixed ?? problem;
  if (why !== null) throw new FailureError({tried, problem: why, next: null});
  if (!needsReload) return;
  const stale = "the unit's files have changed since systemd read them, and a change of flags would bring that in too";
  throw new FailureError({tried, problem: stale, next: 'systemctl daemon-reload (on the node)'});
}

/** The line of the drop-in that counts, its secrets masked. */
function lastLine(text: string, settings: readonly FlagSetting[]): string {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return settings.reduce((all, {name, value}) => {
    const masked = maskedValue(name, value);
    return masked === value ? all : all.replaceAll(value, masked);
  }, line);
}

const fullName = (unit: string): string => (unit.endsWith('.service') ? unit : `${unit}.service`);

interface Plan {
  /** Of the drop-in; null: it is taken away. */
  readonly text: string | null;
  readonly settings: readonly FlagSetting[];
  readonly report: FlagsReport;
}

async function* changeFlags(
  context: CommandContext,
  makePlan: () => Promise<Plan>,
  timeoutMs: number,
): AsyncGenerator<CommandStep> {
  const tried = 'change the flags of the kubelet';
  const failed = (problem: string, next: string | null = logsOf(context)): CommandStep => ({
    kind: 'failed',
    failure: {tried, problem, next},
  });
  yield {kind: 'started', line: 'looking at the unit'};
  try {
    const plan = await makePlan();
    const {settings, report} = plan;
    const what = plan.text === null ? `${dropInName} taken away` : `set ${settings.map(shown).join(' ')}`;
    if (plan.text !== null) {
      const checked = await checkByProgram(context.shell, report.program, settings, context.signal);
      if (checked.kind === 'refused') {
        yield failed(`the kubelet does not take it: ${checked.problem}; nothing was changed`, null);
        return;
      }
      if (checked.kind === 'unknown') yield {kind: 'progress', line: `not checked beforehand: ${checked.why}`};
    }
    const before = await lookBefore(context);
    const startedAt = context.now();
    for await (const end of jobSteps(context, jobOf(context, plan, timeoutMs))) {
      if (end.kind === 'step') yield {kind: 'progress', line: end.text};
      else if (end.how === 'done') yield await outcome(context, what, startedAt);
      else yield failed(await whatWentWrong(context, before, end), end.how === 'failed' ? null : logsOf(context));
    }
  } catch (error) {
    const {problem, next}: Failure = toFailure(error, tried);
    const goesOn = `; what was begun on the node is finished or undone there within ${durationText(jobMs(timeoutMs))}`;
    yield failed(context.signal.aborted ? problem + goesOn : problem, next);
  }
}

function jobOf({unit}: CommandContext, {text, settings, report}: Plan, timeoutMs: number): Job {
  const want = text === null ? '' : settings.map((setting) => `${flagWord(setting)}\n`).join('');
  const mode = text === null ? 'reset' : 'set';
  return {
    title: 'change of flags',
    folder: jobFolder,
    unit: 'ktop-job',
    script: 'script',
    files: {script: jobScript, new: text ?? '', want},
    args: [mode, fullName(unit), String(Math.ceil(timeoutMs / 1000)), ...healthAddresses(report.rows, settings)],
    mostMs: jobMs(timeoutMs),
  };
}

/** Where the kubelet may answer: its own port, and the plain one for its health (10248). */
function healthAddresses(rows: readonly FlagRow[], settings: readonly FlagSetting[]): readonly string[] {
  const port = (flag: string, setting: string, usual: string): string => {
    const given =
      settings.find(({name}) => name === flag)?.value ??
      heldFlag(rows, flag) ??
      rows.find((row) => row.kind === 'setting' && row.name === setting)?.value;
    return given !== undefined && /^\d{1,5}$/.test(given) ? given : usual;
  };
  return [
    `https://127.0.0.1:${port('port', 'port', '10250')}/healthz`,
    `http://127.0.0.1:${port('healthz-port', 'healthzPort', '10248')}/healthz`,
  ].filter((address) => !address.includes(':0/'));
}

type JobStep =
  | {readonly kind: 'step'; readonly text: string}
  | {readonly kind: 'end'; readonly how: 'done' | 'failed' | 'back' | 'stuck'; readonly text: string};

/** What the job tells, as it tells it; ends with its end. Throws a `FailureError` where it ends without a word. */
async function* jobSteps(context: CommandContext, job: Job): AsyncGenerator<JobStep> {
  for await (const {word, text} of runJob(context, job)) {
    const [, how, why = ''] = /^(done|failed|back|stuck) ?(.*)$/.exec(text) ?? [];
    if (word === 'step') yield {kind: 'step', text};
    if (word !== 'end') continue;
    if (how === 'done' || how === 'failed' || how === 'back' || how === 'stuck') yield {kind: 'end', how, text: why};
    return;
  }
  const problem = context.signal.aborted ? 'was called off' : 'the job on the node ended without a word';
  throw new FailureError({tried: 'follow the change on the node', problem, next: null});
}

/** The node has seen it healthy: what remains is that it answers us. */
async function outcome(
  context: CommandContext,
  what: string,
  startedAt: ReturnType<CommandContext['now']>,
): Promise<CommandStep> {
  const state = await readUnit(context.shell, context.unit, {signal: context.signal});
  const answer = await waitForAnswer(context, new UnitWatch(state), startedAt);
  if (answer.kind === 'answered') {
    return {
      kind: 'done',
      line: `${what}; healthy and answering ${durationText(answer.at - startedAt)} after it was begun`,
    };
  }
  if (answer.kind === 'refused') {
    return {kind: 'done', line: `${what}; healthy; its stats are refused: ${answer.failure.problem}`};
  }
  const problem =
    answer.kind === 'called-off'
      ? `${what}: the node has seen it healthy, we have not: was called off`
      : `${what}: the node has seen it healthy, but its stats do not answer us`;
  return {kind: 'failed', failure: {tried: 'change the flags', problem, next: 'ktop flags --reset …'}};
}

async function whatWentWrong(
  {shell, signal}: CommandContext,
  before: Before,
  {how, text}: Extract<JobStep, {kind: 'end'}>,
): Promise<string> {
  if (how === 'failed') return `${text}; nothing was changed`;
  const read = await shell.run(['cat', `${jobFolder}/journal`], {signal}).catch(() => null);
  const words = read?.exitCode === 0 ? wordsIn(read.stdout, before) : null;
  const said = words === null ? text : `${words} (${text})`;
  return how === 'back'
    ? `${said}; the flags are as before again, and it is healthy`
    : `${said}; the flags are as before again, but it is still not healthy`;
}
