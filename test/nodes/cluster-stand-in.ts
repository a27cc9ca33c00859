import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createServer, type Server} from 'node:https';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {request} from 'node:https';
import type {AddressInfo} from 'node:net';
import {TLSSocket} from 'node:tls';
import {makeServingCertificate, type ServingCertificate} from '../../src/demo/certificate.ts';

/** The file of the test PKI: `ca` signed `server` (the API server) and `jane` (a user); valid for a century. */
export const pki = (name: string) => new URL(`pki/${name}`, import.meta.url).pathname;
const read = (name: string) => readFileSync(pki(name), 'utf8');

/** Who may do what, as RBAC would say: `nodes/stats`, `nodes/proxy`, `nodes`, `secrets`, `serviceaccounts/token`. */
export type Rights = Record<string, readonly string[]>;

/**
 * A small cluster over real TLS: an API server that knows client certificates and tokens, checks rights and proxies to
 * a kubelet, which checks them too. Every request is kept, with the user it came from.
 */
export class ClusterStandIn {
  readonly nodeName: string;
  /** Token → user. */
  readonly tokens = new Map<string, string>();
  rights: Rights = {};
  readonly secrets = new Map<string, string>();
  readonly seen: {readonly server: 'api' | 'kubelet'; readonly user: string; readonly path: string}[] = [];
  /** The headers of the last request to the API server. */
  headers: IncomingMessage['headers'] = {};
  /** Where the API server sends everybody, if anywhere. */
  redirect: string | null = null;
  /** The same of the kubelet. */
  kubeletRedirect: string | null = null;
  /** What was applied or removed: `PATCH /apis/…`. */
  readonly changes: {readonly change: string; readonly body: string}[] = [];
  /** Objects and lists by their path; a number is a status that the server of that API answers with. */
  readonly objects = new Map<string, object | number>();
  serving: ServingCertificate;
  /** A kubelet that is down answers nobody. */
  #kubelet: Server | null = null;
  #api: Server | null = null;
  kubeletHost = '127.0.0.1';
  kubeletPort = 0;
  /** How the API server shows itself to a kubelet that knows no certificate of this PKI. */
  #proxyToken: string | null = null;
  apiPort = 0;
  tokenSeconds = 3600;

  private constructor(nodeName: string) {
    this.nodeName = nodeName;
    this.serving = makeServingCertificate(nodeName, Date.now());
  }

  static async start(nodeName: string): Promise<ClusterStandIn> {
    const cluster = new ClusterStandIn(nodeName);
    await cluster.startKubelet();
    await cluster.startApi();
    return cluster;
  }

  /** An API server alone: the kubelet that it leads to is another's, and knows it by a token. */
  static async inFrontOf(nodeName: string, kubelet: {host: string; port: number; token: string}) {
    const cluster = new ClusterStandIn(nodeName);
    cluster.kubeletHost = kubelet.host;
    cluster.kubeletPort = kubelet.port;
    cluster.#proxyToken = kubelet.token;
    await cluster.startApi();
    return cluster;
  }

  async startKubelet(port = this.kubeletPort): Promise<void> {
    const server = createServer(
      {
        key: this.serving.key,
        cert: this.serving.chain,
        ca: read('ca.pem'),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (incoming, reply) => this.#answerKubelet(incoming, reply),
    );
    this.#kubelet = server;
    this.kubeletPort = await listen(server, port);
  }

  async stopKubelet(): Promise<void> {
    await stop(this.#kubelet);
    this.#kubelet = null;
  }

  async startApi(port = this.apiPort): Promise<void> {
    const server = createServer(
      {
        key: read('server.key'),
        cert: read('server.pem'),
        ca: read('ca.pem'),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (incoming, reply) => void this.#answerApi(incoming, reply),
    );
    this.#api = server;
    this.apiPort = await listen(server, port);
  }

  /** Cuts every connection to the API server, as a load balancer in front of it may. */
  cutApi(): void {
    this.#api?.closeAllConnections();
  }

  async stopApi(): Promise<void> {
    await stop(this.#api);
    this.#api = null;
  }

  async stop(): Promise<void> {
    await Promise.all([this.stopKubelet(), this.stopApi()]);
  }

  /** A kubeconfig for one user: `jane` has a certificate, others the token that they were given. */
  kubeconfig(user: object, cluster: object = {}): string {
    return JSON.stringify({
      'current-context': 'test',
      clusters: [
        {
          name: 'c',
          cluster: {server: `https://127.0.0.1:${this.apiPort}`, 'certificate-authority': pki('ca.pem'), ...cluster},
        },
      ],
      users: [{name: 'u', user}],
      contexts: [{name: 'test', context: {cluster: 'c', user: 'u'}}],
    });
  }

  /** The fingerprint that lies on the node. */
  get fingerprint(): string {
    return new X509Certificate(this.serving.chain).fingerprint256;
  }

  #user(incoming: IncomingMessage): string | null {
    const token = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
    if (token !== undefined) return this.tokens.get(token) ?? null;
    const {socket} = incoming;
    if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
    const name = socket.getPeerCertificate().subject.CN;
    return typeof name === 'string' ? name : null;
  }

  #may(user: string, right: string): boolean {
    return (this.rights[user] ?? []).some((granted) => granted === right || granted === '*');
  }

  #answerKubelet(incoming: IncomingMessage, reply: ServerResponse): void {
    const path = incoming.url ?? '';
    if (this.kubeletRedirect !== null) {
      reply.writeHead(302, {location: `${this.kubeletRedirect}${path}`}).end();
      return;
    }
    const user = this.#user(incoming);
    if (user === null) return end(reply, 401, 'Unauthorized');
    this.seen.push({server: 'kubelet', user, path});
    const sub = path.startsWith('/stats') ? 'stats' : path.startsWith('/metrics') ? 'metrics' : 'proxy';
    // The API server comes with its own client certificate, which may do everything.
    if (user !== 'kube-apiserver' && !this.#may(user, `nodes/${sub}`)) {
      return end(reply, 403, `Forbidden (user=${user}, verb=get, resource=nodes, subresource(s)=[${sub}])`);
    }
    end(reply, 200, `kubelet ${path}`);
  }

  async #answerApi(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    this.headers = incoming.headers;
    if (this.redirect !== null) {
      reply.writeHead(302, {location: `${this.redirect}${path}`}).end();
      return;
    }
    const user = this.#user(incoming);
    if (user === null) {
      end(reply, 401, '{"kind":"Status","message":"Unauthorized"}');
      return;
    }
    this.seen.push({server: 'api', user, path});
    const refuse = (verb: string, resource: string) =>
      end(
        reply,
        403,
        JSON.stringify({
          message: `${resource} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" at the cluster scope`,
        }),
      );
    const node = {
      metadata: {name: this.nodeName, labels: {'node-role.kubernetes.io/worker': ''}},
      status: {
        addresses: [{type: 'InternalIP', address: this.kubeletHost}],
        daemonEndpoints: {kubeletEndpoint: {Port: this.kubeletPort}},
        nodeInfo: {kubeletVersion: 'v1.32.13'},
        conditions: [{type: 'Ready', status: 'True'}],
      },
    };
    const proxied = /^\/api\/v1\/nodes\/([^/]+)\/proxy(\/.*)$/.exec(path);
    if (incoming.method === 'GET' && proxied?.[1] === this.nodeName) {
      if (!this.#may(user, 'nodes/proxy')) {
        refuse('get', 'nodes/proxy');
        return;
      }
      return this.#proxy(proxied[2] ?? '/', reply);
    }
    if (path === '/api/v1/nodes' || path.startsWith('/api/v1/nodes?')) {
      if (this.#may(user, 'nodes')) end(reply, 200, JSON.stringify({items: [node]}));
      else refuse('list', 'nodes');
      return;
    }
    if (path.startsWith('/api/v1/nodes/')) {
      if (!this.#may(user, 'nodes')) {
        refuse('get', 'nodes');
        return;
      }
      if (path === `/api/v1/nodes/${this.nodeName}`) end(reply, 200, JSON.stringify(node));
      else notFound(reply);
      return;
    }
    const account = /\/serviceaccounts\/([^/]+)\/token$/.exec(path)?.[1];
    if (incoming.method === 'POST' && account !== undefined) {
      if (!this.#may(user, 'serviceaccounts/token')) {
        refuse('create', 'serviceaccounts/token');
        return;
      }
      const token = `issued-${this.tokens.size}`;
      const owner = `system:serviceaccount:kube-system:${account}`;
      if (this.rights[owner] === undefined) {
        notFound(reply);
        return;
      }
      this.tokens.set(token, owner);
      const expirationTimestamp = new Date(Date.now() + this.tokenSeconds * 1000).toISOString();
      end(reply, 201, JSON.stringify({status: {token, expirationTimestamp}}));
      return;
    }
    const secret = /\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(path);
    if (secret !== null) {
      if (!this.#may(user, 'secrets')) {
        refuse('get', 'secrets');
        return;
      }
      const token = this.secrets.get(`${secret[1]}/${secret[2]}`);
      if (token === undefined) {
        notFound(reply);
        return;
      }
      end(reply, 200, JSON.stringify({data: {token: Buffer.from(token).toString('base64')}}));
      return;
    }
    if (incoming.method === 'GET' && this.#answerObject(path, user, reply)) return;
    if (incoming.method === 'PATCH' || incoming.method === 'DELETE') {
      if (!this.#may(user, '*')) {
        refuse(incoming.method.toLowerCase(), 'serviceaccounts');
        return;
      }
      let body = '';
      for await (const chunk of incoming) body += String(chunk);
      this.changes.push({change: `${incoming.method} ${path}`, body});
      end(reply, 200, '{}');
      return;
    }
    notFound(reply);
  }

  /**
   * Namespaced objects as an API server answers them: the 403 names resource and group, a group that nobody registered is
   * a 404 in plain text, an object that is not there a Status.
   */
  #answerObject(path: string, user: string, reply: ServerResponse): boolean {
    const asked = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)\/namespaces\/([^/]+)\/([a-z]+)(?:\/([^/?]+))?$/.exec(path);
    if (asked === null) return false;
    const [, group = '', version = '', namespace, resource = '', name] = asked;
    const full = group === '' ? resource : `${resource}.${group}`;
    const verb = name === undefined ? 'list' : 'get';
    const status = (code: number, reason: string, message: string) => {
      end(reply, code, JSON.stringify({kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code}));
      return true;
    };
    const registered = [...this.objects.keys()].some((one) => one.startsWith(`/apis/${group}/${version}/`));
    // Whoever may not is told so before anybody looks what there is.
    if (!this.#may(user, full)) {
      const what = name === undefined ? `${full} is` : `${full} "${name}" is`;
      const where = `in API group "${group}" in the namespace "${namespace}"`;
      return status(
        403,
        'Forbidden',
        `${what} forbidden: User "${user}" cannot ${verb} resource "${resource}" ${where}`,
      );
    }
    if (group !== '' && !registered) {
      end(reply, 404, '404 page not found\n');
      return true;
    }
    const object = this.objects.get(path);
    if (object === 503)
      return status(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
    if (object === undefined) return status(404, 'NotFound', `${full} "${name}" not found`);
    end(reply, 200, JSON.stringify(object));
    return true;
  }

  #proxy(path: string, reply: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(
        {
          host: this.kubeletHost,
          port: this.kubeletPort,
          path,
          rejectUnauthorized: false,
          ...(this.#proxyToken === null
            ? {cert: read('server.pem'), key: read('server.key')}
            : {headers: {authorization: `Bearer ${this.#proxyToken}`}}),
          agent: false,
        },
        (answer) => {
          reply.writeHead(answer.statusCode ?? 502);
          answer.on('error', () => reply.destroy());
          answer.pipe(reply).on('close', resolve);
        },
      );
      outgoing.on('error', (error) => {
        end(reply, 502, `error trying to reach service: ${error.message}`);
        resolve();
      });
      outgoing.end();
    });
  }
}

function end(reply: ServerResponse, status: number, body: string): void {
  reply.writeHead(status).end(body);
}

function notFound(reply: ServerResponse): void {
  end(reply, 404, '{"kind":"Status","message":"not found"}');
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function stop(server: Server | null): Promise<void> {
  return new Promise((resolve) => {
    if (server === null) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
