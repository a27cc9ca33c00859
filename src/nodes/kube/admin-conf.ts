import type {Address} from './https-endpoint.ts';
import {parseKubeconfig, plainContext, type KubeContext} from './kubeconfig.ts';
import type {Material} from './pem.ts';
import type {Launcher} from '../exec/launcher.ts';
import {processShell} from '../exec/process-shell.ts';

const path = '/etc/kubernetes/admin.conf';
/** kubeadm's file has 6 KB. */
const mostBytes = 64 * 1024;

/**
 * The administrator's context that kubeadm leaves on a control plane; null where the machine is none, or does not
 * answer. Its server is a name of the cluster's own network: `reach` says where that port is seen from here, and the
 * name stays what the certificate is checked for.
 *
 * Whoever rules the node wrote that file, and is a stranger to this machine: nothing in it makes ktop run a program,
 * read a file, or go anywhere but to that node. What is taken is the data that stands in it: CA, certificate, key,
 * token, and the server's port and name.
 */
export async function adminContext(
  launcher: Launcher,
  addressOf: (port: number) => Address | null,
): Promise<KubeContext | null> {
  const reply = await processShell(launcher)
    .run(['cat', path], {mostBytes})
    .catch(() => null);
  if (reply?.exitCode !== 0) return null;
  const config = await parseKubeconfig(reply.stdout, path).catch(() => null);
  const given = config?.contexts.find(({name}) => name === config.current) ?? config?.contexts[0];
  if (given === undefined) return null;
  const ca = inline(given.ca);
  const [certificate, key] = [inline(given.certificate), inline(given.key)];
  const hasPair = certificate !== null && key !== null;
  const server = new URL(given.server);
  // Without a CA anybody at that address could be the server; kubeadm always writes one.
  if (ca === null || server.protocol !== 'https:' || (!hasPair && given.token === null)) return null;
  const address = addressOf(Number(server.port === '' ? 443 : server.port));
  if (address === null) return null;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    ...plainContext,
    listed: false,
    name: `${launcher.title}: ${path}`,
    server: `https://${host}:${address.port}`,
    serverName: given.serverName ?? server.hostname.replace(/^\[|\]$/g, ''),
    ca,
    user: given.user,
    ...(hasPair ? {certificate, key} : {token: given.token}),
  };
}

function inline(material: Material | null): Material | null {
  return material !== null && 'data' in material ? material : null;
}
