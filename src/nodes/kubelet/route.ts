import type {Credential} from '../kube/credential.ts';
import {authorization} from '../kube/credential.ts';
import type {ApiServer} from '../kube/api-server.ts';
import {HttpsEndpoint, type Endpoint, type RequestOptions} from '../kube/https-endpoint.ts';
import type {KubeletReply, KubeletRoute} from '../node.ts';
import {deniedFailure} from '../kube/rights.ts';

export interface KubeletTarget extends Pick<Endpoint, 'addresses' | 'trust' | 'dial'> {
  readonly kind: 'direct' | 'exec';
  readonly credential: Credential;
  /** The context of the kubeconfig in which a missing right is granted, if one is known. */
  readonly context: string | null;
}

const trustLabel = {pinned: 'certificate pinned', ca: 'certificate verified', insecure: 'certificate not verified'};

/** A route to the kubelet's own port: over the network, or through a stream that comes out on the node. */
export function kubeletRoute(target: KubeletTarget): KubeletRoute {
  const {kind, addresses, trust, credential, context, dial} = target;
  const endpoint = new HttpsEndpoint({
    addresses,
    trust,
    certificate: (signal) => credential.certificate(signal),
    headers: (signal) => authorization(credential, signal),
    dial,
  });
  const ask = async (method: string, path: string, options: RequestOptions = {}): Promise<KubeletReply> => {
    let reply = await endpoint.request(path, options);
    if (reply.status === 401) {
      // An expired token is fetched anew; if it still is not liked, there is something to say.
      credential.forget();
      endpoint.renew();
      reply = await endpoint.request(path, options);
    }
    return {...reply, denied: deniedFailure(reply, `${method} ${endpoint.url}${path}`, credential.label, context)};
  };
  return {
    kind,
    label: `${kind === 'exec' ? 'through the node' : 'direct'}, ${trustLabel[trust.kind]}`,
    warning: trust.kind === 'insecure' ? "--insecure: the kubelet's certificate is not verified" : null,
    get: (path, options) => ask('GET', path, options),
    put: (path, body, options) => ask('PUT', path, {...options, method: 'PUT', body, contentType: 'text/plain'}),
    close: () => endpoint.close(),
  };
}

/** A route through the API server's node proxy. `server` stays open: it belongs to the caller. */
export function apiserverRoute(server: ApiServer, node: string): KubeletRoute {
  const prefix = `/api/v1/nodes/${encodeURIComponent(node)}/proxy`;
  const {insecure} = server.context;
  const ask = async (method: string, path: string, options: RequestOptions = {}): Promise<KubeletReply> => {
    const reply = await server.request(`${prefix}${path}`, options);
    const {url, credential, listedAs} = server;
    return {...reply, denied: deniedFailure(reply, `${method} ${url}${prefix}${path}`, credential.label, listedAs)};
  };
  return {
    kind: 'apiserver',
    label: `API server, context ${server.context.name}`,
    warning: insecure ? 'the kubeconfig skips the verification of the API server' : null,
    get: (path, options) => ask('GET', path, options),
    put: (path, body, options) => ask('PUT', path, {...options, method: 'PUT', body, contentType: 'text/plain'}),
    close: () => Promise.resolve(),
  };
}
