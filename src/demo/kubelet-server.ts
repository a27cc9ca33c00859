import {once} from 'node:events';
import {createServer, type Server} from 'node:https';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {ServingCertificate} from './certificate.ts';

/** Who a bearer token is, and which subresources of the node it may get (`stats`, `metrics`, `log`, …). */
export interface Caller {
  readonly user: string;
  readonly mayGet: readonly string[];
  /** May send with PUT, too (`update nodes/proxy`). */
  readonly mayUpdate?: boolean;
}

interface Answer {
  readonly contentType: string;
  readonly body: string;
}

export interface KubeletServerOptions {
  readonly certificate: ServingCertificate;
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly authenticate: (token: string) => Caller | null;
  /** The body of an allowed request, or null where the kubelet knows no such path. */
  readonly answer: (url: URL) => Answer | null | Promise<Answer>;
  /** Takes `PUT /debug/flags/v`; absent: such paths are turned off. */
  readonly setVerbosity?: (level: number) => void;
  /** A klog line for the journal: refused callers leave one. */
  readonly log: (severity: 'I' | 'E', source: string, text: string) => void;
}

/**
 * The kubelet's HTTPS port with delegated authentication and authorization as a real one shows it: 401 `Unauthorized`,
 * 403 naming the missing subresource (`pkg/kubelet/server/server.go`).
 */
export class KubeletServer {
  readonly #options: KubeletServerOptions;
  #server: Server | null = null;
  #port: number;

  constructor(options: KubeletServerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** The port that it listens on; stays the same from one start to the next. */
  get port(): number {
    return this.#port;
  }

  /** Listens on a free port of the loopback address. */
  async start(): Promise<void> {
    const {key, chain} = this.#options.certificate;
    const server = createServer({key, cert: chain, keepAliveTimeout: 120_000}, (request, response) => {
      void this.#serve(request, response);
    });
    server.listen(this.#port, this.#options.address);
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#server = server;
  }

  /** Cuts what is open, as the end of the process does. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, contentType: string, body: string) => {
      response.writeHead(status, {'content-type': contentType, 'content-length': Buffer.byteLength(body)});
      response.end(body);
    };
    const text = (status: number, body: string) => reply(status, 'text/plain; charset=utf-8', body);
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const caller = token === undefined ? null : this.#options.authenticate(token);
    if (caller === null) {
      const error = '"Unable to authenticate the request due to an error" err="invalid bearer token"';
      if (token !== undefined) this.#options.log('E', 'server.go:321', error);
      text(401, 'Unauthorized');
      return;
    }
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const subresource = subresourceOf(url.pathname);
    const verb = request.method === 'PUT' ? 'update' : 'get';
    if (verb === 'update' ? caller.mayUpdate !== true : !caller.mayGet.includes(subresource)) {
      const asked = `verb="${verb}" resource="nodes" subresource(s)=["${subresource}"]`;
      this.#options.log('I', 'server.go:359', `"Forbidden" user="${caller.user}" ${asked}`);
      text(403, `Forbidden (user=${caller.user}, verb=${verb}, resource=nodes, subresource(s)=[${subresource}])`);
      return;
    }
    if (verb === 'update') return this.#update(url, request, text);
    const answer = await this.#options.answer(url);
    if (answer === null) text(404, '404 page not found\n');
    else reply(200, answer.contentType, answer.body);
  }

  /** `k8s.io/apiserver/pkg/server/routes/flags.go`, and klog's own words. */
  async #update(url: URL, request: IncomingMessage, text: (status: number, body: string) => void): Promise<void> {
    const {setVerbosity} = this.#options;
    if (url.pathname !== '/debug/flags/v' || setVerbosity === undefined) {
      text(404, '404 page not found\n');
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const level = /^\d+$/.test(body) ? Number(body) : null;
    if (level === null) {
      text(400, `failed set klog.logging.verbosity ${body}: invalid syntax`);
      return;
    }
    setVerbosity(level);
    text(200, `successfully set klog.logging.verbosity to ${level}`);
  }
}

/** Which right a path needs (`pkg/kubelet/server/auth.go`). */
function subresourceOf(path: string): string {
  if (path.startsWith('/stats')) return 'stats';
  if (path.startsWith('/metrics')) return 'metrics';
  if (path.startsWith('/logs')) return 'log';
  if (path.startsWith('/configz')) return 'configz';
  if (path.startsWith('/healthz')) return 'healthz';
  if (path.startsWith('/pods')) return 'pods';
  return 'proxy';
}
