import {describe, expect, it} from 'vitest';
import {nodeTarget, systemTarget, targetKey} from '../../../src/model/target.ts';
import {MarkedStore, poll, sample, type Reading} from './sample.ts';

const load = 'default/cpuload/load';
const system = (said: Reading) => sample({...said, namespace: '', pod: '', container: 'kubelet', precision: 's'});

describe('the book of all series', () => {
  it('breaks every line after an empty answer, as after a restart of the kubelet', () => {
    const store = new MarkedStore();
    store.observe(poll(1, [sample({atS: 0, usageMs: 0})]));
    store.observe(poll(2, []));
    expect(store.get(load)?.present).toBe(false);
    store.observe(poll(3, [sample({atS: 2, usageMs: 200})]));
    expect(store.get(load)?.breaks.map((each) => each.reason)).toEqual(['first', 'sample missed']);
  });

  it('takes no pod for ended that a kubelet which has just started does not name yet', () => {
    const store = new MarkedStore();
    store.observe(poll(1, [sample({atS: 0, usageMs: 0})]));
    store.observe(poll(2, [sample({atS: 1, usageMs: 0, pod: 'first'})]), true);
    expect(store.get(load)?.present).toBe(true);
    store.observe(poll(20, [sample({atS: 19, usageMs: 0, pod: 'first'})]));
    expect(store.get(load)?.present).toBe(false);
  });

  it('does not miss in an answer of /metrics/resource what only the summary tells', () => {
    const store = new MarkedStore();
    store.observe(poll(1, [sample({atS: 0, usageMs: 0}), system({atS: 0, usageMs: 0})]));
    for (let s = 2; s < 12; s++) store.observe(poll(s, [sample({atS: 0, usageMs: 0})]));
    store.observe(poll(12, [sample({atS: 11, usageMs: 10}), system({atS: 11, usageMs: 10})]));
    expect(store.get(targetKey(systemTarget('kubelet')))?.breaks).toHaveLength(1);
  });

  it('keeps two pods of one name in two namespaces apart', () => {
    const store = new MarkedStore();
    const both = (atS: number) => [
      sample({atS, usageMs: atS * 100, namespace: 'a'}),
      sample({atS: atS + 1, usageMs: atS * 900, namespace: 'b'}),
    ];
    store.observe(poll(2, both(0)));
    store.observe(poll(12, both(10)));
    expect(store.get('a/cpuload/load')?.latest?.nanoCores).toBeCloseTo(1e8, 0);
    expect(store.get('b/cpuload/load')?.latest?.nanoCores).toBeCloseTo(9e8, 0);
  });

  it('takes 500 pods and forgets them after they have been gone for six hours', () => {
    const store = new MarkedStore();
    const pods = (atS: number) => Array.from({length: 500}, (_, i) => sample({atS, usageMs: atS * i, pod: `p${i}`}));
    for (let s = 0; s < 60; s++) store.observe(poll(s, pods(s - (s % 12))));
    expect([...store.all()]).toHaveLength(500);
    expect(store.get('default/p499/load')?.latest?.nanoCores).toBeCloseTo(499e6, 0);
    store.observe(poll(60, [sample({atS: 59, usageMs: 0, ...nodeTarget})]));
    store.observe(poll(7 * 3_600, [sample({atS: 7 * 3_600, usageMs: 1, ...nodeTarget})]));
    expect([...store.all()]).toHaveLength(1);
  });
});
