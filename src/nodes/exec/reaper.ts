import {spawn} from 'node:child_process';
import type {Writable} from 'node:stream';
import {withoutToken} from './environment.ts';

/**
 * Ends what we started when we are gone, however we went (`kill -9`, a closed pane, an exit that would not wait). It
 * reads the process groups that live, as `+ PGID` and `- PGID`, and its input ends with us. What was started has seen
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

/** Call it before the first program is started: it must be there when we are killed a moment after. */
export function startReaper(): void {
  input ??= start();
}

/** From now on the group ends with us at the latest. */
export function guardGroup(pgid: number): void {
  tell(`+ ${pgid}\n`);
}

/** The group has ended: its number may soon be somebody else's. */
export function releaseGroup(pgid: number): void {
  tell(`- ${pgid}\n`);
}

function tell(line: string): void {
  startReaper();
  input?.write(line);
}

/** One for the whole program, started with the first program that needs it; it does not keep us alive. */
function start(): Writable {
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: withoutToken(process.env),
  });
  // Without a reaper we still end everything ourselves, as long as we live.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return child.stdin;
}
