import {expect, test} from 'vitest';
import {execProblem} from '../../../src/nodes/providers/container-node.ts';

// As docker 28 and podman 4 say it.
test.each([
  [
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
    /has no shell/,
    /--via api/,
  ],
  ['Error: crun: executable file `sh` not found in $PATH: No such file or directory', /has no shell/, /--via api/],
  ['Error response from daemon: container 3f2a is not running', /not running/, /docker start kind-worker/],
  ['Error response from daemon: No such container: kind-worker', /there is no container/, /ktop nodes/],
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    /does not answer/,
    /docker info/,
  ],
])('%s', (said, problem, next) => {
  const failure = execProblem('docker', 'kind-worker', 'docker exec kind-worker journalctl', said);
  expect(failure.problem).toMatch(problem);
  expect(failure.next).toMatch(next);
});
