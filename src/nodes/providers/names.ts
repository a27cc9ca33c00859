/** The names of the providers, as `--via` takes them; `registry.ts` does not type-check without one for each. */
export const providerNames = ['kind', 'minikube', 'ssh', 'local', 'api', 'demo'] as const;

/** What makes the node reachable. */
export type ProviderName = (typeof providerNames)[number];
