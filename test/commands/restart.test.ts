import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import type {CommandContext} from '../../src/commands/command.ts';
import type {CommandStep} from '../../src/model/event.ts';
import {localMs} from '../../src/model/time.ts';
import {deniedFailure} from '../../src/nodes/kube/rights.ts';
import {run} from './context.ts';
import type {Answers} from './fake-shell.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const restart = 'systemctl restart kubelet';
const show = 'systemctl show kubelet --property=ActiveState,SubState,NRestarts,MainPID,InvocationID';
const newest = 'journalctl --unit=kubelet --lines=1 --output=export --output-fields=MESSAGE --no-pager --quiet';
const log =
  'journalctl --unit=kubelet --lines=1000 --output=json --output-fields=MESSAGE,_SYSTEMD_INVOCATION_ID --no-pager --quiet';

/** What systemd says of the unit at a look. */
const unit = (restarts: number | null, state = 'active running', start = '1') => {
  const [active = '', sub = ''] = state.split(' ');
  const count = restarts === null ? '' : `NRestarts=${restarts}\n`;
  return {stdout: `MainPID=${start}\n${count}ActiveState=${active}\nSubState=${sub}\nInvocationID=${start}\n`};
};
const waiting = 'activating auto-restart';

/** The looks one after the other, the first before the restart; the last one goes on. */
const looks = (...answers: readonly (ReturnType<typeof unit> | Error)[]) => {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? new Error('no look');
};
const entries = (...messages: readonly (readonly [message: string, start?: string])[]) => ({
  stdout: messages
    .map(([MESSAGE, start], at) => JSON.stringify({MESSAGE, __CURSOR: `s=a;i=${at}`, _SYSTEMD_INVOCATION_ID: start}))
    .join('\n'),
});

const answers = () => Promise.resolve(localMs(1340));

async function last(table: Answers, context: Partial<CommandContext> = {}): Promise<CommandStep | undefined> {
  const running = run('restart', {[restart]: {}, [newest]: new Error('no journal'), ...table}, context);
  await vi.advanceTimersByTimeAsync(100_000);
  return (await running).steps.at(-1);
}
const failed = (problem: string) => ({kind: 'failed', failure: {problem}});
const containing = (text: string) => expect.stringContaining(text) as string;

test('the downtime runs from the command to the first answer of the new kubelet', async () => {
  const times = [0, 90];
  const running = run(
    'restart',
    {[restart]: {}, [show]: looks(unit(0, 'active running', '1'), unit(0, 'active running', '2'))},
    {answered: answers, now: () => localMs(times.shift() ?? 90)},
  );
  await vi.advanceTimersByTimeAsync(10_000);
  const {steps} = await running;
  expect(steps.map((step) => step.kind)).toEqual(['started', 'progress', 'done']);
  expect(steps.at(-1)).toMatchObject({line: 'answers again after 1 s (systemctl 90 ms)'});
});

test("systemctl's own complaint reaches the user", async () => {
  const complaint = {exitCode: 5, stderr: 'Unit kubelet.service not found.\n'};
  expect(await last({[restart]: complaint})).toMatchObject(failed('Unit kubelet.service not found.'));
});

test('a mended kubelet is not failed by the restarts that systemd 252 had counted before', async () => {
  const flapping = [unit(7, waiting, '1'), unit(7, 'active running', '2')];
  expect(await last({[show]: looks(...flapping)}, {answered: answers})).toMatchObject({kind: 'done'});
});

test.each([
  [
    'it is seen waiting to be started again',
    [unit(0), unit(0, waiting)],
    'the unit is activating (auto-restart) 0 ms after',
  ],
  [
    'the count grows from what it was',
    [unit(7, waiting), unit(7, 'active running', '2'), unit(8, 'active running', '3')],
    'has ended and was started again',
  ],
  ['it was counted before the first look', [unit(7, waiting), unit(1)], 'has ended and was started again'],
  [
    'an old systemd that counts nothing shows another process',
    [unit(null), unit(null), unit(null, 'active running', '2')],
    'has ended and was started again',
  ],
  [
    'it dies after 40 s',
    [unit(0), ...Array.from({length: 20}, () => unit(0)), unit(0, 'failed failed')],
    'the unit is failed',
  ],
] as const)('a kubelet that does not stay up has failed: %s', async (_, seen, problem) => {
  expect(await last({[show]: looks(...seen)})).toMatchObject(failed(containing(problem)));
});

test('one that answered and was down at the next look has failed, too', async () => {
  const step = await last({[show]: looks(unit(0), unit(0, waiting))}, {answered: answers});
  expect(step).toMatchObject({
    kind: 'failed',
    failure: {next: 'docker exec kind-worker journalctl -u kubelet -n 200'},
  });
});

test('a restart by somebody else meanwhile is told, and is no failure', async () => {
  const seen = [unit(0, 'active running', '1'), unit(0, 'active running', '2'), unit(0, 'active running', '3')];
  expect(await last({[show]: looks(...seen)}, {answered: answers})).toMatchObject({
    kind: 'done',
    line: containing('somebody else has restarted it, too'),
  });
});

test('a kubelet that stays up and never answers has failed, with the last thing that was seen of it', async () => {
  const unanswered = () => ({tried: 'GET /stats/summary', problem: 'connect ECONNREFUSED', next: null});
  expect(await last({[show]: unit(0)}, {unanswered})).toMatchObject(
    failed('the unit is active, but its stats did not answer within 1 m: connect ECONNREFUSED'),
  );
});

test('one that is still being started after a minute is told as that', async () => {
  const seen = looks(unit(0), unit(0, 'activating start-pre'));
  expect(await last({[show]: seen})).toMatchObject(failed(containing('the unit is activating (start-pre), but')));
});

test('where its stats are refused the restart itself has worked, once the unit has stayed up for a while', async () => {
  const unanswered = () => deniedFailure({status: 401, body: 'Unauthorized'}, 'GET /stats/summary', 'token');
  expect(await last({[show]: unit(0)}, {unanswered})).toMatchObject({
    kind: 'done',
    line: containing('its stats are refused: 401'),
  });
  const down = looks(unit(0), unit(0), unit(0, waiting));
  expect(await last({[show]: down}, {unanswered})).toMatchObject({kind: 'failed'});
});

test('a look that fails says nothing of the unit', async () => {
  const step = await last({[show]: looks(unit(0), new Error('the connection was lost'))}, {answered: answers});
  expect(step).toMatchObject({kind: 'done'});
});

test('a systemctl that hangs is told with what systemd goes on doing', async () => {
  const table = {
    [restart]: new Error('gave no answer within 100 s'),
    [show]: looks(unit(0), unit(0, 'activating start')),
  };
  expect(await last(table)).toMatchObject(
    failed('gave no answer within 100 s; systemd goes on with it, the unit is activating (start)'),
  );
});

test('a kubelet that does not stay up is quoted: the line that tells, not the last', async () => {
  const said = entries(
    ['panic: of an older process', '1'],
    ['Stopping kubelet.service - kubelet...'],
    ['Started kubelet.service - kubelet.'],
    ['I1124 01:02:41.000000 7 server.go:1] starting', '2'],
    ['E1124 01:02:41.426000 7 run.go:74] "command failed" err="unknown flag: --fast"', '2'],
    ['\tmain.main()', '2'],
    ['kubelet.service: Main process exited, code=exited, status=1/FAILURE'],
    ["kubelet.service: Failed with result 'exit-code'."],
    ['Started kubelet.service - kubelet.'],
    ['E1124 01:02:42.500000 8 server.go:1165] Failed to set rlimit', '3'],
  );
  expect(await last({[show]: looks(unit(0), unit(0, waiting)), [log]: said})).toMatchObject(
    failed(
      'run.go:74] "command failed" err="unknown flag: --fast" (the unit is activating (auto-restart) 0 ms after the restart)',
    ),
  );
});

test('what a kubelet said before the restart is never quoted as its outcome', async () => {
  const seen = () => looks(unit(7, waiting, '2'), unit(7, 'failed failed', '3'));
  const standing = 'the unit is failed 0 ms after the restart';
  const old = [['panic: long ago', '1'], ['Stopping kubelet'], ['panic: the old error', '2']] as const;
  const cursor = {[newest]: {stdout: '__CURSOR=s=a;i=2\n__REALTIME_TIMESTAMP=1\nMESSAGE=panic\n\n'}};
  expect(await last({[show]: seen(), [log]: entries(...old), ...cursor})).toMatchObject(failed(standing));
  const mended = entries(...old, ['panic: the new one', '3']);
  expect(await last({[show]: seen(), [log]: mended, ...cursor})).toMatchObject(
    failed(`panic: the new one (${standing})`),
  );
  // Where nobody can tell the old from the new, nothing is quoted.
  expect(await last({[show]: seen(), [log]: entries(...old)})).toMatchObject(failed(standing));
});
