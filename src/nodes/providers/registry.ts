import type {Provider} from './provider.ts';

/**
 * The providers, in the order in which a node that several list is shown. Each is loaded when it is asked: the
 * simulated node needs no engine, and no client of an API server.
 */
const providers = {
  kind: async (): Promise<Provider> => (await import('./kind.ts')).kind,
  minikube: async (): Promise<Provider> => (await import('./minikube.ts')).minikube,
  ssh: async (): Promise<Provider> => (await import('./ssh.ts')).ssh,
  local: async (): Promise<Provider> => (await import('./local.ts')).local,
  api: async (): Promise<Provider> => (await import('./api.ts')).api,
  demo: async (): Promise<Provider> => (await import('../../demo/demo-provider.ts')).demo,
};

/** What makes the node reachable, as `--via` names it. */
export type ProviderName = keyof typeof providers;

/** The names for `--via`. */
export const providerNames: readonly ProviderName[] = Object.keys(providers).filter(isProviderName);

/** Whether there is a provider of that name. */
export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(providers, name);
}

/** The provider of that name. */
export function loadProvider(name: ProviderName): Promise<Provider> {
  return providers[name]();
}

/** All of them, in order. */
export function loadProviders(): Promise<readonly Provider[]> {
  return Promise.all(providerNames.map(loadProvider));
}
