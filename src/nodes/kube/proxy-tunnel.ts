import {once} from 'node:events';
import {request as httpRequest} from 'node:http';
import {request as httpsRequest} from 'node:https';
import {connect, isIP, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {FailureError, type FailureCode} from '../../model/failure.ts';
import {noteAuthorization, noteSecret} from '../../util/secrets.ts';

interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the address of a proxy as client-go does (`http`, `https`, `socks5`; Go takes `socks5h` for the same). Rejects
 * without quoting it: it may carry a password. `source` says whose it is.
 */
export function parseProxy(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const known = url !== null && url.hostname !== '' && /^(https?|socks5h?):$/.test(url.protocol);
  if (known) return url;
  const problem = 'it is no http://, https:// or socks5:// address';
  throw new FailureError({code: 'bad-config', tried: `use the proxy of ${source}`, problem, next: null});
}

/** Opens a stream through a proxy to an address, whose name the proxy looks up. */
export function dialThroughProxy(proxy: URL, address: Target, signal: AbortSignal): Promise<Duplex> {
  return proxy.protocol.startsWith('socks5') ? dialSocks(proxy, address, signal) : dialHttp(proxy, address, signal);
}

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '');

function login(proxy: URL): {readonly user: string; readonly password: string} | null {
  if (proxy.username === '' && proxy.password === '') return null;
  const who = {user: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password)};
  noteSecret(who.password);
  noteAuthorization(`Basic ${Buffer.from(`${who.user}:${who.password}`).toString('base64')}`);
  return who;
}

/** The proxy answered, and leads nowhere. */
export class ProxyError extends FailureError {}

function refused(problem: string, code: FailureCode = 'unreachable'): ProxyError {
  return new ProxyError({code, tried: 'connect through the proxy', problem, next: null});
}

/** `CONNECT`. A proxy on https is verified with the CAs of the system. */
function dialHttp(proxy: URL, {host, port}: Target, signal: AbortSignal): Promise<Duplex> {
  const secure = proxy.protocol === 'https:';
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const who = login(proxy);
  const basic = who === null ? '' : Buffer.from(`${who.user}:${who.password}`).toString('base64');
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? httpsRequest : httpRequest)({
      host: bare(proxy.hostname),
      port: proxy.port === '' ? (secure ? 443 : 80) : Number(proxy.port),
      method: 'CONNECT',
      path: target,
      headers: {host: target, ...(basic !== '' && {'proxy-authorization': `Basic ${basic}`})},
      agent: false,
      signal,
    });
    const answer = (status: number) =>
      status === 407
        ? refused('the proxy wants a login (407)', 'unauthenticated')
        : refused(`the proxy says ${status}`);
    outgoing.on('connect', (reply, socket, head) => {
      if (reply.statusCode !== undefined && reply.statusCode >= 200 && reply.statusCode <= 299) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(answer(reply.statusCode ?? 0));
    });
    outgoing.on('response', (reply) => {
      reply.destroy();
      reject(answer(reply.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** What the second byte of a SOCKS reply means (RFC 1928). */
const socksReplies: Readonly<Record<number, string>> = {
  2: 'the proxy does not allow that address',
  3: 'the proxy says that the network cannot be reached',
  4: 'the proxy cannot reach that host',
  5: 'the proxy says that the connection was refused: nothing listens there now',
};

/** SOCKS 5 with or without a login (RFC 1928, RFC 1929). */
async function dialSocks(proxy: URL, {host, port}: Target, signal: AbortSignal): Promise<Duplex> {
  const socket = connect(proxy.port === '' ? 1080 : Number(proxy.port), bare(proxy.hostname));
  // What breaks later is told to whoever holds the stream by then.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', {signal});
    const who = login(proxy);
    socket.write(Buffer.from(who === null ? [5, 1, 0] : [5, 2, 0, 2]));
    const [, method] = await take(socket, 2, signal);
    if (method === 2 && who !== null) {
      socket.write(Buffer.concat([Buffer.from([1]), counted(who.user), counted(who.password)]));
      const [, verdict] = await take(socket, 2, signal);
      if (verdict !== 0) throw refused('the proxy does not accept the login', 'unauthenticated');
    } else if (method !== 0) {
      throw refused('the proxy wants a login', 'unauthenticated');
    }
    const portBytes = Buffer.from([port >> 8, port & 255]);
    socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(host), portBytes]));
    const [version, verdict = 1, , kind] = await take(socket, 4, signal);
    if (version !== 5) throw refused('that is no SOCKS proxy');
    if (verdict !== 0) throw refused(socksReplies[verdict] ?? `the proxy failed (SOCKS reply ${verdict})`);
    const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await take(socket, 1, signal))[0] ?? 0);
    await take(socket, length + 2, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function socksAddress(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from([1, ...host.split('.').map(Number)]);
  // An address of version 6 as its name: proxies read both, and it needs no parser of its own here.
  return Buffer.concat([Buffer.from([3]), counted(host)]);
}

/** The next `length` bytes; what follows them stays in the socket. */
async function take(socket: Socket, length: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let count = 0; count < length;) {
    // One at a time: while fewer than were asked for are there, a stream calls itself readable without an end.
    const chunk: unknown = socket.read(1);
    if (chunk instanceof Buffer && chunk.length === 1) {
      bytes[count] = chunk[0] ?? 0;
      count += 1;
    } else {
      if (socket.readableEnded || socket.destroyed) throw refused('the proxy closed the connection');
      await once(socket, 'readable', {signal});
    }
  }
  return bytes;
}
