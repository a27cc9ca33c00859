import {checkServerIdentity, connect as tlsConnect, type PeerCertificate, type TLSSocket} from 'node:tls';
import type {Duplex} from 'node:stream';
import type {Dispatcher, buildConnector} from 'undici';
import {FailureError, type FailureCode} from '../../model/failure.ts';
import {localMs} from '../../model/time.ts';
import {noteAuthorization, noteSecret} from '../../util/secrets.ts';
import type {ClientCertificate} from './credential.ts';
import type {KubeletReply} from '../node.ts';
import {dialThroughProxy, ProxyError} from './proxy-tunnel.ts';

/** What makes us believe that the server is the one we mean. */
export type Trust =
  /** SHA-256 fingerprints as Node writes them (`AB:CD:…`): the served certificate must be one of these. */
  | {readonly kind: 'pinned'; readonly fingerprints: readonly string[]}
  /** Verified by this CA (PEM; null: those of the system), for this name. */
  | {readonly kind: 'ca'; readonly ca: string | null; readonly serverName: string | null}
  /** Only on the user's explicit word. */
  | {readonly kind: 'insecure'};

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Lower case; a list becomes a header line each. */
export type Headers = Readonly<Record<string, string | string[]>>;

export interface Endpoint {
  /** Where the server may be: the first that takes a connection. The first of all names it in messages. */
  readonly addresses: readonly Address[];
  readonly trust: Trust;
  /** Asked at each connection, because certificates of plugins are renewed. */
  readonly certificate: (signal: AbortSignal) => Promise<ClientCertificate | null>;
  /** Brings the bytes to the server where a plain TCP connection cannot. */
  readonly dial?: ((address: Address, signal: AbortSignal) => Promise<Duplex>) | undefined;
  /** Asked at each request, because tokens are renewed. Only ever sent after `trust` was satisfied. */
  readonly headers: (signal: AbortSignal) => Promise<Headers>;
  /** Stands before every path: `/api/v1/nodes/N/proxy`. */
  readonly prefix?: string;
  /** As `parseProxy` gives it. */
  readonly proxy?: URL | null;
  /** Connections at once; default 2. */
  readonly connections?: number | undefined;
}

export interface HttpReply extends KubeletReply {
  readonly date: number | null;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly body?: string;
  readonly contentType?: string;
  /** The `Accept` header, where another form of the answer is wanted than the usual one. */
  readonly accept?: string;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The answer is no text: its bytes are wanted as they are. */
  readonly binary?: boolean | undefined;
}

const connectTimeoutMs = 3_000;
/** A proxy has a name to look up and a connection of its own to open. */
const proxiedTimeoutMs = 5_000;
const requestTimeoutMs = 5_000;

/** Keeps connections to one server open and asks it. Any status is an answer; no answer is a `FailureError`. */
export class HttpsEndpoint {
  readonly endpoint: Endpoint;
  readonly url: string;
  #dispatcher: Dispatcher | null = null;
  readonly #closed = new AbortController();

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    const {host, port} = endpoint.addresses[0] ?? {host: 'localhost', port: 443};
    this.url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** One exchange; any status is a result. Rejects with a `FailureError` where no HTTP answer came. */
  async request(path: string, options: RequestOptions = {}): Promise<HttpReply> {
    const {method = 'GET', body, contentType = 'application/json', accept, timeoutMs = requestTimeoutMs} = options;
    const fullPath = `${this.endpoint.prefix ?? ''}${path}`;
    const {proxy} = this.endpoint;
    const tried = `${method} ${this.url}${fullPath}${proxy ? ` through the proxy ${proxy.host}` : ''}`;
    // One signal for all: those that Node combines are weak references, of which each poll would leave some to collect.
    const ended = new AbortController();
    const {signal} = ended;
    const unlink = [options.signal, this.#closed.signal].map((other) => linked(other, ended));
    let timer: NodeJS.Timeout | null = null;
    try {
      const dispatcher = (this.#dispatcher ??= await openDispatcher(this.endpoint, this.url, this.#closed.signal));
      // A credential has a limit of its own: a plugin may take longer than an answer.
      const headers = await this.endpoint.headers(signal);
      timer = setTimeout(() => ended.abort(tooLate), timeoutMs);
      for (const value of [headers.authorization ?? []].flat()) noteAuthorization(value);
      const sentAt = localMs(Date.now());
      const reply = await dispatcher.request({
        origin: this.url,
        path: fullPath,
        method,
        signal,
        headers: {
          ...headers,
          ...(accept !== undefined && {accept}),
          ...(body !== undefined && {'content-type': contentType}),
        },
        ...(body !== undefined && {body}),
      });
      const bytes = options.binary === true ? new Uint8Array(await reply.body.arrayBuffer()) : null;
      // Of a profile the beginning is enough to tell a refusal.
      const text = bytes === null ? await reply.body.text() : new TextDecoder().decode(bytes.subarray(0, 4096));
      const receivedAt = localMs(Date.now());
      const {date, 'process-start-time-unix': started} = reply.headers;
      const served = typeof date === 'string' ? Date.parse(date) : Number.NaN;
      return {
        status: reply.statusCode,
        body: text,
        ...(bytes !== null && {bytes}),
        sentAt,
        receivedAt,
        date: Number.isNaN(served) ? null : served,
        processStartedAt: typeof started === 'string' && /^\d{1,12}$/.test(started) ? Number(started) * 1000 : null,
      };
    } catch (error) {
      if (error instanceof FailureError) {
        // What goes on below: a credential says itself what it tried, a proxy does not know what it was for.
        throw error instanceof ProxyError ? new FailureError({...error.failure, tried}, {cause: error}) : error;
      }
      const {code, problem, next}: NetworkFailure =
        signal.reason === tooLate
          ? {code: 'timeout', problem: `no answer within ${Math.ceil(timeoutMs) / 1000} s`}
          : networkFailure(error);
      throw new FailureError({code, tried, problem, next: next ?? null}, {cause: error});
    } finally {
      if (timer !== null) clearTimeout(timer);
      for (const one of unlink) one();
    }
  }

  /** Opens new connections from now on, with a certificate asked anew; requests under way end on the old ones. */
  renew(): void {
    const dispatcher = this.#dispatcher;
    this.#dispatcher = null;
    dispatcher?.close().catch(() => undefined);
  }

  /** Closes the connections and ends requests that are under way. */
  async close(): Promise<void> {
    this.#closed.abort();
    const dispatcher = this.#dispatcher;
    this.#dispatcher = null;
    await dispatcher?.destroy();
  }
}

/** Why a request is given up whose time is over. */
const tooLate = Symbol('too late');

/** Ends `ended` with another signal, until the function that comes back is called. */
function linked(other: AbortSignal | undefined, ended: AbortController): () => void {
  if (other === undefined) return () => undefined;
  const end = (): void => ended.abort(other.reason);
  if (other.aborted) end();
  other.addEventListener('abort', end, {once: true});
  return () => other.removeEventListener('abort', end);
}

/** Far above what a kubelet or one node's pods take, far below what would hurt. */
const mostBytes = 64 * 1024 * 1024;

async function openDispatcher(endpoint: Endpoint, url: string, closed: AbortSignal): Promise<Dispatcher> {
  const {Pool} = await import('./undici.ts');
  return new Pool(url, {
    connections: endpoint.connections ?? (endpoint.dial ? 1 : 2),
    connect: connector(endpoint, closed),
    keepAliveTimeout: 90_000,
    keepAliveMaxTimeout: 600_000,
    maxResponseSize: mostBytes,
  });
}

/** Opens TLS and checks the server before undici gets the socket, so that no header travels to a stranger. */
function connector(endpoint: Endpoint, closed: AbortSignal): buildConnector.connector {
  return (_options, callback) => {
    open(endpoint, closed).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

async function open(endpoint: Endpoint, closed: AbortSignal): Promise<TLSSocket> {
  let failure: unknown = new Error('no address is known');
  for (const address of endpoint.addresses) {
    try {
      return await openAt(address, endpoint, closed);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function dial(endpoint: Endpoint, address: Address, signal: AbortSignal): Promise<Duplex | null> {
  if (endpoint.dial) return endpoint.dial(address, signal);
  return endpoint.proxy ? dialThroughProxy(endpoint.proxy, address, signal) : null;
}

async function openAt({host, port}: Address, endpoint: Endpoint, closed: AbortSignal): Promise<TLSSocket> {
  const {trust, proxy} = endpoint;
  const timeoutMs = proxy ? proxiedTimeoutMs : connectTimeoutMs;
  const certificate = await endpoint.certificate(closed);
  if (certificate !== null) noteSecret(certificate.key);
  const signal = AbortSignal.timeout(timeoutMs);
  const raw = await dial(endpoint, {host, port}, signal);
  const serverName = trust.kind === 'ca' ? (trust.serverName ?? host) : null;
  const socket = tlsConnect({
    ...(raw === null ? {host, port} : {socket: raw}),
    ...(serverName !== null && {
      ...(!isAddress(serverName) && {servername: serverName}),
      // Without this an address as the name, which no client may send, is compared with whatever was dialled.
      checkServerIdentity: (_dialled: string, served: PeerCertificate) => checkServerIdentity(serverName, served),
    }),
    ...(trust.kind === 'ca' && trust.ca !== null && {ca: trust.ca}),
    ...certificate,
    rejectUnauthorized: trust.kind === 'ca',
    ALPNProtocols: ['http/1.1'],
  });
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      signal.removeEventListener('abort', expired);
      socket.destroy();
      raw?.destroy();
      reject(error);
    };
    const expired = () => fail(new Error(`no connection within ${timeoutMs / 1000} s`));
    signal.addEventListener('abort', expired, {once: true});
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the connection was closed during the TLS handshake')));
    socket.once('secureConnect', () => {
      if (trust.kind === 'pinned') {
        const served = socket.getPeerCertificate().fingerprint256;
        if (!trust.fingerprints.includes(served)) {
          fail(new WrongCertificate(served));
          return;
        }
      }
      signal.removeEventListener('abort', expired);
      socket.removeListener('error', fail);
      socket.removeAllListeners('close');
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}

/** The server is not the kubelet whose certificate lies on the node. No token was sent. */
class WrongCertificate extends Error {
  constructor(served: string) {
    super(
      `the certificate served is not the one on the node (served SHA-256 ${served.slice(0, 23)}…); no token was sent`,
    );
    this.name = 'WrongCertificate';
  }
}

interface NetworkFailure {
  readonly code: FailureCode;
  readonly problem: string;
  readonly next?: string;
}

const down = (problem: string): NetworkFailure => ({code: 'unreachable', problem});
const stranger = (problem: string, next?: string): NetworkFailure => ({
  code: 'untrusted',
  problem,
  ...(next !== undefined && {next}),
});
const foreignCa = stranger("the server's certificate is signed by a CA that was not given", 'ktop --ca-file FILE …');

/** What Node's, OpenSSL's and undici's codes mean. */
const networkFailures: Readonly<Record<string, NetworkFailure>> = {
  ECONNREFUSED: down('connection refused: nothing listens there now'),
  ECONNRESET: down('the connection was reset'),
  EPIPE: down('the connection was closed'),
  EHOSTUNREACH: down('no route to that address'),
  ENETUNREACH: down('the network cannot be reached'),
  ETIMEDOUT: {code: 'timeout', problem: 'the connection timed out'},
  ENOTFOUND: down('that name is unknown'),
  EAI_AGAIN: down('the name could not be looked up'),
  UND_ERR_RES_EXCEEDED_MAX_SIZE: down(`the answer is larger than ${mostBytes / 1024 / 1024} MB and was not read`),
  UND_ERR_HEADERS_OVERFLOW: down('the headers of the answer are too long'),
  HPE_HEADER_OVERFLOW: down('the headers of the answer are too long'),
  UND_ERR_SOCKET: down('the connection was closed without an answer'),
  CERT_HAS_EXPIRED: stranger("the server's certificate has expired"),
  DEPTH_ZERO_SELF_SIGNED_CERT: stranger(
    "the server's certificate is self-signed and the given CA did not sign it",
    'ktop --ca-file FILE …',
  ),
  SELF_SIGNED_CERT_IN_CHAIN: foreignCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: foreignCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: foreignCa,
  ERR_TLS_CERT_ALTNAME_INVALID: stranger("the server's certificate is for another name"),
  // serverTLSBootstrap: `kubectl get csr` shows the request that nobody has approved.
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: {
    ...down('the server has no certificate to show (a signing request may wait for approval)'),
    next: 'kubectl get csr',
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: {
    code: 'unauthenticated',
    problem: 'the server wants a client certificate',
  },
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: {code: 'unauthenticated', problem: 'the server refused the client certificate'},
};

/** What it means that a request got no answer. */
function networkFailure(error: unknown): NetworkFailure {
  if (!(error instanceof Error)) return down(String(error));
  if (error instanceof WrongCertificate) return stranger(error.message);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = networkFailures[code];
  if (known !== undefined) return known;
  if (error.cause instanceof Error) return networkFailure(error.cause);
  return down(error.message || code || 'no answer');
}
