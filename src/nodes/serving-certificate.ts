import {X509Certificate} from 'node:crypto';
import {FailureError} from '../model/failure.ts';
import type {NodeShell} from './node.ts';

/**
 * Prints the certificates (never the keys) that the kubelet may serve with: `--tls-cert-file` or `tlsCertFile` where
 * set; else `kubelet-server-current.pem` (serverTLSBootstrap, rotated) and the self-signed `kubelet.crt`.
 */
const printCertificates = `
pid=$(pidof kubelet | awk '{print $1}')
flag() { [ -z "$pid" ] || tr '\\0' '\\n' </proc/$pid/cmdline | awk -v f="--$1" '
  index($0, f "=") == 1 {print substr($0, length(f) + 2)} last == f {print} {last = $0}' | tail -n 1; }
conf=$(flag config); dir=$(flag cert-dir); file=$(flag tls-cert-file)
[ -n "$file" ] || file=$(sed -n 's/^tlsCertFile: *"\\{0,1\\}\\([^"]*\\)"\\{0,1\\} *$/\\1/p' "\${conf:-/var/lib/kubelet/config.yaml}" 2>/dev/null)
for f in "$file" "\${dir:-/var/lib/kubelet/pki}/kubelet-server-current.pem" "\${dir:-/var/lib/kubelet/pki}/kubelet.crt"; do
  [ -n "$f" ] && [ -r "$f" ] && sed -n '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p;/-END CERTIFICATE-/q' "$f"
done
exit 0
`.trim();

/**
 * The SHA-256 fingerprints of the certificates with which the node's own kubelet may serve, read on the node itself:
 * whoever can run commands there need not believe the network. Rejects with a `FailureError` where there are none.
 */
export async function servingFingerprints(shell: NodeShell, signal?: AbortSignal): Promise<readonly string[]> {
  const tried = "read the kubelet's serving certificate on the node";
  const reply = await shell.run(['sh', '-c', printCertificates], {...(signal && {signal})});
  const pems = reply.stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = pems.flatMap((pem) => {
    try {
      return [new X509Certificate(pem).fingerprint256];
    } catch {
      return [];
    }
  });
  if (found.length > 0) return found;
  const problem = reply.stderr.trim() || 'there is none in /var/lib/kubelet/pki (has the kubelet ever started?)';
  throw new FailureError({tried, problem, next: 'ktop --ca-file FILE …'});
}
