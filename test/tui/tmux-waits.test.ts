import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {watchVisibility} from '../../src/tui/tmux.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ktop-tmux-'))));
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** What a tmux in its place was asked, a line each; each time it gives the next of these answers. */
function tmuxAnswers(...answers: readonly string[]): () => readonly string[] {
  const [log, program] = [join(folder, 'asked'), join(folder, 'tmux')];
  answers.forEach((answer, i) => writeFileSync(join(folder, `answer-${i + 1}`), answer));
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\ncat '${folder}/answer-'$(($(wc -l <'${log}')))\n`);
  chmodSync(program, 0o755);
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
}

test('one program of tmux waits for the pane to be hidden, and another, which looks each second, for it to be seen', async () => {
  const asked = tmuxAnswers('1 0 1\n0 0 1\n', '0 0 1\n0 0 1\n0 0 1\n1 0 1\n', '1 0 1\n');
  const told: boolean[] = [];
  const ended = new AbortController();
  const env = {TMUX: '/tmp/tmux-0/default,1,0', TMUX_PANE: '%3', PATH: `${folder}:${process.env.PATH ?? ''}`};
  await watchVisibility(
    env,
    (visible) => {
      told.push(visible);
      if (visible) ended.abort();
    },
    ended.signal,
  );
  expect(told).toEqual([false, true]);
  const [whileSeen = '', whileHidden = ''] = asked();
  expect(whileSeen).toMatch(/^run-shell -d 10 ; display-message -p -t %3 /);
  expect(whileHidden).toMatch(/^run-shell -d 1 ; display-message -p -t %3 /);
});

test('outside tmux nothing is asked', async () => {
  const asked = tmuxAnswers('0 0 1\n');
  const {signal} = new AbortController();
  await watchVisibility({PATH: folder}, () => expect.unreachable(), signal);
  expect(asked()).toEqual([]);
});
