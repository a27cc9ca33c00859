import {providerNames, type ProviderName} from './names.ts';
import type {Provider} from './provider.ts';

/**
 * Every provider under its name. Each is loaded when it is asked: the simulated node, which is above this room, needs no
 * engine and no client of an API server.
 */
const providers: Readonly<Record<ProviderName, () => Promise<Provider>>> = {
  kind: async () => (await import('./kind.ts')).kind,
  minikube: async () => (await import('./minikube.ts')).minikube,
  ssh: async () => (await import('./ssh.ts')).ssh,
  local: async () => (await import('./local.ts')).local,
  api: async () => (await import('./api.ts')).api,
  demo: async () => (await import('../../demo/demo-provider.ts')).demo,
};

/** The provider of that name. */
export function loadProvider(name: ProviderName): Promise<Provider> {
  return providers[name]();
}

/** All of them, in the order in which a node that several list is shown. */
export function loadProviders(): Promise<readonly Provider[]> {
  return Promise.all(providerNames.map(loadProvider));
}
