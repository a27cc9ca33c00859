/** A static pod, as the stand-in reads it from `/etc/kubernetes/manifests/NAME.json`: a small part of the real one. */
export interface PodManifest {
  readonly metadata: {readonly namespace: string; readonly name: string};
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly command: readonly string[];
      /** Held to it by the kernel's quota. */
      readonly cpuLimitMillicores?: number;
    }[];
  };
}

/** Where the stand-in looks for pods. A file that appears starts one, a file that goes ends it. */
export const manifestDirectory = '/etc/kubernetes/manifests';

/** Who may call: token to user and the subresources that it may get. Read anew when the file changes. */
export const tokenFile = '/etc/kubernetes/tokens.json';

/** Numbered lines to log: `{"perSecond": 5000, "total": 100000}`. A file that goes ends it. */
export const loadFile = '/run/kubelet-load.json';

export interface LogLoad {
  readonly perSecond: number;
  readonly total: number;
}
