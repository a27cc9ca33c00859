import {readFile} from 'node:fs/promises';
import {FailureError} from '../model/failure.ts';
import {findContainer, type NodeContainer} from './container-engine.ts';
import {fileToken, fixedToken, type Credential} from './credential.ts';
import {openDirect} from './direct-route.ts';
import type {Trust} from './kubelet-endpoint.ts';
import {containerShell} from './kind.ts';
import type {Node, NodeShell} from './node.ts';
import type {NodeOptions} from './options.ts';
import {chooseRoute} from './route-choice.ts';
import {servingFingerprints} from './serving-certificate.ts';

const kubeletPort = 10250;

/** A node that is a container of this machine's engine. */
export function containerNode(container: NodeContainer, options: NodeOptions): Node {
  const {engine, name} = container;
  const env = options.env ?? process.env;
  const shell = containerShell(container);
  return {
    name,
    provider: container.minikube || /^minikube(-m\d+)?$/.test(name) ? 'minikube' : 'kind',
    via: `${engine} exec`,
    by: `${engine} exec ${name}`,
    shell: {kind: 'shell', shell},
    openRoute: (signal) =>
      chooseRoute(
        [
          {
            kind: 'direct',
            open: async (openSignal) => {
              const [trust, now] = await Promise.all([
                directTrust(shell, options, openSignal),
                findContainer(engine, name, env),
              ]);
              // Looked up anew each time: a restarted container may have another address.
              const addresses = now !== null && 'addresses' in now ? now.addresses : container.addresses;
              return openDirect(
                {
                  kind: 'direct',
                  addresses: addresses.map((host) => ({host, port: kubeletPort})),
                  trust,
                  credential: givenCredential(options),
                },
                openSignal,
              );
            },
          },
        ],
        signal,
      ),
    close: () => Promise.resolve(),
  };
}

async function directTrust(shell: NodeShell, options: NodeOptions, signal: AbortSignal): Promise<Trust> {
  if (options.insecure) return {kind: 'insecure'};
  if (options.caFile !== undefined) {
    return {kind: 'ca', ca: await readFile(options.caFile, 'utf8'), serverName: options.node};
  }
  return {kind: 'pinned', fingerprints: await servingFingerprints(shell, signal)};
}

function givenCredential(options: NodeOptions): Credential {
  const env = options.env ?? process.env;
  if (options.tokenFile !== undefined) return fileToken(options.tokenFile);
  const token = env.KTOP_TOKEN;
  if (token !== undefined && token !== '') return fixedToken('token of KTOP_TOKEN', token);
  throw new FailureError({
    tried: 'reach the kubelet directly',
    problem: 'there is no token',
    next: 'ktop --token-file FILE …',
  });
}
