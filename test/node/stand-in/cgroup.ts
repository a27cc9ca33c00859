import {existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs';
import type {CgroupReading} from '../../../src/demo/housekeeping.ts';

const root = '/sys/fs/cgroup';
const unified = existsSync(`${root}/cgroup.controllers`);

/** The hierarchies that a container's process is put into: one on cgroup v2, one for each controller on v1. */
const hierarchies = unified
  ? [root]
  : ['cpu', 'cpuacct', 'memory', 'pids', 'systemd', 'unified']
      .map((name) => `${root}/${name}`)
      .filter((directory) => existsSync(`${directory}/cgroup.procs`));

/** Makes a cgroup (`/kubepods/besteffort/podUID`) and returns the files that a process of it must be written into. */
export function makeCgroup(path: string): readonly string[] {
  for (const hierarchy of hierarchies) {
    mkdirSync(`${hierarchy}${path}`, {recursive: true});
    if (unified) enableControllers(path);
  }
  return hierarchies.map((hierarchy) => `${hierarchy}${path}/cgroup.procs`);
}

/** On cgroup v2 memory is counted only where every cgroup above hands the controller down. */
function enableControllers(path: string): void {
  const above = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= above.length; depth += 1) {
    try {
      writeFileSync(`${root}${above.slice(0, depth).join('/')}/cgroup.subtree_control`, '+cpu +memory');
    } catch {
      // CPU time is counted without it; memory then reads as 0.
    }
  }
}

/** Removes an empty cgroup. */
export function removeCgroup(path: string): void {
  for (const hierarchy of hierarchies) {
    try {
      rmdirSync(`${hierarchy}${path}`);
    } catch {
      // Still in use, or gone already.
    }
  }
}

/** Holds a cgroup to a share of the processor: 250 is a quarter of a core. */
export function limitCpu(path: string, millicores: number): void {
  const periodUs = 100_000;
  const quotaUs = Math.round((millicores * periodUs) / 1000);
  if (unified) writeFileSync(`${root}${path}/cpu.max`, `${quotaUs} ${periodUs}`);
  else writeFileSync(`${root}/cpu${path}/cpu.cfs_quota_us`, String(quotaUs));
}

export function processesIn(path: string): readonly number[] {
  const text = read(`${hierarchies[0] ?? root}${path}/cgroup.procs`);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [Number(line)]));
}

/** What cAdvisor would read of it now; a cgroup that is gone reads as 0. */
export function readCgroup(path: string): CgroupReading {
  const memory = unified ? `${root}${path}` : `${root}/memory${path}`;
  const stat = fields(`${memory}/memory.stat`);
  const usageBytes = number(unified ? `${memory}/memory.current` : `${memory}/memory.usage_in_bytes`);
  return {
    cpuNs: readCpuNs(path),
    usageBytes,
    workingSetBytes: Math.max(0, usageBytes - (stat.get(unified ? 'inactive_file' : 'total_inactive_file') ?? 0)),
    rssBytes: stat.get(unified ? 'anon' : 'total_rss') ?? 0,
    pageFaults: stat.get('pgfault') ?? 0,
    majorPageFaults: stat.get('pgmajfault') ?? 0,
  };
}

function readCpuNs(path: string): number {
  return unified
    ? (fields(`${root}${path}/cpu.stat`).get('usage_usec') ?? 0) * 1000
    : number(`${root}/cpuacct${path}/cpuacct.usage`);
}

function fields(file: string): ReadonlyMap<string, number> {
  const pairs = read(file)
    .split('\n')
    .map((line) => line.split(' '));
  return new Map(pairs.map(([name = '', value = '0']) => [name, Number(value)]));
}

const number = (file: string) => Number(read(file).trim());

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
