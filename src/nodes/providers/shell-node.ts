import {KubeletRoutes, type RouteParts} from '../kubelet/routes.ts';
import type {Node} from '../node.ts';
import type {Launcher} from '../exec/launcher.ts';
import {processShell} from '../exec/process-shell.ts';
import {openTunnel} from '../exec/tunnel.ts';

export interface ShellNodeParts extends Pick<Node, 'name' | 'provider' | 'transport' | 'commandPrefix'> {
  readonly launcher: Launcher;
  readonly route: Pick<RouteParts, 'options' | 'addresses' | 'names' | 'contexts' | 'admin'>;
  /** Undoes what the provider keeps open. */
  readonly close?: () => Promise<void>;
}

/** A node on which commands run, by whatever launcher: everything else follows from that. */
export function shellNode(parts: ShellNodeParts): Node {
  const {name, provider, transport, commandPrefix, launcher, route} = parts;
  const shell = processShell(launcher);
  const routes = new KubeletRoutes({
    ...route,
    name,
    shell,
    tunnel: (address, signal) => openTunnel(launcher, address, signal),
  });
  return {
    name,
    provider,
    transport,
    commandPrefix,
    shell: {kind: 'shell', shell},
    askApi: (pathOf, signal) => routes.askApi(pathOf, signal),
    openRoute: (signal) => routes.open(signal),
    close: async () => {
      await routes.close();
      await parts.close?.();
    },
  };
}
