import {execFileSync, spawnSync} from 'node:child_process';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {ktopBinary, nodeBinary, project} from './terminal.ts';

const missing = spawnSync('tmux', ['-V']).error !== undefined;
if (missing) process.stderr.write('\n*** SKIPPED: the tests in tmux did not run: there is no tmux here ***\n\n');

// A server of our own with no configuration, so that the user's is not touched; a new one for each test, since one that
// ends may still take the next one's first command.
let server = '';
let servers = 0;
const tmux = (...args: readonly string[]) =>
  execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], {encoding: 'utf8', cwd: project});
const pane = () => tmux('capture-pane', '-p', '-t', 'ktop');

// ktop's home is a tmux pane: smoke tests in the real one.
describe.skipIf(missing)('in tmux', () => {
  beforeEach(() => void (server = `ktop-test-${process.pid}-${(servers += 1)}`));
  afterEach(() => void spawnSync('tmux', ['-L', server, 'kill-server']));

  const start = (size: {columns: number; rows: number}) => {
    const shell = 'env -u CI -u NO_COLOR PS1="prompt> " bash --norc --noprofile';
    tmux('new-session', '-d', '-s', 'ktop', '-x', String(size.columns), '-y', String(size.rows), shell);
    tmux('set-option', '-g', 'status', 'off');
    tmux('send-keys', '-t', 'ktop', `${nodeBinary} ${ktopBinary} --demo`, 'Enter');
  };

  test('draws, follows a resize of the pane, and leaves the shell as it was', async () => {
    start({columns: 120, rows: 40});
    await expect.poll(pane, {timeout: 20_000}).toMatch(/─ cpu.*─ housekeeping[^]*─ journal[^]*DEMO/);
    tmux('resize-window', '-t', 'ktop', '-x', '80', '-y', '24');
    await expect.poll(() => pane().split('\n')[0]?.length, {timeout: 10_000}).toBeLessThanOrEqual(80);
    await expect.poll(pane, {timeout: 10_000}).toMatch(/^─ cpu[^]*─ journal[^]*DEMO/);
    tmux('send-keys', '-t', 'ktop', 'q');
    await expect.poll(pane, {timeout: 10_000}).toMatch(/^prompt>$/m);
    expect(pane()).not.toContain('housekeeping');
    expect(tmux('display-message', '-p', '-t', 'ktop', '#{alternate_on} #{cursor_flag}').trim()).toBe('0 1');
  });

  test('ends with its pane', async () => {
    start({columns: 100, rows: 30});
    await expect.poll(pane, {timeout: 20_000}).toContain('DEMO');
    const shell = Number(tmux('display-message', '-p', '-t', 'ktop', '#{pane_pid}'));
    const children = () =>
      spawnSync('pgrep', ['-P', String(shell)], {encoding: 'utf8'})
        .stdout.split('\n')
        .filter(Boolean);
    const [pid = ''] = children();
    expect(pid).not.toBe('');
    tmux('kill-pane', '-t', 'ktop');
    // It runs no more; whether somebody has buried it is not its business.
    const state = () => spawnSync('ps', ['-o', 'stat=', '-p', pid], {encoding: 'utf8'}).stdout.trim();
    await expect.poll(state, {timeout: 10_000}).toMatch(/^(Z.*)?$/);
  });
});
