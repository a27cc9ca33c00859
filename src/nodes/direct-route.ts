import {FailureError} from '../model/failure.ts';
import {authorization, type Credential} from './credential.ts';
import {HttpsEndpoint, type Trust} from './kubelet-endpoint.ts';
import type {KubeletRoute} from './node.ts';
import {deniedFailure} from './rights.ts';

export interface DirectTarget {
  readonly kind: 'direct' | 'exec';
  readonly addresses: readonly {readonly host: string; readonly port: number}[];
  readonly trust: Trust;
  readonly credential: Credential;
  readonly dial?: HttpsEndpoint['endpoint']['dial'];
}

const trustLabel = {pinned: 'certificate pinned', ca: 'certificate verified', insecure: 'certificate NOT verified'};

/**
 * A route straight to the kubelet's port: over the network, or through a stream that runs on the node. The first address
 * that answers at all is kept. Rejects with the failure of the last one tried.
 */
export async function openDirect(target: DirectTarget, signal: AbortSignal): Promise<KubeletRoute> {
  const {kind, addresses, trust, credential, dial} = target;
  let failure: unknown = new FailureError({
    tried: 'reach the kubelet directly',
    problem: 'no address of the node is known',
    next: 'ktop --address ADDRESS …',
  });
  for (const {host, port} of addresses) {
    const endpoint = new HttpsEndpoint({
      host,
      port,
      trust,
      clientCertificate: credential.clientCertificate,
      headers: () => authorization(credential),
      ...(dial && {dial}),
    });
    const route: KubeletRoute = {
      kind,
      label: `${kind}, ${trustLabel[trust.kind]}`,
      warning: trust.kind === 'insecure' ? 'the kubelet’s certificate is not verified (--insecure)' : null,
      get: async (path, options) => {
        const reply = await endpoint.request(path, options);
        if (reply.status === 401) credential.forget();
        return {...reply, denied: deniedFailure(reply, `${endpoint.url}${path}`, credential.label)};
      },
      close: () => endpoint.close(),
    };
    try {
      await route.get('/healthz', {signal});
      return route;
    } catch (error) {
      failure = error;
      await endpoint.close();
      if (signal.aborted) break;
    }
  }
  throw failure;
}
