import {expect, test} from 'vitest';
import {fromKubectl, isKubectlPlugin} from '../../src/cli/kubectl-plugin.ts';

test('under the name that kubectl looks for, -n means what kubectl means by it', () => {
  const bin = '/usr/local/bin';
  expect(isKubectlPlugin({argv: ['/usr/bin/node', `${bin}/kubectl-kubelet_top`], argv0: 'node'})).toBe(true);
  expect(isKubectlPlugin({argv: ['/usr/bin/ktop', '/usr/bin/ktop'], argv0: 'kubectl-kubelet_top'})).toBe(true);
  expect(isKubectlPlugin({argv: ['/usr/bin/node', `${bin}/ktop`], argv0: 'node'})).toBe(false);
  expect(fromKubectl(['-n', 'web', '--context', 'kind', '-l', 'app=a', '--node', 'w'])).toEqual([
    '--namespace',
    'web',
    '--context',
    'kind',
    '-l',
    'app=a',
    '--node',
    'w',
  ]);
  expect(fromKubectl(['-nweb', '-n=dev', '-A', '--', '-n'])).toEqual([
    '--namespace=web',
    '--namespace=dev',
    '--',
    '-n',
  ]);
});
