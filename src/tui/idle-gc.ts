import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** What the program needs when nothing happens is about 20 MB; a collection below this frees too little. */
const leastBytes = 32 * 2 ** 20;
const everyMs = 2000;
/** Who computes more than this, in milliseconds of processor time since the last look, is not idle. */
const idleMs = everyMs / 4;

/**
 * While it is idle V8 may let the old part grow by so much before it collects by itself: by its own reckoning of a slow
 * program it is a tenth, and a heap of sixty megabytes (twenty nodes) was gone through every twelve seconds.
 */
const idleGrowthPercent = 60;
/** In a flood of lines it may grow by more: while V8 goes through it, for a tenth of a second, a key takes twice as long. */
const busyGrowthPercent = 200;

/**
 * Both halves of the room for what is young, once so much has grown old between two looks. V8 begins with one megabyte
 * each: a screen of 110 pods fills it four times a second, and what one frame needs was copied and kept among the old.
 */
const youngBytes = 8 * 2 ** 20;
const agedBytes = 2 ** 19;

/**
 * Keeps the heap of an idle screen small: V8 sizes the old space by the machine's memory and lets the garbage of hours
 * pile up there first. Collects where the heap has grown by three quarters since the last time nevertheless. While a
 * flood of lines is read it leaves that to V8, which does it piece by piece: a whole collection would keep a key waiting.
 * Returns what ends it.
 */
export function collectWhenIdle(): () => void {
  // What is young on a screen is a megabyte or two: to wake threads for it costs more than to do it alone.
  setFlagsFromString('--no-parallel-scavenge');
  // A flood of lines would make the room for what is young grow to 128 MB, by the machine's memory, and it would stay so.
  letYoungGrowBy(1);
  growBy(busyGrowthPercent);
  const collect = collector();
  let limitBytes = leastBytes;
  let old = oldBytes();
  let used = process.cpuUsage();
  let isIdle = false;
  const timer = setInterval(() => {
    const {user, system} = process.cpuUsage(used);
    used = process.cpuUsage();
    const wasIdle = isIdle;
    isIdle = user + system <= idleMs * 1000;
    if (isIdle !== wasIdle) growBy(isIdle ? idleGrowthPercent : busyGrowthPercent);
    const before = old;
    old = oldBytes();
    if (!isIdle) return;
    if (old - before > agedBytes && isYoungSmall()) {
      letYoungGrowBy(4);
      collect('minor');
      letYoungGrowBy(1);
    }
    if (old < limitBytes) return;
    collect('major');
    old = oldBytes();
    limitBytes = Math.max(leastBytes, old * 1.75);
  }, everyMs);
  return () => clearInterval(timer);
}

const growBy = (percent: number): void => setFlagsFromString(`--heap-growing-percent=${percent}`);
const letYoungGrowBy = (factor: number): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`);
const isYoungSmall = (): boolean =>
  getHeapSpaceStatistics().some(({space_name, space_size}) => space_name === 'new_space' && space_size < youngBytes);

/**
 * Without what is young: that is a few seconds' garbage, which V8 takes away by itself for a tenth of what a whole
 * collection costs.
 */
function oldBytes(): number {
  let sum = 0;
  for (const space of getHeapSpaceStatistics()) if (!space.space_name.startsWith('new_')) sum += space.space_used_size;
  return sum;
}

/** What collects: V8 gives it to contexts that are made after it was asked to, without a start of the process for it. */
function collector(): (type: 'minor' | 'major') => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return (type) => {
    if (typeof gc === 'function') Reflect.apply(gc, undefined, [{type}]);
  };
}
