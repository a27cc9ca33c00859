import type {Headers} from './https-endpoint.ts';
import type {Impersonation} from './kubeconfig.ts';

/**
 * The headers that make the API server take us for somebody else, as client-go's `ImpersonationConfig` sends them. Null
 * where the kubeconfig asks for what client-go refuses, too: no user, or text that no header can carry.
 */
export function impersonationHeaders({user, uid, groups, extra}: Impersonation): Headers | null {
  if (user === '') return null;
  const headers: Record<string, string | string[]> = {'impersonate-user': user};
  if (groups.length > 0) headers['impersonate-group'] = [...groups];
  if (uid !== null) headers['impersonate-uid'] = uid;
  for (const [key, values] of Object.entries(extra)) {
    if (values.length > 0) headers[`impersonate-extra-${headerKey(key)}`] = [...values];
  }
  // Go sends the bytes of UTF-8; Node's headers are made of bytes, too.
  const bytes = (value: string) => Buffer.from(value, 'utf8').toString('latin1');
  const sent = Object.entries(headers).map(([name, value]): [string, string | string[]] => [
    name,
    typeof value === 'string' ? bytes(value) : value.map(bytes),
  ]);
  const isText = sent.every(([, value]) => [value].flat().every((one) => !/[\x00-\x08\x0a-\x1f\x7f]/.test(one)));
  return isText ? Object.fromEntries(sent) : null;
}

/** A key as part of a header's name: what may not stand there, and `%` itself, as `%XX` (client-go `headerKeyEscape`). */
function headerKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('')
    .toLowerCase();
}
