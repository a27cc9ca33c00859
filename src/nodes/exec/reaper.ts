import {spawn} from 'node:child_process';
import type {Writable} from 'node:stream';
import {withoutToken} from './environment.ts';

/**
 * Ends what we started when we are gone, however we went (`kill -9`, a closed pane, an exit that would not wait). It
 * reads the process groups that live, as `+ PGID` (from each itself) and `- PGID` (from us), and its input ends with us. What was started has seen
 * the end of its own input by then: it gets a moment to go in order, then SIGTERM, then SIGKILL.
 */
const script = `
trap '' INT QUIT HUP TERM TSTP
g=
while read -r sign p; do
  case $sign in
    +) g="$g $p" ;;
    -) n=; for o in $g; do [ "$o" = "$p" ] || n="$n $o"; done; g=$n ;;
  esac
done
left() { n=; for p in $g; do kill -0 "-$p" 2>/dev/null && n="$n $p"; done; g=$n; [ -n "$g" ]; }
grace() { i=0; while [ $i -lt 3 ] && left; do sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done; }
all() { for p in $g; do kill "-$1" "-$p" 2>/dev/null; done; }
grace; all TERM; grace; all KILL
`.trim();

let input: Writable | null = null;

/**
 * Where a program that is started says that it lives, as `registering` does, before it becomes what it is; the helper is
 * there from then on. Its end is seen by the helper only when all who may still register are gone, too: so nothing is
 * missed, whenever we are killed. Null where there is no helper; without one we still end everything ourselves, as long as
 * we live.
 */
export function registry(): Writable | null {
  input ??= start();
  return input.destroyed ? null : input;
}

/**
 * The command that runs `argv` in the place of this shell, after it has told its group to the registry, which is its
 * file descriptor 3 and is closed then. A registry that nobody reads any more is no reason not to run it.
 */
export function registering(argv: readonly string[]): readonly [file: string, ...args: string[]] {
  return ['/bin/sh', '-c', '(echo "+ $$" >&3) 2>/dev/null; exec "$@" 3>&-', 'ktop', ...argv];
}

/** The group has ended: its number may soon be somebody else's. */
export function releaseGroup(pgid: number): void {
  input?.write(`- ${pgid}\n`);
}

/** One for the whole program, started with the first program that needs it; it does not keep us alive. */
function start(): Writable {
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: withoutToken(process.env),
  });
  const {stdin} = child;
  child.on('error', () => stdin.destroy());
  child.on('exit', () => stdin.destroy());
  stdin.on('error', () => undefined);
  child.unref();
  return stdin;
}
