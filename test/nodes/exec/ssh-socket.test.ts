import {mkdtemp, mkdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {sharedSocket} from '../../../src/nodes/exec/ssh-socket.ts';

test.each(['run time', 'quo"te', '%h', '${HOME}', 'long'.repeat(20)])(
  'a runtime folder called %s gives no socket that ssh cannot make',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'ktop-run-'));
    onTestFinished(() => rm(folder, {recursive: true}));
    const runtime = join(folder, name);
    await mkdir(runtime);
    const socket = await sharedSocket(['--', 'host'], {XDG_RUNTIME_DIR: runtime, TMPDIR: runtime});
    expect(socket).toMatch(/^\/[\w/.,:+@=-]{1,86}$/);
  },
);
