import {X509Certificate} from 'node:crypto';
import {FailureError} from '../../model/failure.ts';
import type {NodeShell} from '../node.ts';

/** What the node itself says of its kubelet's server. */
export interface ServingIdentity {
  /** SHA-256 of the certificates with which it may serve, as Node writes them (`AB:CD:…`). */
  readonly fingerprints: readonly string[];
  readonly port: number;
}

/**
 * Prints the port and the certificates (never the keys) that the kubelet may serve with: `--tls-cert-file` or
 * `tlsCertFile` where set; `kubelet-server-current.pem` (serverTLSBootstrap, rotated); the self-signed `kubelet.crt`.
 */
const script = `
pid=$(pidof kubelet | awk '{print $1}')
flag() { [ -z "$pid" ] || tr '\\0' '\\n' </proc/$pid/cmdline | awk -v f="--$1" '
  index($0, f "=") == 1 {print substr($0, length(f) + 2)} last == f {print} {last = $0}' | tail -n 1; }
field() { sed -n "s/^$1: *[\\"']\\{0,1\\}\\([^\\"' ]*\\).*/\\1/p" "$conf" 2>/dev/null | head -n 1; }
conf=$(flag config); [ -n "$conf" ] || conf=/var/lib/kubelet/config.yaml
dir=$(flag cert-dir); file=$(flag tls-cert-file); port=$(flag port)
echo "port=\${port:-$(field port)}"
for f in "\${file:-$(field tlsCertFile)}" "\${dir:-/var/lib/kubelet/pki}/kubelet-server-current.pem" "\${dir:-/var/lib/kubelet/pki}/kubelet.crt"; do
  [ -n "$f" ] && [ -r "$f" ] && sed -n '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p;/-END CERTIFICATE-/q' "$f"
done
exit 0
`.trim();

/**
 * Reads on the node how its kubelet serves: whoever can run commands there need not believe the network. Rejects with a
 * `FailureError` where there is no certificate.
 */
export async function servingIdentity(shell: NodeShell, signal?: AbortSignal): Promise<ServingIdentity> {
  const tried = "read the kubelet's serving certificate on the node";
  const reply = await shell.run(['sh', '-c', script], {...(signal && {signal})});
  const pems = reply.stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const fingerprints = pems.flatMap((pem) => {
    try {
      return [new X509Certificate(pem).fingerprint256];
    } catch {
      return [];
    }
  });
  if (fingerprints.length > 0) {
    return {fingerprints, port: Number(/^port=(\d{1,5})$/m.exec(reply.stdout)?.[1] ?? 10250)};
  }
  const problem =
    reply.stderr.trim() || 'no serving certificate in /var/lib/kubelet/pki (has the kubelet ever started?)';
  throw new FailureError({tried, problem, next: 'ktop --ca-file FILE …'});
}
