import type {Env} from './exec/environment.ts';
import type {KubeletRoute} from './node.ts';
import type {ProviderName} from './providers/names.ts';

/**
 * What the user said about the node and the way to it; null where it is left to ktop. The one list of these options:
 * the command line fills all of them in, and who reaches a node reads them under the same names.
 */
export interface ConnectionOptions {
  readonly node: string | null;
  /** Forces one provider. */
  readonly via: ProviderName | null;
  /** `[user@]host[:port]`, the host as in the user's ssh configuration. */
  readonly ssh: string | null;
  /** Forces one route to the kubelet. */
  readonly route: KubeletRoute['kind'] | null;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  /** A file with a bearer token; read anew after a refusal. There is no option with the token itself: `ps` shows it. */
  readonly tokenFile: string | null;
  /** `namespace/name` of a service account token secret. */
  readonly tokenSecret: string | null;
  /** PEM file that the kubelet's serving certificate is verified with. */
  readonly caFile: string | null;
  /** `address[:port]` of the kubelet, where the one that was found cannot be reached. */
  readonly address: string | null;
  /** Skips the verification of the kubelet's certificate. The status line warns of it all the time. */
  readonly insecure: boolean;
  /** The systemd unit of the kubelet: restarted, followed, and asked for in the log query of a node without commands. */
  readonly unit: string;
}

/** Nothing said: everything is worked out. */
export const noConnection: ConnectionOptions = {
  node: null,
  via: null,
  ssh: null,
  route: null,
  kubeconfig: null,
  context: null,
  tokenFile: null,
  tokenSecret: null,
  caFile: null,
  address: null,
  insecure: false,
  unit: 'kubelet',
};

/** The same for who asks for less than the command line says: whatever is left out is worked out, as where it is null. */
export interface ListOptions extends Partial<ConnectionOptions> {
  /** Default `process.env`: PATH, HOME, KUBECONFIG, KTOP_TOKEN, KIND_EXPERIMENTAL_PROVIDER, HTTPS_PROXY, NO_PROXY. */
  readonly env?: Env;
}

/** The options of one named node; the name is empty where another option says which node is meant. */
export interface NodeOptions extends ListOptions {
  readonly node: string;
}
