import {afterEach, beforeEach, expect, test} from 'vitest';
import {X509Certificate} from 'node:crypto';
import {request} from 'node:https';
import {startDemoNode, demoNodeName} from '../../src/demo/demo-node.ts';
import {Machine} from '../../src/demo/machine.ts';
import {demoShell} from '../../src/demo/shell.ts';
import type {KubeletRoute, Node, NodeShell} from '../../src/nodes/node.ts';

interface Summary {
  readonly node: {readonly nodeName: string};
  readonly pods: readonly {
    readonly podRef: {readonly name: string};
    readonly cpu: {readonly time: string; readonly usageCoreNanoSeconds: number};
  }[];
}

let node: Node;
let route: KubeletRoute;
let shell: NodeShell;

beforeEach(async () => {
  node = await startDemoNode();
  route = await node.openRoute(new AbortController().signal);
  if (node.shell.kind !== 'shell') throw new Error('the demo has a shell');
  shell = node.shell.shell;
});
afterEach(async () => {
  await route.close();
  await node.close();
});

async function restarted(): Promise<string> {
  for (;;) {
    const reply = await route.get('/stats/summary?only_cpu_and_memory=true').catch(() => null);
    if (reply?.status === 200) return reply.body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('both endpoints tell of the same samples, one with seconds and one with milliseconds', async () => {
  const summary = JSON.parse((await route.get('/stats/summary?only_cpu_and_memory=true')).body) as Summary;
  const metrics = (await route.get('/metrics/resource')).body;
  expect(summary.node.nodeName).toBe(demoNodeName);
  const pod = summary.pods.find((one) => one.podRef.name === 'cpuload')?.cpu;
  const line = /^pod_cpu_usage_seconds_total\{namespace="default",pod="cpuload"\} (\S+) (\d+)$/m.exec(metrics);
  expect(Number(line?.[1])).toBeCloseTo((pod?.usageCoreNanoSeconds ?? 0) / 1e9, 6);
  expect(Math.floor(Number(line?.[2]) / 1000) * 1000).toBe(Date.parse(pod?.time ?? ''));
});

test('an unknown token is refused as a kubelet refuses it, and the journal says so', async () => {
  const machine = new Machine({name: 'other', housekeepingIntervalMs: 10_000, random: Math.random});
  await machine.start();
  try {
    const reply = await new Promise<{status: number; body: string}>((resolve, reject) => {
      const options = {
        port: machine.port,
        ca: machine.certificate.chain,
        servername: 'other',
        path: '/stats/summary',
        headers: {authorization: 'Bearer nobody'},
      };
      request(options, (response) => {
        response.setEncoding('utf8');
        response.on('data', (body: string) => resolve({status: response.statusCode ?? 0, body}));
      })
        .on('error', reject)
        .end();
    });
    expect(reply).toEqual({status: 401, body: 'Unauthorized'});
    const journal = await demoShell(machine).run([
      'journalctl',
      '-u',
      'kubelet',
      '-o',
      'cat',
      '--grep',
      'authenticate',
    ]);
    expect(journal.stdout).toContain('"Unable to authenticate the request due to an error" err="invalid bearer token"');
    const words = await demoShell(machine).run(['journalctl', '-u', 'kubelet', '-o', 'cat', '--grep', 'registered']);
    expect(words.stdout).toContain('node="other"');
  } finally {
    await machine.stop();
  }
});

test('its certificate is the one that lies on the node, in the name that a kubelet gives itself', async () => {
  const file = await shell.run(['cat', '/var/lib/kubelet/pki/kubelet.crt']);
  const certificate = new X509Certificate(file.stdout);
  expect(certificate.subject).toMatch(/^CN=demo-worker@\d+$/);
  expect(certificate.subjectAltName).toBe('DNS:demo-worker');
  expect(certificate.checkHost(demoNodeName)).toBe(demoNodeName);
});

test('a restart makes a new process, fresh timers and the runtime’s own figures until the second tick', async () => {
  const pid = async () => (await shell.run(['systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value'])).stdout;
  const before = await pid();
  const done = await shell.run(['systemctl', 'restart', 'kubelet']);
  expect(done.exitCode).toBe(0);
  expect(await pid()).not.toBe(before);
  await restarted();
  const timeOf = async () =>
    /^container_cpu_usage_seconds_total\{container="load".*\} \S+ (\d+)$/m.exec(
      (await route.get('/metrics/resource')).body,
    )?.[1];
  const first = await timeOf();
  await expect.poll(timeOf).not.toBe(first);
});

test('clearing removes what is older than a second, and a follower goes on from its cursor', async () => {
  await shell.run(['systemctl', 'restart', 'kubelet']);
  const lines = async (...options: string[]) =>
    (await shell.run(['journalctl', '-u', 'kubelet', '-o', 'json', ...options])).stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, string>);
  const all = await lines();
  const middle = all[Math.floor(all.length / 2)]?.__CURSOR ?? '';
  const rest = await lines(`--after-cursor=${middle}`);
  expect(rest[0]).toEqual(all[Math.floor(all.length / 2) + 1]);
  expect((await lines(`--cursor=${middle}`))[0]).toEqual(all[Math.floor(all.length / 2)]);

  await shell.run(['journalctl', '--rotate']);
  const vacuumed = await shell.run(['journalctl', '--vacuum-time=1s']);
  expect(vacuumed.exitCode).toBe(0);
  expect((await lines()).length).toBeLessThan(all.length);
});

test('following delivers what is there and what comes, and ends when it is stopped', async () => {
  const follow = shell.follow(['journalctl', '-f', '-u', 'kubelet', '-o', 'cat', '-n', '5', '--no-pager']);
  let text = '';
  const reading = (async () => {
    for await (const chunk of follow.stdout) text += Buffer.from(chunk).toString();
  })();
  await expect.poll(() => text.split('\n').length).toBeGreaterThanOrEqual(5);
  await shell.run(['systemctl', 'restart', 'kubelet']);
  await expect.poll(() => text).toContain('Started kubelet.service');
  await follow.stop();
  await reading;
  expect((await follow.ended).exitCode).toBeNull();
});

test('what it does not know is said as a shell says it', async () => {
  const reboot = await shell.run(['reboot']);
  expect(reboot.exitCode).toBe(127);
  expect(reboot.stderr).toContain('not found');
  expect(await shell.run(['cat', '/etc/shadow'])).toMatchObject({exitCode: 1});
});
