import {afterEach, expect, test, vi} from 'vitest';
import {restartKubelet, type RestartContext} from '../../src/commands/restart.ts';
import type {CommandStep} from '../../src/model/event.ts';
import {localMs} from '../../src/model/time.ts';
import {fakeShell} from './fake-shell.ts';

afterEach(() => void vi.useRealTimers());

const restart = 'systemctl restart kubelet';
const show = 'systemctl show kubelet --property=ActiveState,NRestarts';
const active = {stdout: 'NRestarts=0\nActiveState=active\n'};
const activating = {stdout: 'NRestarts=0\nActiveState=activating\n'};

async function run(
  answers: Parameters<typeof fakeShell>[0],
  answered: RestartContext['answered'],
): Promise<readonly CommandStep[]> {
  const times = [0, 90, 90, 90];
  const steps: CommandStep[] = [];
  const context: RestartContext = {
    shell: fakeShell(answers).shell,
    unit: 'kubelet',
    commandPrefix: 'docker exec kind-worker',
    now: () => localMs(times.shift() ?? 90),
    answered,
    signal: new AbortController().signal,
  };
  for await (const step of restartKubelet(context)) steps.push(step);
  return steps;
}

test('the downtime runs from the command to the first answer of the new kubelet', async () => {
  const steps = await run({[restart]: {}, [show]: active}, () => Promise.resolve(localMs(1340)));
  expect(steps.map((step) => step.kind)).toEqual(['started', 'progress', 'done']);
  expect(steps.at(-1)).toMatchObject({line: 'answers again after 1 s (systemctl 90 ms)'});
});

test('a unit that dies after a successful restart is a failure, and the next command shows its log', async () => {
  const steps = await run({[restart]: {}, [show]: activating}, () => Promise.resolve(localMs(1340)));
  expect(steps.at(-1)).toMatchObject({
    kind: 'failed',
    failure: {next: 'docker exec kind-worker journalctl -u kubelet -n 200'},
  });
});

test('a kubelet that does not stay up is quoted: the line that tells, not the last', async () => {
  const journal =
    'panic: of an older process\nStopping kubelet.service - kubelet...\nStarted kubelet.service - kubelet.\n' +
    'I1124 01:02:41.000000 7 server.go:1] starting\n' +
    'E1124 01:02:41.426000 7 run.go:74] "command failed" err="unknown flag: --fast"\n\tmain.main()\n' +
    "kubelet.service: Main process exited, code=exited, status=1/FAILURE\nkubelet.service: Failed with result 'exit-code'.\n" +
    'Started kubelet.service - kubelet.\nE1124 01:02:42.500000 8 server.go:1165] Failed to set rlimit\n';
  const log = 'journalctl --unit kubelet --lines=1000 --output=cat --no-pager --quiet';
  const steps = await run({[restart]: {}, [show]: activating, [log]: {stdout: journal}}, () =>
    Promise.resolve(localMs(1340)),
  );
  expect(steps.at(-1)).toMatchObject({
    failure: {
      problem: 'run.go:74] "command failed" err="unknown flag: --fast" (the unit is activating 0 ms after the restart)',
    },
  });
});

test("systemctl's own complaint reaches the user", async () => {
  const steps = await run({[restart]: {exitCode: 5, stderr: 'Unit kubelet.service not found.\n'}}, () =>
    Promise.reject(new Error('never asked')),
  );
  expect(steps.at(-1)).toMatchObject({kind: 'failed', failure: {problem: 'Unit kubelet.service not found.'}});
});

test('a crash loop is a failure, though it is active again when it is looked at next', async () => {
  vi.useFakeTimers();
  const states = [activating];
  const answers = {
    [restart]: {},
    get [show]() {
      return states.shift() ?? active;
    },
  };
  const steps = run(answers, () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2000);
  expect((await steps).at(-1)).toMatchObject({
    kind: 'failed',
    failure: {problem: expect.stringContaining('the unit is activating') as unknown},
  });
});

test('a kubelet that takes seconds to fail is seen to fail by the restarts that systemd counts', async () => {
  vi.useFakeTimers();
  const again = {stdout: 'NRestarts=1\nActiveState=active\n'};
  const steps = run({[restart]: {}, [show]: again}, () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2000);
  expect((await steps).at(-1)).toMatchObject({
    kind: 'failed',
    failure: {problem: 'the unit has ended and was started again 0 ms after the restart'},
  });
});
