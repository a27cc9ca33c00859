import {readFile} from 'node:fs/promises';
import {FailureError} from '../../model/failure.ts';
import {
  anonymous,
  authorization,
  basicCredential,
  certificateOnly,
  fileToken,
  fixedToken,
  type Credential,
} from './credential.ts';
import {execCredential} from './exec-plugin.ts';
import {HttpsEndpoint, type HttpReply, type RequestOptions} from './https-endpoint.ts';
import {at, listAt, parseJson, textAt} from '../../util/json.ts';
import {plainContext, type KubeContext} from './kubeconfig.ts';
import {isPair, readMaterial} from './pem.ts';
import type {Env} from '../exec/environment.ts';
import {impersonationHeaders} from './impersonation.ts';
import {proxyFor} from './proxy.ts';
import {parseProxy} from './proxy-tunnel.ts';
import {replyProblem} from './reply-problem.ts';
import {deniedFailure} from './rights.ts';

/** A node as the API server lists it. */
export interface ApiNode {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly kubeletVersion: string | null;
  readonly ready: boolean;
  readonly roles: readonly string[];
}

/** One cluster's API server, asked as the user of one context. */
export class ApiServer {
  readonly context: KubeContext;
  readonly credential: Credential;
  readonly #endpoint: HttpsEndpoint;

  private constructor(context: KubeContext, credential: Credential, endpoint: HttpsEndpoint) {
    this.context = context;
    this.credential = credential;
    this.#endpoint = endpoint;
  }

  /**
   * Makes ready to ask, over so many `connections` at once (default 2); nothing is sent yet. Rejects where the kubeconfig
   * itself cannot be used.
   */
  static async open(context: KubeContext, env: Env, connections?: number): Promise<ApiServer> {
    if (!URL.canParse(context.server)) {
      const problem = 'its address is no URL';
      const tried = `use the API server of the context "${context.name}"`;
      throw new FailureError({code: 'bad-config', tried, problem, next: 'kubectl config view'});
    }
    const url = new URL(context.server);
    // Never the whole address: it may carry a password.
    const tried = `use the API server ${url.host}`;
    const unfit = (problem: string) =>
      new FailureError({code: 'bad-config', tried, problem, next: 'kubectl config view'});
    // kubectl would: here a credential never travels where anybody on the way can read it.
    if (url.protocol !== 'https:')
      throw unfit('its address is not https, and ktop sends no credential over plain http');
    if (context.insecure && context.ca !== null) {
      throw unfit(
        'the kubeconfig gives a CA and says insecure-skip-tls-verify at once: as with kubectl, only one can be',
      );
    }
    const acting = context.impersonation === null ? {} : impersonationHeaders(context.impersonation);
    if (acting === null) {
      throw unfit('its user sets as-uid, as-groups or as-user-extra without "as", or text no header can carry');
    }
    const credential = await userCredential(context, env);
    const ca = context.ca === null ? null : await readMaterial(context.ca, 'certificate');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const endpoint = new HttpsEndpoint({
      addresses: [{host, port: url.port === '' ? 443 : Number(url.port)}],
      trust: context.insecure ? {kind: 'insecure'} : {kind: 'ca', ca, serverName: context.serverName ?? host},
      certificate: (signal) => credential.certificate(signal),
      headers: async (signal) => ({...(await authorization(credential, signal)), ...acting}),
      prefix: url.pathname.replace(/\/$/, ''),
      proxy: proxyOf(context, url, env),
      connections,
    });
    return new ApiServer(context, credential, endpoint);
  }

  /** The context's name where the user can say `--context` with it. */
  get listedAs(): string | null {
    return this.context.listed ? this.context.name : null;
  }

  /**
   * What of the user's own credential a kubelet may be shown whose certificate was checked: the client certificate
   * first, which gives nothing away, or the bearer token. A kubelet knows no impersonation: who acts as somebody else
   * must not come to it with all the rights of the login. A password is for the API server alone.
   */
  async kubeletCredential(kind: 'certificate' | 'token', signal: AbortSignal): Promise<Credential | null> {
    if (this.context.impersonation !== null) return null;
    const hasCertificate = (await this.credential.certificate(signal)) !== null;
    if (kind === 'certificate') return hasCertificate ? certificateOnly(this.credential) : null;
    return hasCertificate || this.context.password !== null ? null : this.credential;
  }

  /** The server's address. */
  get url(): string {
    return this.#endpoint.url;
  }

  /** Asks; any status is an answer. After a 401 once more, with a credential fetched anew. */
  async request(path: string, options: RequestOptions = {}): Promise<HttpReply> {
    const reply = await this.#endpoint.request(path, options);
    if (reply.status !== 401) return reply;
    this.credential.forget();
    this.#endpoint.renew();
    return this.#endpoint.request(path, options);
  }

  /** Reads JSON; null for 404. Other refusals reject with what is missing. */
  async read(path: string, options: RequestOptions = {}): Promise<unknown> {
    const reply = await this.request(path, options);
    return this.#accept(reply, `${options.method ?? 'GET'} ${this.url}${path}`);
  }

  /** The node of that name; null where this cluster has none, `hidden` where we may not read nodes. */
  async node(name: string, signal?: AbortSignal): Promise<ApiNode | null | 'hidden'> {
    const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
    const reply = await this.request(path, {signal});
    if (reply.status === 403) return 'hidden';
    const found = this.#accept(reply, `GET ${this.url}${path}`);
    return found === null ? null : apiNode(found);
  }

  /** All nodes of the cluster. Rejects with a `FailureError`. */
  async nodes(signal?: AbortSignal): Promise<readonly ApiNode[]> {
    return listAt(await this.read('/api/v1/nodes?resourceVersion=0', {signal}), 'items').map(apiNode);
  }

  /** The names of all nodes, without the rest of them: a node's object has 10 kB and more. Rejects with a `FailureError`. */
  async nodeNames(signal?: AbortSignal): Promise<readonly string[]> {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
    const list = await this.read('/api/v1/nodes?resourceVersion=0', {signal, accept, timeoutMs: 20_000});
    return listAt(list, 'items').map((item) => textAt(item, 'metadata', 'name') ?? '');
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#endpoint.close();
  }

  #accept(reply: HttpReply, tried: string): unknown {
    if (reply.status === 404) return null;
    const denied = deniedFailure(reply, tried, this.credential.label, this.listedAs);
    if (denied !== null) throw new FailureError(denied);
    if (reply.status >= 200 && reply.status <= 299) return parseJson(reply.body) ?? null;
    throw new FailureError({tried, problem: replyProblem(reply), next: null});
  }
}

function apiNode(value: unknown): ApiNode {
  const addresses = listAt(value, 'status', 'addresses');
  const port = at(value, 'status', 'daemonEndpoints', 'kubeletEndpoint', 'Port');
  const labels = at(value, 'metadata', 'labels');
  const prefix = 'node-role.kubernetes.io/';
  const names = typeof labels === 'object' && labels !== null ? Object.keys(labels) : [];
  return {
    name: textAt(value, 'metadata', 'name') ?? '',
    // The kubelet is asked by address: a host name of the cluster need not be known here.
    addresses: addresses
      .filter((address) => /^(Internal|External)IP$/.test(textAt(address, 'type') ?? ''))
      .map((address) => textAt(address, 'address') ?? '')
      .filter((address) => address !== ''),
    port: typeof port === 'number' ? port : 10250,
    kubeletVersion: textAt(value, 'status', 'nodeInfo', 'kubeletVersion') ?? null,
    ready: listAt(value, 'status', 'conditions').some(
      (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
    ),
    roles: names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  };
}

function proxyOf(context: KubeContext, url: URL, env: Env): URL | null {
  if (context.proxy !== null) return parseProxy(context.proxy, `the kubeconfig's context "${context.name}"`);
  const proxy = proxyFor(url, env);
  return proxy === null ? null : parseProxy(proxy, 'the environment (HTTPS_PROXY)');
}

/** Who the context says that we are. */
async function userCredential(context: KubeContext, env: Env): Promise<Credential> {
  const {name, user, exec, tokenFile, token, password, certificate, key} = context;
  const bearer =
    tokenFile !== null
      ? fileToken(tokenFile, token)
      : token !== null
        ? fixedToken(`token of the kubeconfig user "${user}"`, token)
        : password !== null
          ? basicCredential(`password of the kubeconfig user "${user}"`, password)
          : null;
  if (certificate !== null && key !== null) {
    // Read at each connection: whoever renews the files (a kubelet's own certificate lives a year or less) tells nobody.
    const pair = async () => {
      const pems = {cert: await readMaterial(certificate, 'certificate'), key: await readMaterial(key, 'key')};
      if (isPair(pems.cert, pems.key)) return pems;
      const problem = "it does not belong to that user's client certificate";
      throw new FailureError({code: 'bad-config', tried: `use the ${key.place}`, problem, next: 'kubectl config view'});
    };
    await pair();
    return {
      ...(bearer ?? anonymous),
      label: `client certificate of the kubeconfig user "${user}"`,
      certificate: pair,
    };
  }
  if (bearer !== null) return bearer;
  if (exec !== null) return execCredential(exec, context, env);
  const tried = `use the context "${name}" of the kubeconfig`;
  throw new FailureError({code: 'bad-config', tried, problem: lackOf(context), next: 'kubectl config view'});
}

/** Why a context whose user has nothing to show cannot be used. */
function lackOf({user, legacyProvider, certificate, key}: KubeContext): string {
  if (legacyProvider !== null) {
    return `its user "${user}" needs the auth-provider "${legacyProvider}", which Kubernetes 1.26 dropped: ${replacementOf(legacyProvider)}`;
  }
  if (user === '') return 'it names no user';
  if (certificate !== null) return `its user "${user}" has a client certificate without its key (client-key)`;
  if (key !== null) return `its user "${user}" has a key without its client certificate (client-certificate)`;
  return `its user "${user}" has no certificate, token or plugin`;
}

/** What came after the providers that were built into kubectl. */
function replacementOf(provider: string): string {
  const replacements: Readonly<Record<string, string>> = {
    gcp: 'use the plugin gke-gcloud-auth-plugin',
    azure: 'use the plugin kubelogin (`kubelogin convert-kubeconfig`)',
    oidc: 'use a plugin such as kubectl oidc-login',
  };
  return replacements[provider] ?? 'use a plugin (users[].user.exec)';
}

/** The context of a pod: its service account, as the kubelet mounts it. Null where we do not run in one. */
export async function podContext(env: Env): Promise<KubeContext | null> {
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  const host = env.KUBERNETES_SERVICE_HOST;
  const token = `${folder}/token`;
  if (!host || !(await readFile(token).then(Boolean, () => false))) return null;
  return {
    ...plainContext,
    name: 'service account of this pod',
    listed: false,
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`,
    ca: {file: `${folder}/ca.crt`, place: "CA of the pod's service account"},
    user: 'service account',
    tokenFile: token,
  };
}
