import type {Env} from '../exec/local-command.ts';

/** The proxy that the environment names for a server, by the rules of Go's `httpproxy`, which kubectl follows. */
export function proxyFor(url: URL, env: Env): string | null {
  const proxy = env.HTTPS_PROXY ?? env.https_proxy ?? '';
  if (proxy === '') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return null;
  const port = url.port === '' ? '443' : url.port;
  const exempt = (env.NO_PROXY ?? env.no_proxy ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    // An entry may name a port; what else has a colon is an IPv6 address.
    .flatMap((entry) => {
      const [, name = entry, only = port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
      return only === port ? [name] : [];
    });
  const passedBy = exempt.some(
    (entry) => entry === '*' || (entry !== '' && (host === entry || host.endsWith(`.${entry.replace(/^\./, '')}`))),
  );
  if (passedBy || exempt.some((entry) => inNetwork(host, entry))) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Whether an IPv4 address lies in `a.b.c.d/bits`. */
function inNetwork(host: string, entry: string): boolean {
  const [network = '', bits] = entry.split('/');
  if (bits === undefined) return false;
  const [left, right] = [ipv4(host), ipv4(network)];
  const size = 2 ** (32 - Number(bits));
  return left !== null && right !== null && Math.floor(left / size) === Math.floor(right / size);
}

function ipv4(text: string): number | null {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  return parts.reduce((value, part) => value * 256 + part, 0);
}
