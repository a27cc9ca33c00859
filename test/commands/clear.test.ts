import {expect, test} from 'vitest';
import {clearJournal} from '../../src/commands/clear.ts';
import type {CommandStep} from '../../src/model/event.ts';
import {fakeShell} from './fake-shell.ts';

async function run(answers: Parameters<typeof fakeShell>[0]): Promise<{steps: CommandStep[]; asked: string[]}> {
  const {shell, asked} = fakeShell(answers);
  const steps: CommandStep[] = [];
  const context = {shell, commandPrefix: 'docker exec kind-worker', signal: new AbortController().signal};
  for await (const step of clearJournal(context)) steps.push(step);
  return {steps, asked};
}

test('clearing rotates, then vacuums, and says how much was freed', async () => {
  const {steps, asked} = await run({
    'journalctl --rotate': {},
    'journalctl --vacuum-time=1s': {
      stderr:
        'Vacuuming done, freed 24.0M of archived journals from /var/log/journal/ab.\n' +
        'Vacuuming done, freed 0B of archived journals from /run/log/journal.\n',
    },
  });
  expect(asked).toEqual(['journalctl --rotate', 'journalctl --vacuum-time=1s']);
  expect(steps.at(-1)).toEqual({kind: 'done', line: 'journal cleared, freed 24.0M'});
});

test('a failed rotate removes nothing', async () => {
  const {steps, asked} = await run({'journalctl --rotate': {exitCode: 1, stderr: 'Access denied\n'}});
  expect(asked).toEqual(['journalctl --rotate']);
  expect(steps.at(-1)).toMatchObject({kind: 'failed', failure: {problem: 'Access denied'}});
});
