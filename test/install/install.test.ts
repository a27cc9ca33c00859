import {execFileSync} from 'node:child_process';
import {cpSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {basename, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {nodeBinary, oldestNode} from '../../.ci/package/node-binary.ts';
import {project, type TerminalProgram} from '../e2e/terminal.ts';
import {commandInText} from '../readme-commands.ts';
import {BareMachine} from './bare-machine.ts';
import {arm64, kubectl} from './debian-programs.ts';

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

/** A command of the README where its file lies, without a network. */
const offline = (command: string, more: string): string => `cd /root && npm_config_offline=true ${command} ${more}`;

/** kubectl itself finds the plugin, and its `-n` is the namespace. */
function isPlugin(): void {
  const path = 'PATH=/usr/local/bin:/usr/bin:/root/bin';
  machine.run('mkdir -p /root/bin');
  machine.copy(kubectl(), '/root/bin/kubectl');
  // Not /bin, which is /usr/bin: kubectl takes what lies in both for two that are in each other's way.
  expect(machine.run(`${path} kubectl plugin list`)).toContain('kubectl-kubelet_top');
  const plugin = `${path} ${commandInText(/^kubectl kubelet-top$/)}`;
  expect(machine.run(`${plugin} version`)).toMatch(/^ktop \(kubelet\)/);
  const shown = machine.run(`${plugin} --demo --once -n shop`);
  expect(shown).toMatch(/^shop\/web-/m);
  expect(shown).not.toMatch(/^default\//m);
}

describe('the npm package', () => {
  beforeEach(() => {
    machine.copy(nodeBinary('x64', oldestNode), '/usr/local/bin/node');
    const npm = execFileSync('npm', ['root', '--global'], {encoding: 'utf8'}).trim();
    machine.run('mkdir -p /usr/local/lib/node_modules');
    machine.copy(join(npm, 'npm'), '/usr/local/lib/node_modules/npm');
    machine.run('cd /usr/local/bin && for c in npm npx; do ln -s ../lib/node_modules/npm/bin/$c-cli.js $c; done');
    machine.copy(made(/^ktop-.*\.tgz$/));
  });

  test('installs with the oldest Node and nothing from a registry, and runs', async () => {
    expect(machine.run(offline(commandInText(/^npx \.\/ktop/), '--version'))).toMatch(/^ktop \(kubelet\)/);
    machine.run(offline(commandInText(/^npm install --global/), '--no-audit --no-fund'));
    await works('ktop');
    isPlugin();
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
  machine.copy(made(/_amd64\.deb$/));
  const before = machine.files();
  machine.run(`cd /root && ${commandInText(/^apt-get install/)} --yes --no-install-recommends`);
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
  isPlugin();
  machine.run('apt-get purge --yes ktop');
  expect([...machine.files()].filter((path) => !before.has(path))).toEqual([]);
});

test('the single file for arm64 runs, on an emulated processor', () => {
  const {emulator, root} = arm64();
  const args = ['-L', root, made(/^ktop-linux-arm64$/), '--demo', '--once', '--pod', 'cpuload'];
  expect(execFileSync(emulator, args, {encoding: 'utf8'})).toMatch(/^healthy$[\s\S]*^default\/cpuload /m);
});

test('the Debian packages of two builds in two folders are equal, byte by byte', () => {
  // Beside the other one: npm's bill of materials wants real folders of modules, which hard links are.
  const folder = mkdtempSync(join(build, 'again-'));
  try {
    const parts = ['src', 'bin', '.ci', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'LICENSE'];
    for (const part of [...parts, 'README.md', 'bundling.ts']) {
      cpSync(join(project, part), join(folder, part), {recursive: true});
    }
    execFileSync('cp', ['-al', join(project, 'node_modules'), folder]);
    const time = execFileSync('git', ['log', '-1', '--format=%ct'], {cwd: project, encoding: 'utf8'}).trim();
    execFileSync(process.execPath, ['.ci/package/build.ts', 'x64', 'deb'], {
      cwd: folder,
      env: {...process.env, SOURCE_DATE_EPOCH: time},
    });
    execFileSync('cmp', [made(/_amd64\.deb$/), join(folder, 'build', basename(made(/_amd64\.deb$/)))]);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});
