import type {KubeletRoute, ProviderName} from './node.ts';

/** What the user said about the node and the way to it; everything but its name can be left out. */
export interface NodeOptions {
  readonly node: string;
  /** Forces one provider. */
  readonly via?: ProviderName;
  /** `user@host[:port]` or a host of the user's ssh configuration. */
  readonly ssh?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Forces one route to the kubelet. */
  readonly route?: KubeletRoute['kind'];
  /** A file with a bearer token; read anew when it changes. There is no option with the token itself: `ps` shows it. */
  readonly tokenFile?: string;
  /** `namespace/name` of a service account token secret. */
  readonly tokenSecret?: string;
  /** PEM file that the kubelet's serving certificate is verified with. */
  readonly caFile?: string;
  /** Skips the verification of the kubelet's certificate. The status line warns of it all the time. */
  readonly insecure?: boolean;
  /** `address[:port]` of the kubelet, where the one that was found cannot be reached. */
  readonly address?: string;
  /** Default `process.env`: PATH, KUBECONFIG, KTOP_TOKEN, KIND_EXPERIMENTAL_PROVIDER, HTTPS_PROXY. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Looking for any node: `ktop nodes`. */
export type ListOptions = Omit<NodeOptions, 'node'>;
