import type {Target} from '../target.ts';

/** What must be known of a target to find its cgroup. */
export interface TruthTarget {
  readonly target: Target;
  readonly podUid: string;
  /** Of a container: its id without the runtime's name before it; null for a pod. */
  readonly containerId: string | null;
}

/**
 * The folder of each target among those of a node; a target that has none is left out. Names are those of the kubelet's
 * two cgroup drivers (`pkg/kubelet/cm/cgroup_manager_linux.go`, `libcontainer/cgroups/systemd`): `podUID/ID` and
 * `kubepods-burstable-podU_I_D.slice/cri-containerd-ID.scope`. Of several the outermost is meant: a pod may hold a node
 * of its own.
 */
export function cgroupFolders(
  folders: readonly string[],
  targets: readonly TruthTarget[],
): readonly {readonly target: Target; readonly folder: string}[] {
  const outermost = folders.toSorted((a, b) => a.length - b.length);
  return targets.flatMap(({target, podUid, containerId}) => {
    const pod = outermost.find((folder) => isPod(nameOf(folder), podUid));
    if (pod === undefined) return [];
    if (target.container === null) return [{target, folder: pod}];
    if (containerId === null || containerId === '') return [];
    const folder = outermost.find((each) => each.startsWith(`${pod}/`) && isContainer(nameOf(each), containerId));
    return folder === undefined ? [] : [{target, folder}];
  });
}

const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1);

function isPod(name: string, uid: string): boolean {
  if (uid === '') return false;
  return name === `pod${uid}` || name.endsWith(`-pod${uid.replaceAll('-', '_')}.slice`);
}

function isContainer(name: string, id: string): boolean {
  return name === id || name.endsWith(`-${id}.scope`);
}
