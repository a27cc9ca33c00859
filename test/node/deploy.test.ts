import {execFile} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {describeOnNode} from './describe-on-node.ts';
import {
  copyHasBegun,
  endState,
  FaultTable,
  hasSaid,
  killClientsOf,
  ktopOn,
  shaOf,
  startKtop,
  type Run,
  type Way,
} from './deploying.ts';
import {buildKubelet, cutOff, forArm, installKubelet, whyNoCompiler} from './elf-kubelet.ts';
import {docker, whyNoPodman} from './engine.ts';
import {flagThereAndBack} from './kubelet-commands.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const run = promisify(execFile);
const noCompiler = whyNoCompiler();
if (noCompiler !== null && process.env.KTOP_TEST_NODE === 'required') throw new Error(noCompiler);
if (noCompiler !== null) process.stderr.write(`\n*** SKIPPED: the tests of deploys did not run: ${noCompiler} ***\n\n`);

const folder = mkdtempSync(join(tmpdir(), 'ktop-deploy-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** Deploys a second kubelet, lists both, and goes back. */
async function thereAndBack(node: TestNode, way: Way, builds: Builds): Promise<void> {
  await node.exec('sh', '-c', 'chown 0:7 /usr/bin/kubelet; chmod 751 /usr/bin/kubelet');
  const deployed = await ktopOn(node, ['deploy', builds.second, '--clear'], way);
  expect(deployed.said).toMatch(/v1\.1\.0 runs, in .*; its stats answered .* after its start/);
  expect(deployed.said).toContain('journal cleared');
  expect(deployed.code).toBe(0);
  expect(await endState(node)).toMatchObject({version: 'v1.1.0', placed: shaOf(builds.second), leftovers: ''});
  expect(await node.exec('stat', '-c', '%u:%g %a', '/usr/bin/kubelet')).toBe('0:7 751\n');

  const listed = await ktopOn(node, ['deploy', '--list'], way);
  expect(listed.said).toMatch(/v1\.1\.0 .*in place, runs\nv1\.0\.0 .*kept: ktop rollback goes back to it/);

  const back = await ktopOn(node, ['rollback'], way);
  expect(back).toMatchObject({code: 0, said: expect.stringContaining('v1.0.0 runs') as string});
  expect(await endState(node)).toMatchObject({version: 'v1.0.0', placed: shaOf(builds.first), leftovers: ''});
}

interface Builds {
  readonly first: string;
  readonly second: string;
  readonly dies: string;
  readonly neverReady: string;
  /** 150 MB: its copy takes a moment. */
  readonly large: string;
}

function makeBuilds(): Builds {
  const version = (number: string, more: object = {}) => buildKubelet(folder, {version: number, ...more});
  return {
    first: version('v1.0.0'),
    second: version('v1.1.0'),
    dies: version('v6.6.6', {behaves: 'dies'}),
    neverReady: version('v7.7.7', {behaves: 'never-ready'}),
    large: version('v1.2.0', {bytes: 150_000_000}),
  };
}

describe.skipIf(noCompiler !== null)('deploys', () => {
  const builds = noCompiler === null ? makeBuilds() : null;
  if (builds === null) return;

  describeOnNode('over docker and ssh', () => {
    let node: TestNode;
    let docked: Way;
    const table = new FaultTable();
    const {first, second, dies, neverReady, large} = builds;

    beforeAll(async () => {
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
      node = await startNode({pods: [], authorizedKey: readFileSync(join(folder, 'id.pub'), 'utf8').trim()});
      await installKubelet(node, first);
      await node.exec('cp', '-p', '/usr/bin/kubelet', '/opt/first');
      await endState(node);
      docked = {args: ['--node', node.name, '--via', 'kind']};
    });
    // Each fault finds the node as it was at the beginning.
    beforeEach(() => node.exec('sh', '-c', asAtTheBeginning));
    afterAll(async () => {
      table.print();
      await stopNode(node);
    });

    const asAtTheBeginning = `
      rm -rf /usr/bin/kubelet.ktop
      cmp -s /opt/first /usr/bin/kubelet && exit 0
      cp -p /opt/first /usr/bin/kubelet.n && mv /usr/bin/kubelet.n /usr/bin/kubelet && systemctl restart kubelet`;

    function overSsh(user: string): Way {
      mkdirSync(join(folder, 'bin'), {recursive: true});
      const config = join(folder, 'ssh_config');
      const hosts = join(folder, 'known_hosts');
      const lines = [`Host ${node.address}`, `IdentityFile ${join(folder, 'id')}`, `UserKnownHostsFile ${hosts}`];
      writeFileSync(config, `${lines.join('\n')}\nStrictHostKeyChecking accept-new\n`);
      writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`);
      chmodSync(join(folder, 'bin', 'ssh'), 0o755);
      const env = {PATH: `${join(folder, 'bin')}:${process.env.PATH}`, XDG_RUNTIME_DIR: folder};
      return {args: ['--node', node.name, '--ssh', `${user}@${node.address}`], env};
    }

    test('docker: there, listed, and back', () => thereAndBack(node, docked, builds));
    test('ssh as root: there, listed, and back', () => thereAndBack(node, overSsh('root'), builds));
    test('ssh and sudo: there, listed, and back', () => thereAndBack(node, overSsh('docker'), builds));
    test('ssh and sudo: a flag, there and back', () => flagThereAndBack(node, overSsh('docker')));

    /** Whatever happened: a whole binary that we know, a kubelet that runs it, nothing left on the way. */
    async function ends(fault: string, said: string, wanted: string, target?: string): Promise<void> {
      await endsWith(fault, said, [wanted], target);
    }

    async function endsWith(fault: string, said: string, wanted: readonly string[], target?: string): Promise<void> {
      const end = await endState(node, target);
      table.add(fault, said, end);
      expect(end, fault).toMatchObject({active: 'active', running: end.placed, leftovers: ''});
      expect(wanted.map(shaOf), fault).toContain(end.placed);
    }

    const refusals: readonly (readonly [fault: string, file: () => string, words: string])[] = [
      ['another architecture', () => forArm(second), 'it is built for arm64, the node is x86-64'],
      ['a file that was cut off', () => cutOff(second), 'it is cut off'],
      ['no executable at all', () => join(folder, 'id.pub'), 'it is not an ELF executable'],
      ['what is in place already', () => first, 'this very build is in place'],
    ];
    for (const [fault, file, words] of refusals) {
      test(`${fault}: refused before anything is done`, async () => {
        const {code, said} = await ktopOn(node, ['deploy', file()], docked);
        expect(said).toContain(words);
        expect(code).toBe(2);
        await ends(fault, said, first);
      });
    }

    const small = '/opt/small/kubelet';

    /** The node with its kubelet on a file system of its own, of 200 MB. */
    async function onSmall(work: () => Promise<void>): Promise<void> {
      const dropIn = '/etc/systemd/system/kubelet.service.d/99-small.conf';
      const mount = 'mkdir -p /opt/small && mount -t tmpfs -o size=200m none /opt/small';
      await node.exec('sh', '-c', `${mount} && cp /usr/bin/kubelet ${small}`);
      await node.writeFile(dropIn, `[Service]\nExecStart=\nExecStart=${small}\n`);
      await node.exec('sh', '-c', 'systemctl daemon-reload; systemctl restart kubelet');
      try {
        await work();
      } finally {
        const heal = 'systemctl daemon-reload; systemctl restart kubelet; umount --lazy /opt/small';
        await node.exec('sh', '-c', `rm ${dropIn}; ${heal}`);
        await endState(node);
      }
    }

    for (const option of ['ro', 'noexec']) {
      test(`a file system mounted ${option}: refused before anything is done`, () =>
        onSmall(async () => {
          await node.exec('mount', '-o', `remount,${option}`, '/opt/small');
          const {code, said} = await ktopOn(node, ['deploy', second], docked);
          expect(said).toContain(option === 'ro' ? 'is mounted read-only' : 'is mounted noexec');
          expect(code).toBe(2);
          await node.exec('mount', '-o', 'remount,rw,exec', '/opt/small');
          await ends(`mounted ${option}`, said, first, small);
        }));
    }

    test('no space, before and in the middle of the copy: nothing is changed', () =>
      onSmall(async () => {
        await node.exec('dd', 'if=/dev/zero', 'of=/opt/small/fill', 'bs=1M', 'count=60');
        const before = await ktopOn(node, ['deploy', large], docked);
        expect(before).toMatchObject({code: 2, said: expect.stringContaining('are needed') as string});
        await ends('no space', before.said, first, small);
        await node.exec('rm', '/opt/small/fill');
        const begun = 'while ! ls /opt/small/kubelet.ktop/new.ktop.* >/dev/null 2>&1; do :; done';
        const filling = node.exec('sh', '-c', `${begun}; cat /dev/zero >/opt/small/fill`).catch(() => '');
        const middle = await ktopOn(node, ['deploy', large], docked);
        await filling;
        expect(middle).toMatchObject({code: 1, said: expect.stringContaining('nothing was changed') as string});
        await ends('no space in the middle of the copy', middle.said, first, small);
      }));

    test('one that exits at once: back by itself, with its own words', async () => {
      const {code, said} = await ktopOn(node, ['deploy', dies], docked);
      expect(said).toContain('failed to parse kubelet flag: no such gate');
      expect(said).toContain('v1.0.0 is back in place and runs');
      expect(code).toBe(1);
      await ends('exits at once', said, first);
    });

    test('one that never gets ready: back by itself after the time it was given', async () => {
      const {code, said} = await ktopOn(node, ['deploy', neverReady, '--deploy-timeout', '3s'], docked);
      expect(said).toMatch(/not up and healthy within 3 s.*500.*v1\.0\.0 is back in place and runs/);
      expect(code).toBe(1);
      await ends('never gets ready', said, first);
    });

    test('onto a unit that was flapping: the new one mends it', async () => {
      await docker('cp', dies, `${node.name}:/usr/bin/kubelet`);
      await node.exec('systemctl', 'restart', 'kubelet');
      const restarts = async () =>
        Number(await node.exec('systemctl', 'show', 'kubelet', '-p', 'NRestarts', '--value'));
      await until('it flaps', async () => (await restarts()) > 0);
      const {code, said} = await ktopOn(node, ['deploy', second], docked);
      expect(said).toContain('v1.1.0 runs');
      expect(code).toBe(0);
      await ends('was flapping', said, second);
    });

    /** A large one of its own each time, which is never in place. */
    const begun = (file: string, ...more: readonly string[]): Run => startKtop(node, ['deploy', file, ...more], docked);

    const steps: readonly (readonly [step: string, words: RegExp, file: string, ...ends: string[]])[] = [
      // A copy is checked as it arrives: whether the guard was begun by then is a matter of moments, and it goes on alone.
      ['the copy', /copied/, second, first, second],
      ['the check', /checked there/, second, first, second],
      ['the swap', /in place at/, neverReady, first],
      ['the restart', /restarting the kubelet/, dies, first],
      ['the start of a good one', /the kubelet is active/, second, second],
    ];
    for (const [step, words, file, ...wanted] of steps) {
      test(`ktop killed with -9 after ${step}: the node ends well by itself`, async () => {
        const killed = begun(file, '--deploy-timeout', '2s');
        await hasSaid(killed, words);
        killed.child.kill('SIGKILL');
        await killed.code;
        await settleCopies(node);
        await endsWith(`ktop killed after ${step}`, killed.said(), wanted);
      });
    }

    test('ktop killed with -9 in the middle of the copy: nothing is changed', async () => {
      const copying = copyHasBegun(node);
      const killed = begun(large);
      await copying;
      killed.child.kill('SIGKILL');
      await settleCopies(node);
      await ends('ktop killed in the copy', killed.said(), first);
    });

    test('the client of the engine killed in the middle of the copy: nothing is changed', async () => {
      const copying = copyHasBegun(node);
      const cut = begun(large);
      await copying;
      killClientsOf(cut);
      expect(await cut.code).toBe(1);
      expect(cut.said()).toContain('nothing was changed on the node');
      await settleCopies(node);
      await ends('link cut in the copy', cut.said(), first);
    });

    test('the link cut while the node works: ktop finds it again and tells the end', async () => {
      const cut = begun(neverReady, '--deploy-timeout', '3s');
      await hasSaid(cut, 'restarting the kubelet');
      killClientsOf(cut);
      expect(await cut.code).toBe(1);
      expect(cut.said()).toContain('v1.0.0 is back in place and runs');
      await ends('link cut while the node works', cut.said(), first);
    });

    // By the node itself, as soon as the new one is in place: a good kubelet answers, and its guard ends, soon after.
    const killsTheGuard = `while cmp -s /opt/first /usr/bin/kubelet; do sleep 0.02; done; kill -9 $(cat /run/ktop/job.pid)`;
    for (const [end, file] of [
      ['undone', neverReady],
      ['finished', second],
    ] as const) {
      test(`the guard itself killed: the next ktop tells, and it is ${end}`, async () => {
        const killed = node.exec('sh', '-c', killsTheGuard);
        const left = begun(file, '--deploy-timeout', '20s');
        await killed;
        expect(await left.code).toBe(1);
        const other = await ktopOn(node, ['deploy', dies], docked);
        expect(other.said).toMatch(/was cut off half-way.*deploy --finish/s);
        expect(other.code).toBe(2);
        const mended = await ktopOn(node, end === 'undone' ? ['rollback'] : ['deploy', '--finish'], docked);
        expect(mended.said).toMatch(end === 'undone' ? /is back and runs/ : /v1\.1\.0 runs/);
        await ends(`guard killed, ${end}`, mended.said, end === 'undone' ? first : second);
      });
    }

    test('the node restarted half-way: the one before is back at boot', async () => {
      const cut = begun(neverReady);
      await hasSaid(cut, 'restarting the kubelet');
      await docker('restart', '--time', '0', node.name);
      expect(await cut.code).toBe(1);
      await node.ready();
      await ends('node restarted half-way', cut.said(), first);
      const listed = await ktopOn(node, ['deploy', '--list'], docked);
      expect(listed.said).toContain('went back at boot: the node was restarted half-way');
    });

    test('the node restarted in the copy: nothing is changed', async () => {
      const copying = copyHasBegun(node);
      const cut = begun(large);
      await copying;
      await docker('restart', '--time', '0', node.name);
      expect(await cut.code).toBe(1);
      await node.ready();
      await settleCopies(node);
      await ends('node restarted in the copy', cut.said(), first);
    });

    test('a unit that is no kubelet of its own: one sentence says why not', async () => {
      await node.writeFile('/etc/systemd/system/k3s.service', '[Service]\nExecStart=/usr/bin/sleep infinity\n');
      await node.exec('sh', '-c', 'systemctl daemon-reload; systemctl start k3s');
      const {code, said} = await ktopOn(node, ['deploy', second, '--unit', 'k3s'], docked);
      expect(said).toContain('runs /usr/bin/sleep, which has the kubelet within it');
      expect(code).toBe(2);
      await ends('a unit that is no kubelet of its own', said, first);
    });
  });

  const noPodman = whyNoPodman();
  describe.skipIf(noPodman !== null)('over podman', () => {
    test('a build and a flag: there, listed, and back', async (context) => {
      // Some sandboxes have a podman that cannot run anything.
      const node = await startNode({engine: 'podman', pods: []}).catch((error: unknown) => {
        process.stderr.write(`\n*** SKIPPED: podman runs no node here: ${String(error)} ***\n\n`);
        return undefined;
      });
      if (node === undefined) return context.skip();
      try {
        await installKubelet(node, builds.first, 'podman');
        await endState(node);
        const way = {args: ['--node', node.name, '--via', 'kind']};
        await thereAndBack(node, way, builds);
        await flagThereAndBack(node, way);
      } finally {
        await stopNode(node);
      }
    });
  });
});

/** What a copy that was cut off has left is taken away by the next one; here it only must not be in the way. */
async function settleCopies(node: TestNode): Promise<void> {
  await until('no copy goes on', async () => (await node.countProcesses('ktop-copy')) === 0, 20_000);
  await node.exec('sh', '-c', 'rm -f /usr/bin/kubelet.ktop/new*');
}
