import {spawn} from 'node:child_process';
import {randomBytes, randomUUID} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {limitCpu, makeCgroup, processesIn, removeCgroup} from './cgroup.ts';
import {manifestDirectory, type PodManifest} from './pod-manifest.ts';

export interface RunningContainer {
  readonly name: string;
  readonly id: string;
  readonly startedAtMs: number;
  readonly cgroupPath: string;
}

export interface RunningPod {
  readonly manifest: PodManifest;
  readonly uid: string;
  readonly startedAtMs: number;
  readonly cgroupPath: string;
  readonly containers: readonly RunningContainer[];
}

/** Kept over a restart of the kubelet, lost with the machine: the pods' processes live as long. */
const stateDirectory = '/run/ktop-test-pods';

/** Brings the processes of this node to what the manifests ask for, and returns what runs. */
export function syncPods(known: ReadonlyMap<string, RunningPod>): ReadonlyMap<string, RunningPod> {
  mkdirSync(stateDirectory, {recursive: true});
  const wanted = new Map<string, PodManifest>();
  for (const file of readdirSync(manifestDirectory)) {
    if (!file.endsWith('.json')) continue;
    const manifest = readJson<PodManifest>(`${manifestDirectory}/${file}`);
    if (manifest !== null) wanted.set(file, manifest);
  }
  for (const [file, pod] of known) if (!wanted.has(file)) endPod(file, pod);
  return new Map(
    [...wanted].map(([file, manifest]) => {
      const before = known.get(file) ?? readJson<RunningPod>(`${stateDirectory}/${file}`);
      const pod = before === null ? startPod(manifest) : restartEnded(before);
      if (pod !== before) writeFileSync(`${stateDirectory}/${file}`, JSON.stringify(pod));
      return [file, pod];
    }),
  );
}

function startPod(manifest: PodManifest): RunningPod {
  const uid = randomUUID();
  const cgroupPath = `/kubepods/besteffort/pod${uid}`;
  return {
    manifest,
    uid,
    cgroupPath,
    startedAtMs: Date.now(),
    containers: manifest.spec.containers.map(({name}) => startContainer(manifest, cgroupPath, name)),
  };
}

/** A container whose processes are gone is started again, as a new container: restart policy Always. */
function restartEnded(pod: RunningPod): RunningPod {
  if (pod.containers.every((one) => processesIn(one.cgroupPath).length > 0)) return pod;
  const containers = pod.containers.map((one) => {
    if (processesIn(one.cgroupPath).length > 0) return one;
    removeCgroup(one.cgroupPath);
    return startContainer(pod.manifest, pod.cgroupPath, one.name);
  });
  return {...pod, containers};
}

function startContainer(manifest: PodManifest, podPath: string, name: string): RunningContainer {
  const spec = manifest.spec.containers.find((one) => one.name === name);
  const id = randomBytes(32).toString('hex');
  const cgroupPath = `${podPath}/${id}`;
  const processFiles = makeCgroup(cgroupPath);
  if (spec?.cpuLimitMillicores !== undefined) limitCpu(cgroupPath, spec.cpuLimitMillicores);
  // The process puts itself into its cgroups before it becomes the container's: nothing of it is counted elsewhere.
  const enter = 'n=$1; shift; while [ $n -gt 0 ]; do echo $$ >"$1" || exit 1; shift; n=$((n-1)); done; exec "$@"';
  const argv = ['-c', enter, 'enter', String(processFiles.length), ...processFiles, ...(spec?.command ?? ['true'])];
  spawn('/bin/sh', argv, {detached: true, stdio: 'ignore'}).unref();
  return {name, id, startedAtMs: Date.now(), cgroupPath};
}

function endPod(file: string, pod: RunningPod): void {
  for (const {cgroupPath} of pod.containers) {
    for (const pid of processesIn(cgroupPath)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    removeCgroup(cgroupPath);
  }
  removeCgroup(pod.cgroupPath);
  rmSync(`${stateDirectory}/${file}`, {force: true});
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- files that only the tests write
export function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
