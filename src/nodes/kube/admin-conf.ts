import type {Address} from './https-endpoint.ts';
import {parseKubeconfig, type KubeContext} from './kubeconfig.ts';
import type {Launcher} from '../exec/launcher.ts';
import {processShell} from '../exec/process-shell.ts';

const path = '/etc/kubernetes/admin.conf';

/**
 * The administrator's context that kubeadm leaves on a control plane; null where the machine is none, or does not
 * answer. Its server is a name of the cluster's own network: `reach` says where that port is seen from here, and the
 * name stays what the certificate is checked for.
 */
export async function adminContext(
  launcher: Launcher,
  addressOf: (port: number) => Address | null,
): Promise<KubeContext | null> {
  const reply = await processShell(launcher)
    .run(['cat', path])
    .catch(() => null);
  if (reply?.exitCode !== 0) return null;
  const context = (await parseKubeconfig(reply.stdout, path)).contexts[0];
  if (context === undefined) return null;
  const server = new URL(context.server);
  const address = addressOf(Number(server.port === '' ? 443 : server.port));
  if (address === null) return null;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    ...context,
    listed: false,
    name: `${launcher.title}: ${path}`,
    server: `https://${host}:${address.port}`,
    serverName: context.serverName ?? server.hostname.replace(/^\[|\]$/g, ''),
  };
}
