import {Duplex} from 'node:stream';
import type {Address} from '../kube/https-endpoint.ts';
import {launch, type Launcher} from './launcher.ts';
import {lastLine} from '../../util/last-line.ts';

/**
 * Joins standard input and output to a TCP connection that is made on the node, with what is there: socat, bash's
 * `/dev/tcp`, or nc. It ends when either side does, also when we are gone. (For what comes by ssh bash would read
 * `.bashrc`, and print what that prints into the connection.)
 */
const script = `
if command -v socat >/dev/null 2>&1; then exec socat - "TCP:$1:$2"; fi
if command -v bash >/dev/null 2>&1; then exec bash --norc -c '
exec 3<>"/dev/tcp/$1/$2" || exit 1
exec 4<&0
cat <&3 & c=$!
{ cat <&4 >&3; kill $c; } >/dev/null 2>&1 &
wait $c 2>/dev/null; exit 0' ktop "$1" "$2"; fi
if command -v nc >/dev/null 2>&1; then exec nc "$1" "$2"; fi
echo "the node has neither socat nor bash nor nc" >&2; exit 1
`.trim();

/** Its end there is the end of its input; what carries it there does not wait for more. */
const endGraceMs = 300;

/** Opens one such connection. TLS runs inside it, so the node sees no token, in its process list or anywhere else. */
export async function openTunnel(launcher: Launcher, address: Address, signal: AbortSignal): Promise<Duplex> {
  signal.throwIfAborted();
  const argv = ['sh', '-c', script, 'ktop', address.host, String(address.port)];
  const {stdin, stdout, output, ended, kill} = await launch(launcher, argv);
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      if (stdin.write(chunk) || stdin.destroyed) done();
      else stdin.once('drain', done);
    },
    final: (done) => stdin.end(done),
    destroy: (error, done) => {
      stdin.end();
      setTimeout(kill, endGraceMs).unref();
      done(error);
    },
  });
  stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  void ended.then(({exitCode}) => {
    const why = lastLine(output());
    if (exitCode === 0 || stream.destroyed) stream.push(null);
    else stream.destroy(new Error(why === '' ? 'the connection through the node was lost' : why));
  });
  return stream;
}
