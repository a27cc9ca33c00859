import {execFileSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {nodeBinary, oldestNode} from '../../.ci/package/node-binary.ts';
import {project, type TerminalProgram} from '../e2e/terminal.ts';
import {BareMachine} from './bare-machine.ts';

// What `npm run package` made, each on a machine that has never seen the project and has no network.
const build = join(project, 'build');
const made = (pattern: RegExp): string => {
  const name = readdirSync(build).find((entry) => pattern.test(entry));
  if (name === undefined) throw new Error(`nothing like ${pattern.source} in build/: npm run package`);
  return join(build, name);
};

let machine: BareMachine;
let screen: TerminalProgram | undefined;
beforeEach(({task}) => {
  machine = new BareMachine(task.id.replaceAll(/[^a-z0-9]/g, ''));
});
afterEach(async () => {
  await screen?.dispose();
  screen = undefined;
  machine.remove();
});

/** The demo comes up on a terminal and gives it back; without engines and clusters the list of nodes is a sentence. */
async function works(ktop: string): Promise<void> {
  expect(machine.run(`${ktop} --version`)).toMatch(/^ktop \(kubelet\) \d/);
  screen = machine.terminal(...ktop.split(' '), '--demo');
  await screen.waitFor('housekeeping');
  await screen.waitFor('demo-worker');
  screen.press('q');
  expect(await screen.exited).toMatchObject({code: 0});
  expect(screen.modes).toMatchObject({alternateScreen: false, cursorHidden: false});
  expect(machine.run(`${ktop} nodes 2>&1 || true`)).toMatch(/no node/i);
  expect(machine.run(`${ktop} completion bash`)).toContain('complete');
}

describe('the npm package', () => {
  beforeEach(() => {
    machine.copy(nodeBinary('x64', oldestNode), '/usr/local/bin/node');
    const npm = execFileSync('npm', ['root', '--global'], {encoding: 'utf8'}).trim();
    machine.run('mkdir -p /usr/local/lib/node_modules');
    machine.copy(join(npm, 'npm'), '/usr/local/lib/node_modules/npm');
    machine.run('ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm');
    machine.copy(made(/^ktop-.*\.tgz$/), '/root/ktop.tgz');
  });

  test('installs with the oldest Node and nothing from a registry, and runs', async () => {
    machine.run('npm install --global --offline --no-audit --no-fund /root/ktop.tgz');
    await works('ktop');
    expect(machine.run('ls /usr/local/bin')).toContain('kubectl-kubelet_top');
    expect(machine.run('ls /usr/local/share/man/man1')).toContain('ktop.1');
    machine.run('npm uninstall --global --offline ktop');
    expect(machine.run('ls /usr/local/bin /usr/local/share/man/man1')).not.toContain('k');
  });
});

test('the single file runs where there is no Node', async () => {
  machine.copy(made(/^ktop-linux-x64$/), '/usr/local/bin/ktop');
  expect(machine.run('command -v node || echo none')).toBe('none\n');
  await works('ktop');
});

test('apt-get takes the Debian package, and removes it without a trace', async () => {
  machine.copy(made(/_amd64\.deb$/), '/root/ktop.deb');
  const before = machine.files();
  machine.run('apt-get install --yes --no-install-recommends /root/ktop.deb');
  await works('ktop');
  const added = [...machine.files()].filter((path) => !before.has(path));
  expect(added).toEqual(
    expect.arrayContaining([
      '/usr/bin/ktop',
      '/usr/bin/kubectl-kubelet_top',
      '/usr/share/bash-completion/completions/ktop',
      '/usr/share/doc/ktop/ktop.cdx.json',
    ]),
  );
  expect(machine.run('zcat /usr/share/man/man1/ktop.1.gz')).toContain('.TH');
  machine.run('apt-get purge --yes ktop');
  expect([...machine.files()].filter((path) => !before.has(path))).toEqual([]);
});
