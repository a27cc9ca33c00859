import {expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {rowText} from '../../src/model/draw/canvas.ts';
import type {Event} from '../../src/model/event.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {createPaneModels} from '../../src/session/pane-models.ts';
import {poll, sample, seen} from '../model/cpu/sample.ts';

const target = {namespace: 'default', pod: 'web', container: null};

function paneOn(transport: string) {
  const request = parseArguments(['--node', 'n', '--pod', 'web'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const {cpu} = createPaneModels(request.options);
  const node = {name: 'n', provider: 'kind', transport, commandPrefix: '', readOnly: null};
  cpu.apply({type: 'node', at: localMs(0), node});
  for (const s of [0, 12, 24]) {
    cpu.apply({
      type: 'poll',
      poll: poll(s + 1, [sample({pod: 'web', container: null, atS: s, usageMs: s * 100, uid: 'u1'})]),
    });
  }
  return cpu;
}

test('what was really used is drawn beside what the kubelet said, and its error told by age', () => {
  const cpu = paneOn('docker exec');
  expect(cpu.truthTargets()).toEqual([{target, podUid: 'u1', containerId: null}]);
  const zero = Number(seen(0));
  const read = (s: number, usageMs: number): Event => ({
    type: 'truth',
    at: nodeMs(zero + s * 1000),
    readings: [{target, usageNs: usageMs * 1e6}],
  });
  // 100 m until second 30, then 400 m, which the kubelet has not seen.
  for (let s = 20; s <= 36; s += 1) cpu.apply(read(s, Math.min(s, 30) * 100 + Math.max(0, s - 30) * 400));
  cpu.truth.toggleErrors();
  const view = cpu.view({width: 76, height: 24}, {now: localMs(zero + 36_000), unicode: true, utcOffsetMs: 0});
  const text = view.rows.map(rowText).join('\n');
  expect(text).toMatch(/A web +100m/);
  expect(text).toMatch(/B web used +400m/);
  expect(text.replaceAll(/\s+/g, ' ')).toMatch(/error: mean \d+m, worst 300m;/);
});

test('over ssh nothing is read until it is asked for', () => {
  const cpu = paneOn('ssh docker@10.0.0.2');
  expect(cpu.truthTargets()).toEqual([]);
  cpu.truth.toggle();
  expect(cpu.truthTargets()).toHaveLength(1);
  cpu.truth.toggle();
  expect(cpu.truthTargets()).toEqual([]);
});
