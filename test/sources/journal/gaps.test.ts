import {describe, expect, it} from 'vitest';
import type {JournalEntry} from '../../../src/model/event.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import type {CommandResult, NodeShell} from '../../../src/nodes/node.ts';
import {GapWatch} from '../../../src/sources/journal/gaps.ts';

/** Entries of the followed unit by their numbers in the journal. */
const entries = (...numbers: readonly number[]): JournalEntry[] =>
  numbers.map((number) => ({
    cursor: `s=ab;i=${number.toString(16)};b=cd`,
    at: nodeMs(number),
    unit: 'kubelet.service',
    identifier: 'kubelet',
    pid: 1,
    priority: 6,
    message: '',
  }));

/** A node whose journal begins at `oldest`; counts how often it was asked. */
function nodeFrom(oldest: () => number) {
  const asked = {times: 0};
  const shell: NodeShell = {
    run: (argv): Promise<CommandResult> => {
      asked.times += 1;
      const wanted = parseInt(/;i=([0-9a-f]+)/.exec(argv.at(-1) ?? '')?.[1] ?? '', 16);
      const found = Math.max(wanted, oldest());
      const stdout = Number.isNaN(oldest()) ? '' : `__CURSOR=s=ab;i=${found.toString(16)};b=cd\nPRIORITY=6\n\n`;
      return Promise.resolve({exitCode: Number.isNaN(oldest()) ? 1 : 0, stdout, stderr: ''});
    },
    copyIn: () => Promise.reject(new Error('not used')),
    follow: () => {
      throw new Error('not used');
    },
  };
  return {asked, watch: new GapWatch(shell, new AbortController().signal)};
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function looks(watch: GapWatch, atMs: number) {
  watch.findGap(localMs(atMs));
  await settled();
  return watch.findGap(localMs(atMs));
}

describe('holes in the journal', () => {
  it('asks nothing while no number is left out', async () => {
    const {watch, asked} = nodeFrom(() => 0);
    watch.note(entries(7));
    watch.note(entries(8, 9, 10));
    expect(await looks(watch, 0)).toBeNull();
    expect([asked.times, watch.waitMs(localMs(0))]).toEqual([0, null]);
  });

  it('tells how many entries went with a file that was removed while it was read, and after which one', async () => {
    const {watch} = nodeFrom(() => 300);
    watch.note(entries(1, 2, 3));
    watch.note(entries(4, 304, 305));
    expect(await looks(watch, 0)).toEqual({after: 3, atMost: 299});
    expect(await looks(watch, 5000)).toBeNull();
  });

  it('takes the numbers of other units for what they are, and soon asks no more than twice a minute', async () => {
    const {watch, asked} = nodeFrom(() => 0);
    for (let second = 0; second < 600; second += 1) {
      watch.note(entries(second * 1000, second * 1000 + 500 + (second % 7)));
      expect(await looks(watch, second * 1000)).toBeNull();
    }
    expect(asked.times).toBeGreaterThan(18);
    expect(asked.times).toBeLessThan(24);
  });

  it('finds a small hole among the numbers of other units within half a minute', async () => {
    let oldest = 0;
    const {watch} = nodeFrom(() => oldest);
    watch.note(entries(1, 100));
    expect(await looks(watch, 0)).toBeNull();
    oldest = 120;
    watch.note(entries(101, 125));
    expect(await looks(watch, 1000)).toBeNull();
    expect(await looks(watch, 30_000)).toEqual({after: 100, atMost: 23});
  });

  it('keeps the doubt while the node does not answer', async () => {
    let oldest = NaN;
    const {watch} = nodeFrom(() => oldest);
    watch.note(entries(1, 100));
    expect(await looks(watch, 0)).toBeNull();
    oldest = 90;
    expect(await looks(watch, 1000)).toEqual({after: 1, atMost: 98});
  });

  it('does not count what was told of already', async () => {
    const {watch, asked} = nodeFrom(() => 300);
    watch.note(entries(1, 2, 3));
    watch.reset();
    watch.note(entries(400, 401));
    expect(await looks(watch, 0)).toBeNull();
    expect(asked.times).toBe(0);
  });

  it('asks where another numbering begins: the journal before it may have been deleted before it was read', async () => {
    const anew = (first: number) =>
      entries(first, first + 1).map((one) => ({...one, cursor: one.cursor.replace('ab', 'ef')}));
    const {watch} = nodeFrom(() => 300);
    watch.note(entries(1, 2));
    watch.note(anew(1));
    expect(await looks(watch, 0)).toEqual({after: 2, atMost: null});
    const kept = nodeFrom(() => 0);
    kept.watch.note(entries(1, 2));
    kept.watch.note(anew(1));
    expect([await looks(kept.watch, 0), kept.asked.times]).toEqual([null, 1]);
  });
});
