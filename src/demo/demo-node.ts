import {FailureError} from '../model/failure.ts';
import {localMs} from '../model/time.ts';
import type {KubeletReply, KubeletRoute, Node} from '../nodes/node.ts';
import {DemoApi} from './api.ts';
import {Machine} from './machine.ts';
import {demoShell} from './shell.ts';

export const demoNodeName = 'demo-worker';

export interface DemoOptions {
  /** What it is called; `demo-worker` if not given. */
  readonly name?: string;
  /** `--housekeeping-interval` of the simulated kubelet; 10 s, the kubelet's default, if not given. */
  readonly housekeepingIntervalMs?: number;
  readonly random?: () => number;
}

/**
 * A node that needs no cluster: it lives in this process, so that it ends when ktop ends, however that happens. Its
 * kubelet really serves HTTPS on the loopback and wants a token; only the commands are answered by a simulated shell.
 */
export async function startDemoNode(options: DemoOptions = {}): Promise<Node> {
  const machine = new Machine({
    name: options.name ?? demoNodeName,
    housekeepingIntervalMs: Math.max(1000, options.housekeepingIntervalMs ?? 10_000),
    random: options.random ?? Math.random,
  });
  await machine.start();
  const api = new DemoApi(() => openRoute(machine));
  return {
    name: machine.name,
    provider: 'demo',
    transport: 'simulation',
    commandPrefix: `(demo) ${machine.name}:`,
    shell: {kind: 'shell', shell: demoShell(machine)},
    askApi: (pathOf) => api.ask(pathOf(machine.name)),
    openRoute: () => openRoute(machine),
    close: () => machine.stop(),
  };
}

type Options = Parameters<KubeletRoute['get']>[1];

async function openRoute(machine: Machine): Promise<KubeletRoute> {
  const {Pool} = await import('../nodes/kube/undici.ts');
  const origin = `https://127.0.0.1:${machine.port}`;
  // Verified as on a real node: only the certificate that lies on the node is trusted, under the node's name.
  const pool = new Pool(origin, {
    connections: 1,
    keepAliveTimeout: 60_000,
    connect: {ca: machine.certificate.chain, servername: machine.name},
  });
  const ask = async (path: string, getOptions: Options = {}, body?: string): Promise<KubeletReply> => {
    const timeoutMs = getOptions.timeoutMs ?? 5000;
    const sentAt = localMs(Date.now());
    try {
      const {statusCode, body: answer} = await pool.request({
        path,
        method: body === undefined ? 'GET' : 'PUT',
        ...(body !== undefined && {body}),
        headers: {authorization: `Bearer ${machine.token}`},
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: getOptions.signal ?? null,
      });
      const text = await answer.text();
      return {status: statusCode, body: text, sentAt, receivedAt: localMs(Date.now())};
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new FailureError({tried: `GET ${origin}${path}`, problem, next: null}, {cause: error});
    }
  };
  return {
    kind: 'direct',
    label: 'direct, certificate pinned',
    warning: null,
    get: (path, options) => ask(path, options),
    put: (path, body, options) => ask(path, options, body),
    close: () => pool.close(),
  };
}
