import {once} from 'node:events';
import {createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {createServer as createHttpsServer, Server as HttpsServer} from 'node:https';
import {isIP} from 'node:net';
import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import {FailureError} from '../model/failure.ts';
import {localMs} from '../model/time.ts';
import type {MetricsOptions} from '../session/options.ts';
import {BasicAuth} from './basic-auth.ts';
import {formatFor, writerFor} from './negotiate.ts';
import type {Registry} from './registry.ts';
import {readWebConfig, type WebConfig} from './web-config.ts';

/** A scraper must have asked by then, and must have taken all of its answer by then. */
const askMs = 10_000;
const takeMs = 30_000;
/** So many answers are under way at once, and so many connections are open; a Prometheus or two have one each. */
const mostAnswers = 3;
const mostConnections = 32;
const mostHeaderBytes = 8 * 1024;
/** A smaller answer is not worth the processor. */
const leastGzipBytes = 1024;
/** The configuration and its certificates are read anew so often: they are renewed while ktop runs. */
const reloadMs = 30_000;

const none: WebConfig = {tls: null, users: new Map()};
const compress = promisify(gzip);

/**
 * Serves the metrics over HTTP: on the loopback to everybody there, elsewhere only as a web configuration says. What is
 * slow, large or too much is cut off: a scraper can cost little more than the scrape.
 */
export class MetricsServer {
  readonly #registry: Registry;
  readonly #server: Server | HttpsServer;
  readonly #isGuarded: boolean;
  readonly #auth: BasicAuth;
  #answers = 0;
  readonly #reload: NodeJS.Timeout | null;

  private constructor(registry: Registry, options: MetricsOptions, config: WebConfig) {
    this.#registry = registry;
    this.#isGuarded = options.webConfig !== null;
    this.#auth = new BasicAuth(config.users);
    const limits = {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: askMs,
      requestTimeout: askMs,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 75_000,
    };
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    this.#server =
      config.tls === null
        ? createHttpServer(limits, serve)
        : createHttpsServer({...config.tls, handshakeTimeout: askMs, ...limits}, serve);
    this.#server.maxConnections = mostConnections;
    this.#server.on('clientError', (_, socket) => socket.destroy());
    const {webConfig} = options;
    this.#reload = webConfig === null ? null : setInterval(() => void this.#readAnew(webConfig), reloadMs).unref();
  }

  /** Begins to listen. Rejects with a `FailureError` where that is not possible or not allowed. */
  static async listen(registry: Registry, options: MetricsOptions): Promise<MetricsServer> {
    const {listen, webConfig} = options;
    const address = `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`;
    const tried = `serve the metrics on ${address}`;
    const config = webConfig === null ? none : await readWebConfig(webConfig);
    if (!isLoopback(listen.host) && config.tls === null && config.users.size === 0) {
      const problem =
        webConfig === null
          ? 'everybody on the network could read them'
          : `everybody on the network could read them: ${webConfig} has neither tls_server_config nor basic_auth_users`;
      throw new FailureError({
        code: 'bad-config',
        tried,
        problem,
        next: '--metrics 127.0.0.1:9477, or --metrics-web-config FILE (docs/prometheus.md)',
      });
    }
    let server: MetricsServer | null = null;
    try {
      server = new MetricsServer(registry, options, config);
      server.#server.listen({host: listen.host, port: listen.port});
      await once(server.#server, 'listening');
      return server;
    } catch (error) {
      await server?.close();
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      const problem = isTaken ? 'that port is taken' : error instanceof Error ? error.message : String(error);
      throw new FailureError({code: 'bad-config', tried, problem, next: '--metrics ADDRESS:PORT'}, {cause: error});
    }
  }

  /** Where it can be asked. */
  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) return '';
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#server instanceof HttpsServer ? 'https' : 'http'}://${host}:${address.port}/metrics`;
  }

  /** Cuts what is open. */
  async close(): Promise<void> {
    if (this.#reload !== null) clearInterval(this.#reload);
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = (request.url ?? '').replace(/\?.*$/s, '');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // What a probe of a cluster asks: it says nothing, and has no password.
    if (url === '/-/healthy' && isRead) {
      plain(response, 200, 'ktop is running\n');
      return;
    }
    // A page in somebody's browser whose name was made to lead here must not read what only this machine may.
    if (!this.#isGuarded && !isOwnName(request.headers.host)) {
      this.#refuse(response, 421, 'not a name of this server\n');
      return;
    }
    const who = await this.#auth.check(request.headers.authorization);
    if (who === 'busy') {
      this.#refuse(response, 503, 'too many at once\n', {'retry-after': '5'});
      return;
    }
    if (who === 'unknown') {
      this.#refuse(response, 401, 'Unauthorized\n', {'www-authenticate': 'Basic'});
      return;
    }
    if (!isRead) {
      this.#refuse(response, 405, 'only GET\n', {allow: 'GET, HEAD'});
      return;
    }
    if (url === '/') {
      plain(response, 200, 'ktop: the metrics are at /metrics\n');
      return;
    }
    if (url !== '/metrics') {
      this.#refuse(response, 404, 'there is only /metrics\n');
      return;
    }
    if (this.#answers >= mostAnswers) {
      this.#refuse(response, 503, 'too many at once\n', {'retry-after': '5'});
      return;
    }
    await this.#answer(request, response);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {socket} = request;
    // One that waits behind another of its connection hears of nothing when that is closed: the connection is asked, too.
    const over = (): void => {
      clearTimeout(tooLate);
      response.off('close', over);
      socket.off('close', over);
      this.#answers -= 1;
    };
    const writer = writerFor(formatFor(request.headers.accept));
    const body = this.#registry.write(writer, localMs(Date.now()));
    this.#answers += 1;
    const tooLate = setTimeout(() => socket.destroy(), takeMs);
    response.on('close', over);
    socket.on('close', over);
    const isPacked = body.length >= leastGzipBytes && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const sent = isPacked ? await compress(body, {level: 1}) : body;
    this.#registry.scrapes += 1;
    response.writeHead(200, {
      'content-type': writer.contentType,
      'content-length': sent.length,
      vary: 'accept, accept-encoding',
      ...(isPacked && {'content-encoding': 'gzip'}),
    });
    response.end(request.method === 'HEAD' ? undefined : sent);
  }

  #refuse(response: ServerResponse, status: number, why: string, headers: Record<string, string> = {}): void {
    this.#registry.refused += 1;
    plain(response, status, why, {...headers, connection: 'close'});
  }

  /** A configuration that cannot be read leaves the one in force as it is: it may be half written. */
  async #readAnew(path: string): Promise<void> {
    const config = await readWebConfig(path).catch(() => null);
    // With or without TLS, with users or without, is another server: that needs a new start.
    const isTls = this.#server instanceof HttpsServer;
    if (config === null || (config.tls !== null) !== isTls || !this.#auth.isLike(config.users)) return;
    this.#auth.take(config.users);
    if (config.tls !== null && this.#server instanceof HttpsServer) this.#server.setSecureContext(config.tls);
  }
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

/** Whether only this machine can reach the address. */
function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isOwnName(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || isIP(name) !== 0;
}
