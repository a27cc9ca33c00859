import {loadAll} from 'js-yaml';
import {expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {daemonSetManifests, daemonSetText} from '../../src/commands/daemonset.ts';

test('the DaemonSet is YAML of what was meant, fits the restricted standard, and may read figures only', async () => {
  const objects: unknown[] = loadAll(await daemonSetText('registry.local/ktop:1'));
  expect(objects).toEqual(daemonSetManifests('registry.local/ktop:1'));
  const [, role, , daemonSet] = objects;
  expect(role).toMatchObject({rules: [{resources: ['nodes/stats', 'nodes/metrics'], verbs: ['get']}]});
  expect(daemonSet).toMatchObject({
    spec: {
      template: {
        spec: {
          securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
          containers: [
            {
              image: 'registry.local/ktop:1',
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: {drop: ['ALL']},
                readOnlyRootFilesystem: true,
              },
            },
          ],
        },
      },
    },
  });
  expect(JSON.stringify(daemonSet)).not.toMatch(/host(Network|PID|Path)|privileged/);
});

test('what the DaemonSet starts is a command line that ktop takes', () => {
  const [, , , daemonSet] = daemonSetManifests('ktop');
  const args: string[] = JSON.parse(/"args":(\[[^\]]*\])/.exec(JSON.stringify(daemonSet))?.[1] ?? '[]') as string[];
  expect(parseArguments(args, {env: {}, config: null})).toMatchObject({
    kind: 'exporter',
    options: {
      nodes: [{label: '$(NODE_NAME)'}],
      connection: {via: 'api', route: 'direct', address: '$(NODE_ADDRESS)'},
      metrics: {listen: {host: '::', port: 9477}, webConfig: '/etc/ktop/web.yml'},
    },
  });
});
