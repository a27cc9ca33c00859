import {describe, expect, it} from 'vitest';
import {CpuBook} from '../../../src/model/cpu/series-store.ts';
import {nodeTarget, systemTarget, targetKey} from '../../../src/model/target.ts';
import {poll, sample, type Said} from './sample.ts';

const load = 'default/cpuload/load';
const system = (said: Said) => sample({...said, namespace: '', pod: '', container: 'kubelet', precision: 's'});

describe('the book of all series', () => {
  it('breaks every line after an empty answer, as after a restart of the kubelet', () => {
    const book = new CpuBook();
    book.observe(poll(1, [sample({atS: 0, usageMs: 0})]));
    book.observe(poll(2, []));
    expect(book.get(load)?.present).toBe(false);
    book.observe(poll(3, [sample({atS: 2, usageMs: 200})]));
    expect(book.get(load)?.breaks.map((each) => each.reason)).toEqual(['first', 'sample missed']);
  });

  it('takes no pod for ended that a kubelet which has just started does not name yet', () => {
    const book = new CpuBook();
    book.observe(poll(1, [sample({atS: 0, usageMs: 0})]));
    book.observe(poll(2, [sample({atS: 1, usageMs: 0, pod: 'first'})]), true);
    expect(book.get(load)?.present).toBe(true);
    book.observe(poll(20, [sample({atS: 19, usageMs: 0, pod: 'first'})]));
    expect(book.get(load)?.present).toBe(false);
  });

  it('does not miss in an answer of /metrics/resource what only the summary tells', () => {
    const book = new CpuBook();
    book.observe(poll(1, [sample({atS: 0, usageMs: 0}), system({atS: 0, usageMs: 0})]));
    for (let s = 2; s < 12; s++) book.observe(poll(s, [sample({atS: 0, usageMs: 0})]));
    book.observe(poll(12, [sample({atS: 11, usageMs: 10}), system({atS: 11, usageMs: 10})]));
    expect(book.get(targetKey(systemTarget('kubelet')))?.breaks).toHaveLength(1);
  });

  it('keeps two pods of one name in two namespaces apart', () => {
    const book = new CpuBook();
    const both = (atS: number) => [
      sample({atS, usageMs: atS * 100, namespace: 'a'}),
      sample({atS: atS + 1, usageMs: atS * 900, namespace: 'b'}),
    ];
    book.observe(poll(2, both(0)));
    book.observe(poll(12, both(10)));
    expect(book.get('a/cpuload/load')?.latest?.nanoCores).toBeCloseTo(1e8, 0);
    expect(book.get('b/cpuload/load')?.latest?.nanoCores).toBeCloseTo(9e8, 0);
  });

  it('takes the pod that started last where an ended one of the same name lingers in the answer', () => {
    const book = new CpuBook();
    const old = sample({atS: -5, usageMs: 99_000, startedS: -900, uid: 'old'});
    for (let s = 0; s < 40; s += 10) {
      const young = sample({atS: s, usageMs: s * 100, startedS: -1, uid: 'young'});
      book.observe(poll(s + 1, s % 20 === 0 ? [old, young] : [young, old]));
    }
    expect(book.get(load)?.breaks).toHaveLength(1);
    expect(book.get(load)?.latest).toMatchObject({uid: 'young', nanoCores: 1e8});
  });

  it('takes 500 pods and forgets them after they have been gone for six hours', () => {
    const book = new CpuBook();
    const pods = (atS: number) => Array.from({length: 500}, (_, i) => sample({atS, usageMs: atS * i, pod: `p${i}`}));
    for (let s = 0; s < 60; s++) book.observe(poll(s, pods(s - (s % 12))));
    expect([...book.all()]).toHaveLength(500);
    expect(book.get('default/p499/load')?.latest?.nanoCores).toBeCloseTo(499e6, 0);
    book.observe(poll(60, [sample({atS: 59, usageMs: 0, ...nodeTarget})]));
    book.observe(poll(7 * 3_600, [sample({atS: 7 * 3_600, usageMs: 1, ...nodeTarget})]));
    expect([...book.all()]).toHaveLength(1);
  });
});
