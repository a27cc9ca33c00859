import type {Duplex} from 'node:stream';
import {FailureError} from '../../model/failure.ts';
import {findNodeApi, likelyContexts, type NodeApi} from '../kube/api-lookup.ts';
import type {Credential} from '../kube/credential.ts';
import {anonymous, fileToken, fixedToken} from '../kube/credential.ts';
import {grantedToken, secretToken} from '../kube/api-token.ts';
import type {Address, Trust} from '../kube/https-endpoint.ts';
import type {KubeContext} from '../kube/kubeconfig.ts';
import {readMaterial} from '../kube/pem.ts';
import {apiserverRoute, kubeletRoute} from './route.ts';
import {remembered} from '../../util/remembered.ts';
import type {KubeletReply, KubeletRoute, NodeShell} from '../node.ts';
import type {NodeOptions} from '../options.ts';
import {deniedFailure, isRefusal} from '../kube/rights.ts';
import {chooseRoute, type RouteCandidate} from './route-choice.ts';
import {servingIdentity} from './serving-certificate.ts';

/** What a provider knows about the ways to its node. */
export interface RouteParts {
  readonly name: string;
  /** Other names under which the cluster may know it. */
  readonly names?: readonly string[];
  readonly options: NodeOptions;
  readonly shell: NodeShell | null;
  /** Addresses as the provider sees them, most likely first; asked at each opening, because they change. */
  readonly addresses: () => Promise<readonly string[]>;
  /** Connects to an address as seen from the node. */
  readonly tunnel: ((address: Address, signal: AbortSignal) => Promise<Duplex>) | null;
  /** Contexts of the kubeconfig that by their name are this node's cluster. */
  readonly contexts: readonly string[];
  /** Administrators of clusters that may be the node's, where the provider gives access to a control plane. */
  readonly admin: (() => Promise<readonly KubeContext[]>) | null;
}

/** Within one search for a route nothing is asked twice; after a failure a little later everything is asked anew. */
const memoryMs = 5_000;

/** What leads to a node's kubelet, built from all that is known when it is opened. */
export class KubeletRoutes {
  readonly #parts: RouteParts;
  readonly #env: NonNullable<NodeOptions['env']>;
  readonly #apis = new Set<NodeApi>();
  readonly #identity: (signal: AbortSignal) => ReturnType<typeof servingIdentity>;
  readonly #findApi: (signal: AbortSignal) => Promise<NodeApi | null>;
  #api: NodeApi | null = null;

  constructor(parts: RouteParts) {
    this.#parts = parts;
    this.#env = parts.options.env ?? process.env;
    this.#identity = remembered(memoryMs, (signal) => {
      if (parts.shell === null) throw new FailureError(noShell);
      return servingIdentity(parts.shell, signal);
    });
    this.#findApi = remembered(memoryMs, (signal) => this.#lookUpApi(signal));
  }

  /** Opens the best way; it changes its way while it runs. */
  open(signal: AbortSignal): Promise<KubeletRoute> {
    return chooseRoute(this.#candidates(), signal);
  }

  /** The API server that knows this node, or null; remembered for a moment. */
  api(signal: AbortSignal): Promise<NodeApi | null> {
    return this.#findApi(signal);
  }

  /** Asks it, by the name that the node has there; null where there is none. */
  async askApi(pathOf: (name: string) => string, signal: AbortSignal): Promise<KubeletReply | null> {
    // To find it anew costs more than to ask it, in programs started too: only where it does not answer any more.
    if (this.#api !== null) {
      const reply = await ask(this.#api, pathOf, signal).catch(() => null);
      if (reply !== null && reply.status !== 401 && reply.status < 500) return reply;
      signal.throwIfAborted();
    }
    const api = await this.#findApi(signal);
    return api === null ? null : ask(api, pathOf, signal);
  }

  /** Closes what was opened to API servers. */
  async close(): Promise<void> {
    await Promise.all([...this.#apis].map((api) => api.server.close()));
  }

  #candidates(): readonly RouteCandidate[] {
    const {options, tunnel} = this.#parts;
    const given = this.#givenCredentials();
    const own = this.#ownCredentials();
    // The user's own token is a secret of the whole cluster: a kubelet gets it only where nothing else works, and only
    // one whose certificate was checked.
    const user = options.insecure ? [] : [(signal: AbortSignal) => this.#userCredential('token', signal)];
    const through = [
      ...given.map((credential) => this.#throughNode(credential, true)),
      ...[...own, ...user, () => Promise.resolve(anonymous)].map((credential) => this.#throughNode(credential)),
    ];
    const all: RouteCandidate[] = [
      ...given.map((credential) => this.#direct(credential, true)),
      ...own.map((credential) => this.#direct(credential)),
      {
        kind: 'apiserver',
        credential: async (signal) => (await this.#findApi(signal))?.server.credential ?? null,
        open: async (_credential, signal) => {
          const api = await this.#findApi(signal);
          if (api === null) throw new FailureError(noApi(this.#parts.name));
          return apiserverRoute(api.server, api.name);
        },
      },
      ...user.map((credential) => this.#direct(credential)),
      // A kubelet without a cluster lets everybody in.
      this.#direct(() => Promise.resolve(anonymous)),
      ...(tunnel === null ? [] : through),
    ];
    return options.route ? all.filter((candidate) => candidate.kind === options.route) : all;
  }

  #direct(credential: RouteCandidate['credential'], isGiven = false): RouteCandidate {
    return {
      kind: 'direct',
      isGiven,
      credential,
      open: async (who, signal) => {
        const [trust, addresses] = await Promise.all([this.#trust(signal), this.#addresses(signal)]);
        const context = this.#api?.server.listedAs ?? null;
        return kubeletRoute({kind: 'direct', addresses, trust, credential: who, context});
      },
    };
  }

  #throughNode(credential: RouteCandidate['credential'], isGiven = false): RouteCandidate {
    return {
      kind: 'exec',
      isGiven,
      credential,
      open: async (who, signal) => {
        const trust = await this.#trust(signal);
        const {port} = await this.#identity(signal).catch(() => ({port: 10250}));
        const addresses = [{host: '127.0.0.1', port}, ...(await this.#addresses(signal).catch(() => []))];
        const context = this.#api?.server.listedAs ?? null;
        const dial = this.#parts.tunnel ?? undefined;
        return kubeletRoute({kind: 'exec', addresses, trust, credential: who, context, dial});
      },
    };
  }

  /** Who the user said to be. */
  #givenCredentials(): readonly RouteCandidate['credential'][] {
    const {options, name} = this.#parts;
    const {tokenFile, tokenSecret} = options;
    const token = this.#env.KTOP_TOKEN;
    const given: RouteCandidate['credential'][] = [];
    if (tokenFile) given.push(() => Promise.resolve(fileToken(tokenFile)));
    if (token) given.push(() => Promise.resolve(fixedToken('token of KTOP_TOKEN', token)));
    if (tokenSecret) {
      given.push(async (signal) => {
        const api = await this.#findApi(signal);
        if (api === null) throw new FailureError(noApi(name));
        return secretToken(api.server, tokenSecret);
      });
    }
    return given;
  }

  /** Credentials that are meant for kubelets, in the order of preference; each may turn out not to be there. */
  #ownCredentials(): readonly RouteCandidate['credential'][] {
    return [
      async (signal) => {
        const api = await this.#findApi(signal);
        return api === null ? null : grantedToken(api.server, signal);
      },
      // To a kubelet that nobody verified the user is nobody, with a certificate too.
      ...(this.#parts.options.insecure ? [] : [(signal: AbortSignal) => this.#userCredential('certificate', signal)]),
    ];
  }

  async #userCredential(kind: 'certificate' | 'token', signal: AbortSignal): Promise<Credential | null> {
    return (await this.#findApi(signal))?.server.kubeletCredential(kind, signal) ?? null;
  }

  async #trust(signal: AbortSignal): Promise<Trust> {
    const {options, name, shell} = this.#parts;
    if (options.insecure) return {kind: 'insecure'};
    if (options.caFile) {
      const material = {file: options.caFile, place: 'CA of --ca-file'};
      const ca = await readMaterial(material, 'certificate', 'ktop --ca-file FILE …');
      return {kind: 'ca', ca, serverName: name};
    }
    if (shell === null) throw new FailureError(noShell);
    return {kind: 'pinned', fingerprints: (await this.#identity(signal)).fingerprints};
  }

  async #addresses(signal: AbortSignal): Promise<readonly Address[]> {
    const {address} = this.#parts.options;
    if (address) {
      const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address) ?? [];
      return [{host: bracketed ?? plain ?? address, port: Number(port ?? 10250)}];
    }
    const known = await this.#parts.addresses();
    const api = known.length > 0 && this.#parts.shell !== null ? null : await this.#findApi(signal).catch(() => null);
    const port = api?.node?.port ?? (await this.#identity(signal).catch(() => null))?.port ?? 10250;
    const hosts = [...new Set([...known, ...(api?.node?.addresses ?? [])])];
    if (hosts.length > 0) return hosts.map((host) => ({host, port}));
    const problem = 'no address of the node is known';
    throw new FailureError({tried: 'reach the kubelet directly', problem, next: 'ktop --address ADDRESS …'});
  }

  async #lookUpApi(signal: AbortSignal): Promise<NodeApi | null> {
    const {name, names = [], options, contexts, admin} = this.#parts;
    const find = async (list: readonly KubeContext[]) => findNodeApi([name, ...names], list, options, signal);
    const own = options.context || options.kubeconfig ? null : admin;
    let found: NodeApi | null = null;
    let failure: Error | null = null;
    let isNamed = false;
    try {
      const likely = await likelyContexts(options, contexts);
      isNamed = likely.some((context) => contexts.includes(context.name));
      found = await find(likely);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    // The user's own context for this cluster may refuse: that is told, and not passed over by being its administrator.
    const isRefused = isNamed && (found !== null || (failure instanceof FailureError && isRefusal(failure.failure)));
    // A cluster that does not answer, or hides its nodes, is not the node's where another one knows it.
    if (found?.node == null && own !== null && !isRefused) {
      const known = await own()
        .then(find)
        .catch(() => null);
      // That cluster counts only where it knows the node: a stranger's word is not enough.
      if (known !== null && known.node === null) await known.server.close();
      else if (known !== null) {
        await found?.server.close();
        found = known;
      }
    }
    if (found === null && failure !== null) throw failure;
    // An older connection may be in use by a route: it stays until the end.
    if (found !== null && this.#api !== null && sameCluster(this.#api, found)) {
      await found.server.close();
      return (this.#api = {...found, server: this.#api.server});
    }
    if (found !== null) this.#apis.add(found);
    return (this.#api = found);
  }
}

async function ask({server, name}: NodeApi, pathOf: (name: string) => string, signal: AbortSignal) {
  const path = pathOf(encodeURIComponent(name));
  const reply = await server.request(path, {signal});
  const {url, credential, listedAs} = server;
  return {...reply, denied: deniedFailure(reply, `GET ${url}${path}`, credential.label, listedAs)};
}

function sameCluster(left: NodeApi, right: NodeApi): boolean {
  return JSON.stringify(left.server.context) === JSON.stringify(right.server.context);
}

const noShell = {
  tried: "check the kubelet's certificate",
  problem: 'no command can be run on the node to read it there, and no CA was given',
  next: 'ktop --ca-file FILE …',
};

function noApi(node: string) {
  return {
    tried: `ask the API server for the node "${node}"`,
    problem: 'no context of the kubeconfig has that node',
    next: 'ktop --context NAME …',
  };
}
