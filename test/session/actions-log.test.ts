import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {actionsLog, type ActionEntry} from '../../src/session/actions-log.ts';

let state = '';
beforeEach(() => (state = mkdtempSync(join(tmpdir(), 'ktop-state-'))));
afterEach(() => rmSync(state, {recursive: true}));
const file = () => join(state, 'ktop', 'actions.log');
const entry: ActionEntry = {
  time: new Date(0),
  node: 'kind-worker',
  action: 'restart',
  commands: ['docker exec kind-worker systemctl restart kubelet'],
  outcome: 'done',
  detail: 'answers again',
  durationMs: 1234.4,
};
const append = (changes: Partial<ActionEntry> = {}) => actionsLog({XDG_STATE_HOME: state})({...entry, ...changes});

test('an action is one line for the user alone, without control characters and secrets', () => {
  expect(append()).toBeNull();
  append({
    detail: 'evil \u001b[2J\n\u009b31m \u202e and abcdef.0123456789abcdef',
    commands: ['kubelet --token=geheim --bootstrap-kubeconfig=/etc/b.conf'],
  });
  const lines = readFileSync(file(), 'utf8').split('\n');
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[0] ?? '')).toEqual({...entry, time: '1970-01-01T00:00:00.000Z', durationMs: 1234});
  expect(lines[1]).toMatch(/^[\x20-\x7e]*$/);
  expect(lines[1]).not.toMatch(/geheim|0123456789abcdef/);
  expect(lines[1]).toContain('--bootstrap-kubeconfig=/etc/b.conf');
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('neither a link nor another file of the user gets a line', () => {
  mkdirSync(join(state, 'ktop'));
  const other = join(state, 'other');
  writeFileSync(other, 'mine');
  symlinkSync(other, file());
  expect(append()).toMatch(/ELOOP|symbolic link/);
  rmSync(file());
  linkSync(other, file());
  expect(append()).toMatch(/no file of its own/);
  rmSync(join(state, 'ktop'), {recursive: true});
  mkdirSync(join(state, 'elsewhere'));
  symlinkSync(join(state, 'elsewhere'), join(state, 'ktop'));
  expect(append()).toMatch(/no directory of its own/);
  expect([readFileSync(other, 'utf8'), existsSync(join(state, 'elsewhere', 'actions.log'))]).toEqual(['mine', false]);
});

test('a full log becomes the one before, and no more than these two are kept', () => {
  append();
  for (const letter of ['a', 'b']) {
    writeFileSync(file(), letter.repeat(1024 * 1024));
    append();
    expect(readFileSync(`${file()}.1`, 'utf8')[0]).toBe(letter);
    expect(readFileSync(file(), 'utf8')).toContain('answers again');
  }
});
