import {expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {waitsForReader} from '../../src/cli/waits-for-reader.ts';

const waits = (line: string) => waitsForReader(parseArguments(line.split(' '), {env: {}, config: null}));

test.each([
  'flags --node n',
  'flags --node n --json',
  'deploy --list --node n',
  'restart --node n --dry-run',
  'flags --set v=6 --node n --dry-run',
  'nodes',
  'access',
  'replay folder',
  'recordings folder',
  'config --print',
  '--help',
])('the end of `ktop %s` waits for the reader of its list', (line) => {
  expect(waits(line)).toBe(true);
});

test.each([
  'restart --node n --yes',
  'clear --node n --yes',
  'flags --set v=6 --node n --yes',
  'flags --reset --node n --yes',
  'verbosity 4 --node n --yes',
  'deploy kubelet --node n --yes',
  'rollback --node n --yes',
  'profile heap --node n',
  'access --apply',
  'recordings --shrink folder',
  '--node n --output jsonl',
])('the end of `ktop %s` depends on no reader', (line) => {
  expect(waits(line)).toBe(false);
});
