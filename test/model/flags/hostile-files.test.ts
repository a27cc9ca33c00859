import {expect, test} from 'vitest';
import {readJobLine} from '../../../src/model/job-log.ts';
import {readReport} from '../../../src/model/deploy/node-report.ts';
import {flagRows} from '../../../src/model/flags/flag-rows.ts';
import {mergedSettings} from '../../../src/model/flags/kubelet-config.ts';
import {matchesPath} from '../../../src/model/flags/path-glob.ts';
import {commandLine} from '../../../src/model/flags/unit-files.ts';

// Where one of these takes more than linear work it takes minutes, and the test its time-out.

const service = (...lines: readonly string[]) => [{path: '/etc/x', text: ['[Service]', ...lines].join('\n')}];

test('a command line of variables that stand for more than any kernel takes is none', () => {
  const variable = `Environment=A=${'a'.repeat(200_000)}`;
  expect(commandLine(service(variable, `ExecStart=/k ${'${A}'.repeat(60_000)}`), new Map())).toBeNull();
  expect(commandLine(service(variable, `ExecStart=/k ${'$A '.repeat(60_000)}`), new Map())).toBeNull();
  expect(commandLine(service(variable, 'ExecStart=/k $A'), new Map())).toHaveLength(2);
});

test.each([
  ['/etc/d/*.conf', '/etc/d/a.conf', true],
  ['/etc/d/*.conf', '/etc/d/e/a.conf', false],
  ['/etc/d/*', '/etc/d/.hidden', false],
  ['/etc/d/[!a-c]?', '/etc/d/db', true],
  ['/etc/d/[!a-c]?', '/etc/d/ab', false],
  ['/etc/d/[]x]', '/etc/d/]', true],
  ['/etc/d/[x', '/etc/d/[x', true],
  ['/etc/d/\\*', '/etc/d/x', false],
  [`/${'*a'.repeat(2000)}`, `/${'a'.repeat(50_000)}b`, false],
])('the pattern of an environment file is one of glob(7): %s', (pattern, path, isIt) => {
  expect(matchesPath(pattern, path)).toBe(isIt);
});

test('a file of settings, a command line and a log of any length are read to their end', () => {
  const content = (value: unknown) => Object.fromEntries(Array.from({length: 50_000}, (_, i) => [`k${i}`, value]));
  const settings = mergedSettings([
    {path: 'a', content: content({a: 1})},
    {path: 'b', content: content({})},
    {path: 'c', content: {k1: null, k2: 5, k3: {b: 2}}},
  ]);
  expect(settings).toHaveLength(50_000);
  const argv = Array.from({length: 50_000}, (_, i) => `--f${i % 25_000}=${i}`);
  const rows = flagRows(
    argv,
    argv.map((text) => ({text, path: '/etc/x', variable: null})),
    [],
  );
  expect(rows.filter(({state}) => state === 'holds')).toHaveLength(25_000);
  const long = `${'a'.repeat(400_000)}\u2028x`;
  expect(readJobLine(`12 ${long} x`)).toMatchObject({uptimeMs: 12_000, text: 'x'});
  expect(readReport(`kept=kept-1-a 1 ${long}`).kept).toHaveLength(1);
  expect(readReport(`df=/dev/my disk ${'1 '.repeat(100_000)}4% /mnt/a b`)).toMatchObject({
    availableBytes: 1024,
    mountPoint: '/mnt/a b',
  });
});
