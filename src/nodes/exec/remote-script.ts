import type {AfterCopy} from '../node.ts';

/**
 * The shell script in which every command runs on a node, whatever the provider. Killing a local `docker exec` or `ssh`
 * leaves the process on the node running, so this watches its standard input: when that ends (we closed it, or we are
 * gone, even by SIGKILL), the command's whole process group is ended. It also ends when the command ends by itself.
 *
 * The command and its arguments are positional parameters (`"$@"`) and never part of the script's text. `$1` is the
 * number of bytes of standard input that belong to the command, or `-` for all of it as it comes. The last line on
 * standard error carries the exit code: without it the connection was lost, or the command never ran, which the exit code of `docker exec` cannot tell.
 *
 * Three processes: one feeds standard input and notices its end, one runs the command, and the first one passes signals
 * between them (it cannot simply wait for the command: `wait` in dash waits for the whole pipeline).
 *
 * The signals of a terminal are not for it: where it runs on this machine (`sudo`), a ctrl-C or a closed pane must not
 * take away who ends the command.
 *
 * The 2 s before SIGKILL are waited in tenths where `sleep` knows fractions (coreutils, busybox), so that nothing lingers.
 */
const script = `
n=$1; shift
trap '' INT QUIT HUP
exec 3<&0
r=
trap 'kill -TERM $r' TERM
trap 'kill -USR1 $r' USR1
trap 'exit 0' USR2
{
  trap - TERM USR1 USR2
  case $n in
    -) cat <&3 2>/dev/null ;;
    0) ;;
    *) head -c "$n" <&3 ;;
  esac
  exec >/dev/null 2>&1
  cat <&3
  kill -TERM $$
  i=0; while [ $i -lt 20 ] && kill -0 $$; do sleep 0.1 || sleep 1; i=$((i+1)); done
  kill -USR1 $$
} | {
  exec 3<&- 4<&0 5>&2
  p= s=setsid g=-
  command -v setsid >/dev/null 2>&1 || s= g=
  end() { exec 2>/dev/null; kill "-$1" "$g$p"; }
  trap 'end TERM' TERM
  trap 'end KILL' USR1
  trap - USR2
  (trap - INT QUIT HUP; exec $s "$@") <&4 4<&- 5>&- &
  p=$!
  wait "$p"; c=$?
  while kill -0 "$p" 2>/dev/null; do wait "$p"; c=$?; done
  trap '' TERM USR1
  printf '\\nktop-exit:%d\\n' "$c" >&5
  kill -USR2 $$
} &
r=$!
while kill -0 "$r" 2>/dev/null; do wait "$r"; done
`.trim();

/** The argument list to run on the node: `sh -c SCRIPT ktop BYTES COMMAND ARGUMENT…`. */
export function wrapped(argv: readonly string[], inputBytes: number | '-'): readonly string[] {
  return ['sh', '-c', script, 'ktop', String(inputBytes), ...argv];
}

/** What standard error of a wrapped command says: its own text, and the exit code (null where the end mark is missing). */
export function readEnd(stderr: string): {readonly exitCode: number | null; readonly stderr: string} {
  const mark = /\n?ktop-exit:(\d{1,3})\s*$/.exec(stderr);
  if (mark === null) return {exitCode: null, stderr};
  return {exitCode: Number(mark[1]), stderr: stderr.slice(0, mark.index)};
}

/**
 * A copy takes its bytes itself, without the processes of `script` between: each of them would carry all of a large file
 * once more. It counts them and ends by itself, and where its standard input ends before (the reader is gone, the link is
 * cut) it takes away what it has. Nothing is said before that: a stream that is gone would end the shell.
 *
 * `dd` reads pieces as large as a pipe; `head` of coreutils takes 8 KB at a time, which is half as quick again. Where `dd`
 * does not know how (an old busybox), or cannot write (what `head` then says), `head` has its turn.
 *
 * `$5` is a script that reads the copy beside it as it grows: what it is given is read back from the file, so what it
 * finds out is true of what lies there. `$6` is run when the copy has its name, with what the other one has printed as
 * its first argument. An empty line says that it begins; its exit code is that of the whole.
 */
const copyScript = `
trap '' INT QUIT HUP
t=
end() {
  c=$1; shift
  [ -z "$t" ] || rm -f "$t" "$t.read"
  [ $# -eq 0 ] || printf '%s\\n' "$*" >&2
  printf '\\nktop-exit:%d\\n' "$c" >&2
  exit "$c"
}
trap 'end 1' TERM
grown() {
  while kill -0 $$ && b=$(stat -c %s "$t"); do
    cat <&7
    [ "$b" -lt "$1" ] || break
    sleep 0.02 || sleep 1
  done
}
to=$1 n=$2 mode=$3 beside=$5 after=$6
[ -z "$4" ] || { mkdir -p "\${to%/*}" && rm -f "$to".ktop.*; } || end 1
t=$(mktemp "$to.ktop.XXXXXX") || end 1
r=
[ -z "$beside" ] || { grown "$n" 7<"$t" 2>/dev/null | sh -c "$beside" >"$t.read" 2>/dev/null & r=$!; }
{ dd bs=64k count="$n" iflag=fullblock,count_bytes 2>/dev/null || head -c "$n"; } >"$t" || end 1
b=$(wc -c <"$t")
[ "$b" -eq "$n" ] || end 1 "only $b of $n bytes arrived"
# It looks at the file by its first name until it has read all of it.
[ -z "$r" ] || wait "$r"
chmod "$mode" "$t" && mv -f "$t" "$to" || end 1
if [ -n "$after" ]; then
  echo
  read=$(cat "$t.read")
  rm -f "$t.read"
  t= c=0
  shift 6
  sh -c "$after" ktop-copied "$read" "$@" </dev/null || c=$?
  end "$c"
fi
t=
end 0
`.trim();

/**
 * The argument list that writes the first bytes of standard input to a file on the node: beside it first, checked for
 * its length, then renamed over it, so that a copy that breaks off never leaves half a file (a half kubelet binary) under
 * the real name. It says its exit code as what is `wrapped` does, and is not to be wrapped.
 */
export function copyInCommand(
  remotePath: string,
  bytes: number,
  {
    mode,
    makesFolder,
    after,
  }: {
    readonly mode: number;
    readonly makesFolder: boolean;
    readonly after: AfterCopy | undefined;
  },
): readonly string[] {
  const folder = makesFolder ? 'folder' : '';
  const then = after === undefined ? [] : [after.beside, after.script, ...after.args];
  return ['sh', '-c', copyScript, 'ktop-copy', remotePath, String(bytes), mode.toString(8), folder, ...then];
}
