import {FailureError} from '../../model/failure.ts';
import type {ClientCertificate, Credential} from './credential.ts';
import {parseJson, textAt} from '../../util/json.ts';
import type {ExecPlugin, KubeContext} from './kubeconfig.ts';
import {runLocal, type Env} from '../exec/local-command.ts';

interface ExecCredential {
  readonly token: string | null;
  readonly certificate: ClientCertificate | null;
  readonly validUntil: number;
}

/** A plugin may ask an identity provider on the network. */
const pluginTimeoutMs = 30_000;
/** Fetched anew this long before the end, so that no request carries a token that expires on its way. */
const marginMs = 30_000;

/** A credential that a program gives (`users[].user.exec`, client-go `plugin/pkg/client/auth/exec`). */
export function execCredential(plugin: ExecPlugin, context: KubeContext, env: Env): Credential {
  let kept: Promise<ExecCredential> | null = null;
  const current = async (): Promise<ExecCredential> => {
    kept ??= runPlugin(plugin, context, env);
    try {
      const credential = await kept;
      if (Date.now() < credential.validUntil) return credential;
      return await (kept = runPlugin(plugin, context, env));
    } catch (error) {
      kept = null;
      throw error;
    }
  };
  return {
    label: `credential of the plugin ${plugin.command}`,
    token: async () => (await current()).token,
    certificate: async () => (await current()).certificate,
    forget: () => (kept = null),
  };
}

async function runPlugin(plugin: ExecPlugin, context: KubeContext, env: Env): Promise<ExecCredential> {
  const tried = `run the credential plugin ${plugin.command}`;
  const cluster = plugin.provideClusterInfo ? {cluster: {server: context.server}} : {};
  const info = {kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec: {interactive: false, ...cluster}};
  const result = await runLocal(plugin.command, plugin.args, {
    env: {...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info)},
    timeoutMs: pluginTimeoutMs,
  });
  const next = plugin.installHint?.split('\n')[0] ?? 'kubectl auth whoami';
  if (result.exitCode !== 0) {
    const output = result.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    const problem = output === '' ? `it ended with exit code ${result.exitCode ?? 'unknown'}` : `it failed: ${output}`;
    throw new FailureError({tried, problem, next});
  }
  const status = parseJson(result.stdout);
  const token = textAt(status, 'status', 'token') ?? null;
  const cert = textAt(status, 'status', 'clientCertificateData');
  const key = textAt(status, 'status', 'clientKeyData');
  const expires = Date.parse(textAt(status, 'status', 'expirationTimestamp') ?? '');
  if (token === null && (cert === undefined || key === undefined)) {
    throw new FailureError({tried, problem: 'it answered without a token and without a certificate', next});
  }
  return {
    token,
    certificate: cert !== undefined && key !== undefined ? {cert, key} : null,
    validUntil: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires - marginMs,
  };
}
