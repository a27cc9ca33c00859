import {KubeletRoutes} from '../kubelet/routes.ts';
import type {Node} from '../node.ts';
import type {NodeOptions} from '../options.ts';

/** A node of which only the API server is known: its stats can be read, but no command runs there. */
export function apiNode(name: string, options: NodeOptions): Node {
  const routes = new KubeletRoutes({
    name,
    options,
    shell: null,
    addresses: () => Promise.resolve([]),
    tunnel: null,
    contexts: [],
    admin: null,
  });
  return {
    name,
    provider: 'api',
    transport: 'the API server only',
    commandPrefix: '',
    shell: {
      kind: 'none',
      why: {
        tried: `run a command on ${name}`,
        problem: 'no command can be run there: the node is known from the API server only',
        next: `ktop --ssh USER@HOST --node ${name} …`,
      },
    },
    askApi: (pathOf, signal) => routes.askApi(pathOf, signal),
    openRoute: (signal) => routes.open(signal),
    close: () => routes.close(),
  };
}
