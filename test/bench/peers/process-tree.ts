import {readdirSync, readFileSync} from 'node:fs';

/** A process and all that it started and that still runs. */
export function treeOf(root: number): number[] {
  const pids = [root];
  for (const pid of pids) {
    for (const thread of threadsOf(pid)) {
      pids.push(...read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
    }
  }
  return pids;
}

/** Processor time so far in ms: of each thread by the scheduler's own clock, and of children that have ended. */
export function cpuMs(root: number): number {
  let sum = 0;
  for (const pid of treeOf(root)) {
    for (const thread of threadsOf(pid))
      sum += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) / 1e6;
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    sum += (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * 10;
  }
  return sum;
}

/** Resident memory of the process itself, in MB; what it started (`docker exec`) is others' doing. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1]) / 1024;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty where the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
