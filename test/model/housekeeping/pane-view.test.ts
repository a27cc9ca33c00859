import {describe, expect, it} from 'vitest';
import {rowText} from '../../../src/model/draw/canvas.ts';
import {HousekeepingPaneModel} from '../../../src/model/housekeeping/housekeeping-pane-model.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';
import type {Target} from '../../../src/model/target.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {syntheticNode, syntheticPoll} from './synthetic-node.ts';

const t0 = 1_795_464_000_000;

function paneModelOf(pods: readonly string[], seconds: number, baseMs = 10_000, chosen: readonly Target[] = []) {
  const targets = pods.flatMap((pod) =>
    [null, 'c'].map((container) => ({target: {namespace: 'default', pod, container}, activity: 'busy' as const})),
  );
  const node = syntheticNode({seed: 3, durationMs: (seconds + 60) * 1000, kubelets: [{fromMs: 0, baseMs}], targets});
  const model = new HousekeepingPaneModel(() => chosen);
  const facts = {kubeletVersion: null, kubeletPid: null, kubeletStartedAt: null, verbosity: null};
  model.apply({type: 'facts', at: localMs(t0), facts: {...facts, housekeepingIntervalMs: baseMs}});
  for (let s = 1; s <= seconds; s++) model.apply({type: 'poll', poll: syntheticPoll(node, t0 + s * 1000)});
  return {model, now: localMs(t0 + seconds * 1000)};
}

describe('the housekeeping pane', () => {
  it('is drawn twice a second only near a tick that is counted down: of many some are always near', () => {
    const pods = Array.from({length: 9}, (_, i) => `web-${i}`);
    const chosen = pods.map((pod) => ({namespace: 'default', pod, container: null}));
    const near = (of: readonly string[], focus: Target | null): boolean => {
      const {model, now} = paneModelOf(pods, 130, 10_000, chosen.slice(0, of.length));
      model.focus(focus);
      return Array.from({length: 120}, (_, s) => localMs(now + s * 200)).some((at) => {
        model.forecasts(at);
        return model.frameMs(at) < 1000;
      });
    };
    expect([near(pods.slice(0, 1), null), near(pods, null), near(pods, chosen[0] ?? null)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([
    [28, 6],
    [38, 10],
    [52, 17],
    [120, 36],
    [60, 1],
    [20, 3],
  ])('draws rows of at most %i cells, at most %i of them', (width, height) => {
    const {model, now} = paneModelOf(
      Array.from({length: 30}, (_, i) => `web-7d4b9c6f5-${i}`),
      130,
    );
    for (const unicode of [true, false]) {
      const {rows} = model.view({width, height}, now, unicode);
      expect(rows.length).toBeLessThanOrEqual(height);
      for (const row of rows) expect(cellWidth(rowText(row))).toBeLessThanOrEqual(width);
      if (!unicode) expect(rows.map(rowText).join('')).toMatch(/^[\x20-\x7e–…·—]*$/);
    }
  });

  it('counts down, with the window, the interval and the age', () => {
    const {model, now} = paneModelOf(['p'], 130);
    const text = model.view({width: 70, height: 20}, now, true).rows.map(rowText).join('\n');
    expect(text).toMatch(/in \d+(\.\d)? s, 80 % between \d+(\.\d)? and \d+(\.\d)? s/);
    expect(text).toMatch(/^age \d+ s +[█▓▒░·┃]+$/m);
    expect(text).toMatch(/10 s — changed \(CPU\) · worst age \d+ s/);
    expect(text.replace('worst age', '').match(/age/g)).toHaveLength(1);
    expect(text).toMatch(/┃/);
    expect(text).toMatch(/waits/);
  });

  it('keeps the table in the order of the names, or by the next tick when a key says so', () => {
    const {model, now} = paneModelOf(['c', 'a', 'b'], 100);
    const namesAt = (at: number) => {
      const rows = model.view({width: 60, height: 30}, localMs(at), true).rows.map(rowText);
      return rows.slice(rows.findIndex((row) => row.startsWith('WATCHED')) + 1).map((row) => row.split(' ')[0] ?? '');
    };
    const byName = ['a', 'a/c', 'b', 'b/c', 'c', 'c/c'];
    for (const later of [0, 3000, 6000]) expect(namesAt(now + later)).toEqual(byName);
    expect(model.toggleOrder()).toBe('targets by their next tick');
    expect(namesAt(now)).toEqual(
      model.forecasts(now).map(({target: {pod, container}}) => (container === null ? pod : `${pod}/${container}`)),
    );
    const forecasts = model.forecasts(now).map(({next}) => next.quantile(0.5));
    expect([...forecasts].sort((a, b) => a - b)).toEqual(forecasts);
    expect(model.toggleOrder()).toBe('targets by name');
    expect(namesAt(now)).toEqual(byName);
  });

  it('has what is watched first, and says of the others how many there are and when the next of them ticks', () => {
    const watched = [{namespace: 'default', pod: 'z', container: null}];
    const {model, now} = paneModelOf(['a', 'b', 'c', 'd', 'z'], 100, 10_000, watched);
    const {rows, right} = model.view({width: 60, height: 9}, now, true);
    const text = rows.map(rowText);
    const head = text.findIndex((row) => row.startsWith('WATCHED'));
    expect(text.slice(head + 1, head + 3).map((row) => row.split(' ')[0])).toEqual(['z', 'z/c']);
    expect(text.at(-1)).toMatch(/^\d others, next in \d+(\.\d)? s/);
    expect(right).toMatch(/^next: z(\/c)? in \d+(\.\d)? s$/);
    // Moving through the table does not stir it.
    const all = (height: number) =>
      model.view({width: 60, height}, now, true).rows.map((row) => rowText(row).split(' ')[0]);
    const before = all(30).slice(-10);
    model.move(5, now);
    expect(all(30).slice(-10)).toEqual(before);
  });

  it('keeps counting down the target that a key chose', () => {
    const {model, now} = paneModelOf(['a', 'b', 'c'], 100);
    model.move(3, now);
    const chosen = model.focused(model.forecasts(now))?.target;
    expect(model.focused(model.forecasts(localMs(now + 9000)))?.target).toEqual(chosen);
    expect(chosen === undefined ? false : model.watches(chosen)).toBe(true);
    model.focus(null);
    expect(model.focused(model.forecasts(now))).toBe(model.forecasts(now)[0]);
  });

  it('says of a kubelet that does not answer neither that a tick is late nor that a first one comes soon', () => {
    const {model, now} = paneModelOf(['p'], 130);
    const later = localMs(now + 60_000);
    const text = () => model.view({width: 70, height: 20}, later, true).rows.map(rowText).join('\n');
    expect(text()).toContain('overdue by');
    const failure = {code: 'unreachable' as const, tried: 'GET', problem: 'refused', next: null};
    model.apply({type: 'stats-stream', state: {kind: 'reconnecting', since: now, attempt: 1, failure}});
    expect(text()).toContain('not seen: the kubelet does not answer');
    expect(text()).not.toMatch(/overdue|\+\d/);
    model.apply({type: 'kubelet-started', at: nodeMs(later), pid: null});
    expect(text()).not.toContain('soon');
  });

  it('tells two long names apart by their ends, and a container from its pod', () => {
    const {model, now} = paneModelOf(
      ['a-very-long-name-of-a-workload-7d4b9c6f5-x2kqp', 'a-very-long-name-of-a-workload-7d4b9c6f5-zz9nm'],
      60,
    );
    for (const width of [28, 38]) {
      const names = model.view({width, height: 12}, now, true).rows.flatMap((row) => /^a-\S+/.exec(rowText(row)) ?? []);
      expect(new Set(names.slice(-4)).size).toBe(4);
    }
  });

  it('warns of a base that makes every metric stale', () => {
    const {model, now} = paneModelOf(['p'], 400, 300_000);
    const {left, alarm, rows} = model.view({width: 100, height: 20}, now, true);
    expect(left).toBe('base 5 min');
    expect(alarm).toBe(true);
    expect(rows.map(rowText).join('\n')).toContain('samples only every 5 min to 10 min');
  });

  it('takes no control character of a name to the screen', () => {
    const {model, now} = paneModelOf(['evil\u001b[2J\u202egpj.\r'], 30);
    const text = model.view({width: 80, height: 12}, now, true).rows.map(rowText).join('');
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});
