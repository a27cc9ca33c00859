import {expect, test} from 'vitest';
import {placeOf, readPlace} from '../../../src/model/deploy/place.ts';

const place = (lines: readonly string[], unit = 'kubelet') => placeOf(readPlace(lines.join('\n'), unit));
const loaded = ['LoadState=loaded', 'ActiveState=active', 'MainPID=7', 'arch=x86_64'];

test('what the unit starts is replaced, also where another file runs since it was renamed', () => {
  const start = ['start=/var/lib/minikube/binaries/v1.21.2/kubelet', 'kind=elf'];
  expect(place([...loaded, 'exe=/usr/bin/kubelet (deleted)', ...start])).toEqual({
    target: '/var/lib/minikube/binaries/v1.21.2/kubelet',
  });
});

test('of a wrapper the kubelet that runs is replaced, whatever became of its file', () => {
  const wrapped = [...loaded, 'start=/usr/bin/dash', 'kind=elf'];
  expect(place([...wrapped, 'exe=/opt/bin/kubelet (deleted)'])).toEqual({target: '/opt/bin/kubelet'});
  expect(place([...loaded, 'exe=/opt/bin/kubelet.ktop/kept-1-ab', 'start=/opt/wrap.sh', 'kind=script'])).toEqual({
    target: '/opt/bin/kubelet',
  });
  expect(place([...loaded, 'exe=/opt/node', 'start=/usr/bin/kubelet', 'kind=script'])).toEqual({
    target: '/usr/bin/kubelet',
  });
});

test('a unit that has the kubelet within it says so, and one that is not there too', () => {
  const k3s = place([...loaded, 'exe=/usr/local/bin/k3s', 'start=/usr/local/bin/k3s', 'kind=elf'], 'k3s');
  expect(k3s).toEqual({
    problem: expect.stringContaining('k3s runs /usr/local/bin/k3s, which has the kubelet') as string,
  });
  expect(place(['LoadState=not-found'])).toEqual({problem: 'the node has no unit kubelet'});
  expect(place([...loaded, 'start=/opt/my $(x)/kubelet', 'kind=elf'])).toHaveProperty('problem');
});
