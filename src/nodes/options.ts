import type {KubeletRoute, ProviderName} from './node.ts';
import type {Env} from './exec/local-command.ts';

/** What the user said about the way to a node; whatever is left out (or null) is worked out. */
export interface ListOptions {
  /** Forces one provider. */
  readonly via?: ProviderName | null;
  /** `[user@]host[:port]`, the host as in the user's ssh configuration. */
  readonly ssh?: string | null;
  readonly kubeconfig?: string | null;
  readonly context?: string | null;
  /** Forces one route to the kubelet. */
  readonly route?: KubeletRoute['kind'] | null;
  /** A file with a bearer token; read anew after a refusal. There is no option with the token itself: `ps` shows it. */
  readonly tokenFile?: string | null;
  /** `namespace/name` of a service account token secret. */
  readonly tokenSecret?: string | null;
  /** PEM file that the kubelet's serving certificate is verified with. */
  readonly caFile?: string | null;
  /** Skips the verification of the kubelet's certificate. The status line warns of it all the time. */
  readonly insecure?: boolean;
  /** `address[:port]` of the kubelet, where the one that was found cannot be reached. */
  readonly address?: string | null;
  /** The systemd unit of the kubelet, as it is asked for in the log query of a node without commands. */
  readonly unit?: string;
  /** Default `process.env`: PATH, HOME, KUBECONFIG, KTOP_TOKEN, KIND_EXPERIMENTAL_PROVIDER, HTTPS_PROXY, NO_PROXY. */
  readonly env?: Env;
}

export interface NodeOptions extends ListOptions {
  readonly node: string;
}
