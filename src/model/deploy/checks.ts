import {formatBytes} from '../draw/units.ts';
import {machineName, machineOf} from './elf.ts';
import {folderOf} from './place.ts';
import type {NodeReport} from './node-report.ts';

/** What is to be put in place. */
export interface Wanted {
  readonly bytes: number;
  readonly machine: number;
  readonly sha: string;
}

/** Room that a file system should keep beside the copy: the state, the log, the script. */
const spareBytes = 4 * 1024 * 1024;

/**
 * Why a build cannot be put in place there, as a sentence; null where nothing is in the way. `next` is what to type,
 * without the node's command prefix; null where that is not a command on the node.
 */
export function whyNot(
  wanted: Wanted,
  target: string,
  node: {readonly arch: string; readonly unit: string; readonly report: NodeReport},
): {readonly problem: string; readonly next: string | null} | null {
  const {report, arch, unit} = node;
  const {mountPoint, mountOptions} = report;
  if (wanted.machine !== report.machine && wanted.machine !== machineOf(arch)) {
    const there = report.machine === null ? arch : machineName(report.machine);
    return {problem: `it is built for ${machineName(wanted.machine)}, the node is ${there}`, next: null};
  }
  if (wanted.sha === report.sha) {
    return report.isRunning
      ? {problem: `this very build is in place at ${target} and runs`, next: null}
      : {problem: `this very build is in place at ${target}, but another one runs`, next: `systemctl restart ${unit}`};
  }
  if (mountOptions.includes('ro')) {
    return {problem: `${mountPoint}, where the kubelet lies, is mounted read-only`, next: `findmnt -T ${target}`};
  }
  if (mountOptions.includes('noexec')) {
    return {problem: `${mountPoint} is mounted noexec: nothing runs from there`, next: `findmnt -T ${target}`};
  }
  if (report.isMount) {
    return {problem: `${target} is a mount of its own, which no rename can replace`, next: `findmnt ${target}`};
  }
  if (report.isFolderMount) {
    const folder = folderOf(target);
    return {problem: `${folder} is a mount of its own: nothing can be renamed out of it`, next: `findmnt ${folder}`};
  }
  if (!report.isWritable) {
    return {problem: `the folder of ${target} may not be written`, next: `ls -ld ${target.replace(/\/[^/]*$/, '/')}`};
  }
  const needed = wanted.bytes + spareBytes;
  if (report.availableBytes !== null && report.availableBytes < needed) {
    const free = formatBytes(report.availableBytes);
    return {problem: `${mountPoint} has ${free} free, ${formatBytes(needed)} are needed`, next: `df -h ${mountPoint}`};
  }
  return null;
}
