import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {loadAll} from 'js-yaml';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {accessManifests, accessText, applyAccess, removeAccess} from '../../src/commands/access.ts';
import {ClusterStandIn, pki} from '../nodes/cluster-stand-in.ts';

let cluster: ClusterStandIn;
let folder = '';
const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};

beforeEach(async () => {
  cluster = await ClusterStandIn.start('n');
  folder = await mkdtemp(join(tmpdir(), 'ktop-access-'));
  await writeFile(join(folder, 'config'), cluster.kubeconfig(jane));
});
afterEach(async () => {
  await cluster.stop();
  await rm(folder, {recursive: true});
});

const connection = () => ({env: {KUBECONFIG: join(folder, 'config')}});

async function all(steps: AsyncIterable<string>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of steps) lines.push(line);
  return lines;
}

test('the role has no more than ktop reads, and the proxy only when asked for', async () => {
  expect((await accessText({proxy: false})).yaml).not.toContain('nodes/proxy');
  expect((await accessText({proxy: true})).notes).toContain('# nodes/proxy: ');
  for (const right of ['nodes/stats', 'nodes/metrics', 'nodes/log', 'nodes/configz', 'nodes/healthz', 'nodes/pods']) {
    expect((await accessText({proxy: false})).yaml).toContain(`- ${right}\n`);
  }
});

test('the way to the autoscaler has rules of its own, in the groups of their APIs, and only when asked for', () => {
  const rules = (pipeline: boolean) => JSON.stringify(accessManifests({proxy: false, pipeline})[1]);
  expect(rules(true)).toContain('{"apiGroups":["metrics.k8s.io"],"resources":["pods"],"verbs":["get"]}');
  expect(rules(true)).toContain(
    '"apiGroups":["autoscaling"],"resources":["horizontalpodautoscalers"],"verbs":["list"]',
  );
  expect(rules(false)).not.toMatch(/metrics\.k8s\.io|autoscaling|apps/);
});

test('what is printed is the YAML of what is applied, with nothing of JSON in it', async () => {
  const {yaml: text} = await accessText({proxy: true});
  expect(text).not.toMatch(/[{}"#]/);
  const objects: unknown[] = loadAll(text);
  expect(objects).toEqual(accessManifests({proxy: true}).map(({object}) => object));
});

test('applies server-side, and takes the same things away in the other order', async () => {
  cluster.rights = {jane: ['*']};
  expect(await all(applyAccess({proxy: false}, connection()))).toHaveLength(3);
  expect(await all(removeAccess(connection()))).toHaveLength(3);
  const paths = cluster.changes.map(({change}) => change.replace(/\?.*/, ''));
  expect(paths.slice(0, 3).map((path) => path.replace('PATCH', 'DELETE'))).toEqual(paths.slice(3).toReversed());
  expect(paths[0]).toBe('PATCH /api/v1/namespaces/kube-system/serviceaccounts/ktop');
});

test('a user who may not do that is told which right is missing', async () => {
  await expect(all(applyAccess({proxy: false}, connection()))).rejects.toThrow('jane lacks the right');
});
