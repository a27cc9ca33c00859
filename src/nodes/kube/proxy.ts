import {BlockList, isIP} from 'node:net';
import type {Env} from '../exec/environment.ts';

/** The proxy that the environment names for a server, by the rules of Go's `httpproxy`, which kubectl follows. */
export function proxyFor(url: URL, env: Env): string | null {
  const proxy = firstSet(env.HTTPS_PROXY, env.https_proxy);
  if (proxy === '') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || isLoopback(host)) return null;
  const port = url.port === '' ? '443' : url.port;
  const exempt = firstSet(env.NO_PROXY, env.no_proxy)
    .split(/[\s,]+/)
    .map((entry) => entry.toLowerCase());
  if (exempt.some((entry) => matches(entry, host, port))) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** As Go: a variable that is empty is one that is not set. */
function firstSet(...values: readonly (string | undefined)[]): string {
  return values.find((value) => value !== undefined && value !== '') ?? '';
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** One entry of NO_PROXY: `*`, a name with its subdomains, `.name` or `*.name` without itself, an address, a network; all but the network may have a port. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inNetwork(host, entry);
  const [, bracketed, plain, only] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  // What has more colons is an IPv6 address.
  const name = bracketed ?? plain ?? entry;
  if (name === '' || (only !== undefined && only !== port)) return false;
  if (isIP(name) !== 0) return inNetwork(host, `${name}/${isIP(name) === 4 ? 32 : 128}`);
  const suffix = name.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

/** Whether an address lies in `network/bits`. */
function inNetwork(host: string, entry: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const [family, kind] = [isIP(host), isIP(network)];
  const size = Number(bits);
  if (family === 0 || family !== kind || !/^\d+$/.test(bits) || size > (kind === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const name = kind === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, size, name);
  return list.check(host, name);
}
