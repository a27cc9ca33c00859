import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeEach, expect, test} from 'vitest';
import {actionOf} from '../../../src/commands/deploy/carry-out.ts';
import {readBuild} from '../../../src/commands/deploy/build.ts';
import {listDeploys, planDeploy, planRollback, type Plan} from '../../../src/commands/deploy/plan.ts';
import {startDemoNode} from '../../../src/demo/demo-node.ts';
import type {CommandStep} from '../../../src/model/event.ts';
import {localMs} from '../../../src/model/time.ts';
import type {Node} from '../../../src/nodes/node.ts';

const folder = mkdtempSync(join(tmpdir(), 'ktop-deploy-unit-'));
const file = join(folder, 'kubelet');
afterAll(() => rmSync(folder, {recursive: true}));

let node: Node;
beforeEach(async () => {
  node = await startDemoNode();
});
afterEach(() => node.close());

const options = {clear: false, timeoutMs: 30_000};
const machine = process.arch === 'arm64' ? 183 : 62;

/** A file that is an ELF executable by its header, and longer than one piece of a copy. */
function writeBuild(filler: number): void {
  const bytes = Buffer.alloc(300_000, filler);
  bytes.fill(0, 0, 64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(1n, 24);
  writeFileSync(file, bytes);
}

function looking() {
  const shell = node.shell.kind === 'shell' ? node.shell.shell : expect.unreachable();
  const {signal} = new AbortController();
  return {name: node.name, commandPrefix: node.commandPrefix, shell, unit: 'kubelet', signal};
}

const reading = (path: string) => readBuild(path, new AbortController().signal);

async function carriedOut(plan: Plan): Promise<readonly CommandStep[]> {
  const now = () => localMs(Date.now());
  const context = {...looking(), now, answered: () => Promise.resolve(now()), unanswered: () => null};
  const steps: CommandStep[] = [];
  for await (const step of actionOf(plan).run(context)) steps.push(step);
  return steps;
}

test('a build goes there and back; what is asked says what is run', async () => {
  writeBuild(1);
  const plan = await planDeploy(reading(file), options, looking());
  const {text, commands} = actionOf(plan).question({name: '', commandPrefix: ''}, '');
  expect(text).toMatch(/^Deploy .* on demo-worker, in place of v1\.36\.2\?$/);
  expect(commands.join('\n')).toMatch(/cat >\/usr\/bin\/kubelet\.ktop\/new.*\n.*mv .*\n.*systemctl restart kubelet/);
  const steps = await carriedOut(plan);
  expect(steps.at(-1)).toMatchObject({kind: 'done', line: expect.stringContaining('its stats answered') as string});
  expect((await listDeploys(looking())).join('\n')).toMatch(/-dev\+.*in place, runs\nv1\.36\.2 .*kept/);

  await expect(planDeploy(reading(file), options, looking())).rejects.toThrow('this very build is in place');
  const back = await carriedOut(await planRollback(options, looking()));
  expect(back.at(-1)).toMatchObject({kind: 'done', line: expect.stringContaining('v1.36.2 runs') as string});
  await expect(planRollback(options, looking())).rejects.toThrow('has replaced no binary');
}, 20_000);

test('a file that cannot run there is refused before anything is done', async () => {
  await expect(planDeploy(reading(join(folder, 'nothing')), options, looking())).rejects.toThrow('does not exist');
  await expect(planDeploy(reading(folder), options, looking())).rejects.toThrow('is a directory');
  writeFileSync(file, '#!/bin/sh\n');
  await expect(planDeploy(reading(file), options, looking())).rejects.toThrow('is a script');
});
