import {expect, test} from 'vitest';
import {BuildWatch, type FileStamp} from '../../../src/model/deploy/build-watch.ts';
import {localMs} from '../../../src/model/time.ts';

const stamp = (mtimeMs: number): FileStamp => ({inode: 1, bytes: 80, mtimeMs});
const sha = (letter: string) => letter.repeat(64);

/** Looks every half second; the file is as `stampAt` says. Returns what was to be done, with its time. */
function looked(
  watch: BuildWatch,
  fromMs: number,
  toMs: number,
  stampAt: (at: number) => FileStamp | null,
  isFree = true,
) {
  const tasks: string[] = [];
  for (let at = fromMs; at <= toMs; at += 500) {
    const task = watch.look(stampAt(at), localMs(at), isFree);
    if (task.kind !== 'nothing') tasks.push(`${task.kind} ${at}`);
    if (task.kind === 'read')
      watch.wasRead({stamp: task.stamp, sha: sha(String(task.stamp.mtimeMs % 10))}, localMs(at));
  }
  return tasks;
}

test('a build is read once it has stood still for a second, and deployed five seconds later', () => {
  const watch = new BuildWatch();
  expect(looked(watch, 0, 2000, () => stamp(1))).toEqual([]);
  // Written until 4000.
  const written = (at: number) => stamp(Math.min(at, 4000) + 2);
  expect(looked(watch, 2500, 12_000, written)).toEqual(['read 5000', 'deploy 10000']);
  expect(watch.header(String)).toContain('deploy 1');
});

test('what lay there at the beginning is not deployed, and a file that is gone is none', () => {
  const watch = new BuildWatch();
  expect(looked(watch, 0, 20_000, () => stamp(1))).toEqual([]);
  expect(looked(watch, 20_500, 40_000, () => null)).toEqual([]);
});

test('escape calls it off until the next build; the same bytes written again are no build', () => {
  const watch = new BuildWatch();
  looked(watch, 0, 0, () => null);
  expect(looked(watch, 500, 3000, () => stamp(2))).toEqual(['read 1500']);
  expect([watch.cancel(), watch.cancel()]).toEqual([true, false]);
  expect(looked(watch, 3500, 20_000, () => stamp(2))).toEqual([]);
  expect(looked(watch, 20_500, 30_000, () => stamp(3))).toEqual(['read 21500', 'deploy 26500']);
  watch.wasDeployed();
  expect(watch.header(String)).toContain('deploy 1');
  expect(looked(watch, 30_500, 50_000, () => stamp(13))).toEqual(['read 31500']);
  looked(watch, 50_500, 53_000, () => stamp(4));
  watch.cancel();
  expect(watch.header(String)).toMatch(/^build 4 4{12}, not deployed$/);
});

test('a build that is replaced in its countdown or while another is deployed waits, and the newest wins', () => {
  const watch = new BuildWatch();
  looked(watch, 0, 0, () => null);
  expect(looked(watch, 500, 4000, () => stamp(2))).toEqual(['read 1500']);
  expect(looked(watch, 4500, 11_000, () => stamp(3))).toEqual(['read 5500', 'deploy 10500']);
  expect(looked(watch, 11_500, 15_000, () => stamp(4))).toEqual([]);
  watch.wasDeployed();
  expect(looked(watch, 15_500, 18_000, () => stamp(5))).toEqual(['read 16500']);
  // Somebody restarts the kubelet by hand when its time has come.
  expect(looked(watch, 18_500, 25_000, () => stamp(5), false)).toEqual([]);
  expect(watch.message(localMs(25_000))).toContain('waits until what is under way has ended');
  expect(looked(watch, 25_500, 26_000, () => stamp(5))).toEqual(['deploy 25500']);
});

test('what is no executable is said, and looked at again when it changes', () => {
  const watch = new BuildWatch();
  looked(watch, 0, 0, () => null);
  watch.look(stamp(2), localMs(500), true);
  expect(watch.look(stamp(2), localMs(1500), true)).toMatchObject({kind: 'read'});
  watch.wasUnfit(stamp(2), 'it is cut off');
  expect(watch.message(localMs(1600))).toBe('it is cut off');
  expect(looked(watch, 2000, 9000, () => stamp(3))).toEqual(['read 3000', 'deploy 8000']);
});
