import {access} from 'node:fs/promises';
import {FailureError} from '../../model/failure.ts';
import {checkToken, type ClientCertificate, type Credential} from './credential.ts';
import {parseJson, textAt} from '../../util/json.ts';
import type {ExecPlugin, KubeContext} from './kubeconfig.ts';
import {onPath} from '../exec/runnable.ts';
import {isPair, pemProblem, readMaterial} from './pem.ts';
import {runLocal} from '../exec/local-command.ts';
import type {Env} from '../exec/environment.ts';
import {SharedRun} from '../../util/shared-run.ts';
import {lastLine} from '../../util/last-line.ts';

interface ExecCredential {
  readonly token: string | null;
  readonly certificate: ClientCertificate | null;
  readonly validUntil: number;
}

/** A plugin may ask an identity provider on the network. */
const pluginTimeoutMs = 30_000;
/** Fetched anew this long before the end, so that no request carries a token that expires on its way. */
const marginMs = 30_000;

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** A credential that a program gives (`users[].user.exec`, client-go `plugin/pkg/client/auth/exec`). */
export function execCredential(plugin: ExecPlugin, context: KubeContext, env: Env): Credential {
  let kept: SharedRun<ExecCredential> | null = null;
  const start = () => new SharedRun((signal) => runPlugin(plugin, context, env, signal));
  const current = async (signal?: AbortSignal): Promise<ExecCredential> => {
    const before = kept;
    if (before !== null && !before.isOver) {
      const credential = await before.result(signal);
      if (Date.now() < credential.validUntil) return credential;
    }
    // Of several who find it expired the first runs the plugin for all.
    if (kept === before) kept = start();
    const fresh = (kept ??= start());
    try {
      return await fresh.result(signal);
    } catch (error) {
      // One who was called off goes alone, as long as others wait.
      if (kept === fresh && !signal?.aborted) kept = null;
      throw error;
    }
  };
  return {
    label: labelOf(plugin),
    authorization: async (signal) => {
      const {token} = await current(signal);
      return token === null ? null : `Bearer ${token}`;
    },
    certificate: async (signal) => (await current(signal)).certificate,
    forget: () => (kept = null),
  };
}

const labelOf = (plugin: ExecPlugin) => `credential of the plugin ${plugin.command}`;

async function runPlugin(
  plugin: ExecPlugin,
  context: KubeContext,
  env: Env,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const tried = `run the credential plugin ${plugin.command}`;
  const unfit = (problem: string) =>
    new FailureError({code: 'bad-config', tried, problem, next: 'kubectl config view'});
  const {apiVersion, interactiveMode} = plugin;
  if (!versions.includes(apiVersion)) throw unfit(`it speaks "${apiVersion}", and ktop only ${versions.join(' and ')}`);
  if (interactiveMode === 'Always') throw unfit('it wants to ask on the terminal (interactiveMode: Always)');
  if (!(await isThere(plugin.command, env))) {
    // A hint is for people to read, and no command of ours to type.
    const hint = plugin.installHint?.trim().split('\n')[0]?.slice(0, 200) ?? '';
    const problem = `there is no such program${hint === '' ? '' : `; the kubeconfig says: "${hint}"`}`;
    throw new FailureError({code: 'not-found', tried, problem, next: null});
  }
  const cluster = plugin.provideClusterInfo ? {cluster: await clusterInfo(context)} : {};
  const info = {kind: 'ExecCredential', apiVersion, spec: {interactive: false, ...cluster}};
  const result = await runLocal(plugin.command, plugin.args, {
    env: {...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info)},
    timeoutMs: pluginTimeoutMs,
    signal,
  });
  const next = 'kubectl auth whoami';
  if (result.exitCode !== 0) {
    const output = lastLine(result.stderr);
    const problem = output === '' ? `it ended with exit code ${result.exitCode ?? 'unknown'}` : `it failed: ${output}`;
    throw new FailureError({tried, problem, next});
  }
  const answer = parseJson(result.stdout);
  const answered = textAt(answer, 'apiVersion');
  if (answered !== undefined && answered !== apiVersion) {
    throw unfit(`it answers in "${answered.slice(0, 100)}", and the kubeconfig says "${apiVersion}"`);
  }
  const token = textAt(answer, 'status', 'token') ?? '';
  const cert = textAt(answer, 'status', 'clientCertificateData') ?? '';
  const key = textAt(answer, 'status', 'clientKeyData') ?? '';
  const expires = Date.parse(textAt(answer, 'status', 'expirationTimestamp') ?? '');
  const hasPair = cert !== '' && key !== '';
  if (token === '' && !hasPair) {
    throw new FailureError({tried, problem: 'it answered without a token and without a certificate', next});
  }
  if (hasPair) {
    const problem =
      pemProblem(cert, 'certificate') ??
      pemProblem(key, 'key') ??
      (isPair(cert, key) ? null : "the key is another one's");
    if (problem !== null) throw new FailureError({tried, problem: `of its certificate and key: ${problem}`, next});
  }
  return {
    token: token === '' ? null : checkToken(labelOf(plugin), token),
    certificate: hasPair ? {cert, key} : null,
    validUntil: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires - marginMs,
  };
}

async function isThere(command: string, env: Env): Promise<boolean> {
  if (!command.includes('/')) return onPath(command, env);
  return access(command).then(
    () => true,
    () => false,
  );
}

/** What the plugin may know of the cluster, as client-go's `ConfigToExecCluster` puts it together. */
async function clusterInfo(context: KubeContext): Promise<object> {
  const {server, serverName, insecure, ca, proxy, execConfig} = context;
  const authority = ca === null ? null : Buffer.from(await readMaterial(ca, 'certificate'), 'utf8').toString('base64');
  return {
    server,
    ...(serverName !== null && {'tls-server-name': serverName}),
    ...(insecure && {'insecure-skip-tls-verify': true}),
    ...(authority !== null && {'certificate-authority-data': authority}),
    ...(proxy !== null && {'proxy-url': proxy}),
    ...(execConfig !== null && {config: execConfig}),
  };
}
