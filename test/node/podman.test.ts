import {execFile, spawnSync} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {findNode} from '../../src/nodes/find-node.ts';
import {whyNoEngine} from './engine.ts';
import {hostileWords} from './hostile-words.ts';
import {ensureImage} from './image.ts';

const run = promisify(execFile);
const noPodman = whyNoEngine() !== null || spawnSync('podman', ['info'], {stdio: 'ignore'}).status !== 0;
if (noPodman) process.stderr.write('\n*** SKIPPED: the test on podman did not run: there is no working podman ***\n\n');

describe.skipIf(noPodman)('podman', () => {
  const name = `ktop-podman-${process.pid}`;
  let image = '';
  let why: string | null = null;
  beforeAll(async () => {
    const made = await run('sh', [
      '-c',
      'c=$(docker create "$1") && docker export "$c" | podman import -q - && docker rm "$c" >/dev/null',
      'import',
      await ensureImage(),
    ]);
    image = made.stdout.trim();
    // Sandboxes that may not raise limits have a podman that must be told so; some cannot run anything at all.
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
    const argv = ['run', '--detach', '--name', name, '--network', 'none', ...limits, image, 'sleep', '600'];
    const [first, second] = [() => run('podman', argv), () => run('podman', ['--runtime', 'runc', ...argv])];
    await first().catch(async (error: unknown) => {
      await run('podman', ['rm', '--force', name]).catch(() => undefined);
      await second().catch(() => (why = String(error)));
    });
    if (why !== null) process.stderr.write(`\n*** SKIPPED: podman runs no container here: ${why} ***\n\n`);
  });
  afterAll(async () => {
    await run('podman', ['rm', '--force', '--time', '0', name]).catch(() => undefined);
    await run('podman', ['rmi', '--force', image]).catch(() => undefined);
  });

  test('runs, passes on hostile arguments and leaves nothing behind', async (context) => {
    context.skip(why !== null, why ?? '');
    const node = await findNode({node: name});
    expect(node.via).toBe('podman exec');
    const shell = node.shell.kind === 'shell' ? node.shell.shell : expect.unreachable();
    expect((await shell.run(['printf', '%s\\0', ...hostileWords])).stdout.split('\0').slice(0, -1)).toEqual(
      hostileWords,
    );
    const follow = shell.follow(['sh', '-c', 'echo on; sleep 31415']);
    await follow.stdout[Symbol.asyncIterator]().next();
    await follow.stop();
    await expect
      .poll(async () => (await run('podman', ['exec', name, 'ps', '-eo', 'args'])).stdout, {timeout: 10_000})
      .not.toContain('31415');
    await node.close();
  });
});
