import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {nodeBinary, project, TerminalProgram} from '../e2e/terminal.ts';
import {sourceCopy} from '../source-copy.ts';
import {shellLines, typedByHand} from '../readme-commands.ts';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {startNode, stopNode, type TestNode} from './start-node.ts';

const run = promisify(execFile);

// What the README types, with and without ktop, on a real systemd in a container.
describeOnNode("the README's commands on a node", () => {
  let node: TestNode;
  let folder: string;
  let source: string;
  beforeAll(async () => {
    node = await startNode({kubeletFlags: ['--v=4', '--housekeeping-interval=2s']});
    folder = mkdtempSync(join(tmpdir(), 'ktop-readme-'));
    source = sourceCopy();
    // `npx ktop` finds it where it is installed; the build that is copied is the kubelet that is there.
    mkdirSync(join(folder, 'node_modules', '.bin'), {recursive: true});
    symlinkSync(project, join(folder, 'node_modules', 'ktop'));
    symlinkSync(join(project, 'bin', 'ktop.js'), join(folder, 'node_modules', '.bin', 'ktop'));
    await docker('cp', '--follow-link', `${node.name}:/usr/bin/kubelet`, join(folder, 'kubelet'));
  });
  afterAll(async () => {
    rmSync(folder, {recursive: true});
    rmSync(source, {recursive: true});
    await stopNode(node);
  });

  /** The line for this node, and with the key to its kubelet. */
  const here = (line: string) =>
    line
      .replace(/kind-worker|minikube-m03/, node.name)
      .replace('NODE:10250', `${node.address}:10250`)
      .replace('Authorization: …', `Authorization: Bearer ${node.token}`);

  test.each(shellLines().filter((line) => /^np[mx] .*--node/.test(line)))('%s', async (line) => {
    const inProject = line.startsWith('npm') ? source : folder;
    const shown = new TerminalProgram(
      'bash',
      ['-c', `cd ${inProject} && exec ${here(line)} --token-file ${node.tokenFile}`],
      {
        env: {
          KUBECONFIG: join(folder, 'none'),
          XDG_CONFIG_HOME: folder,
          PATH: `${dirname(nodeBinary)}:${process.env.PATH}`,
        },
      },
    );
    try {
      await shown.waitFor('v1.32.13 ·', 60_000);
      await shown.waitFor(/cpuload +\d{2,3}m/, 30_000);
      shown.press('q');
      expect((await shown.exited).code).toBe(0);
    } finally {
      await shown.dispose();
    }
  });

  /** What a typed command has to show for itself; one that is not here has only to succeed. */
  const outcomes: readonly (readonly [RegExp, (command: string) => Promise<unknown>])[] = [
    [
      /^docker exec .* journalctl -fu/,
      async (command) => {
        const piped = `timeout 20 ${here(command)} | grep -m 1 ousekeeping`;
        expect((await run('bash', ['-c', piped])).stdout).toContain('ousekeeping');
      },
    ],
    [
      /^curl /,
      async (command) => {
        const {stdout} = await run('bash', ['-c', `${here(command)} | jq -r .node.nodeName`]);
        expect(stdout.trim()).toBe(node.name);
      },
    ],
    [/^grep /, () => Promise.resolve()],
    [/^docker cp /, (command) => run('bash', ['-c', here(command)], {cwd: folder})],
    // The editor is the user's; the file must be the one that the kubelet is started by.
    [/^vi /, (command) => node.exec('test', '-s', command.slice(3))],
    [/^(?:chown|chmod|mv|systemctl|journalctl) /, (command) => node.exec('sh', '-c', command)],
  ];

  // In the order of the table: what is copied is put in place, and restarted, by the next ones.
  test.each(typedByHand())('by hand: %s', async (command) => {
    const found = outcomes.find(([pattern]) => pattern.test(command));
    if (found === undefined) throw new Error('nobody knows how to run it here');
    await found[1](command);
    await node.ready();
  });
});
