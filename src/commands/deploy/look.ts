import {FailureError} from '../../model/failure.ts';
import {folderOf, placeOf, readPlace, type UnitPlace} from '../../model/deploy/place.ts';
import {readReport, type NodeReport} from '../../model/deploy/node-report.ts';
import type {AskedNode, CommandContext} from '../command.ts';
import {lastLine} from '../../util/last-line.ts';
import {jobFunctions} from '../job/job-script.ts';
import {fileFunctions} from './sha-script.ts';

/**
 * Prints what the unit runs and where that lies, then `reported=FILE` and all that is to be known of that place. Nothing is
 * changed. `$1`: the unit, `$2`: not empty where only a deploy is looked for, `$3`: the kubelet's file, where that is known;
 * else what is told of is what it most likely is, so that one look is enough.
 */
const lookScript = String.raw`
${jobFunctions}
${fileFunctions}
bounded() { if command -v timeout >/dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi; }
hex() { head -c "$1" "$2" 2>/dev/null | od -An -tx1 | tr -d ' \n'; }
facts=$(systemctl show "$1" --property=LoadState,ActiveState,MainPID,ExecStart) || exit 1
printf '%s\n' "$facts" | grep -v '^ExecStart='
echo "arch=$(uname -m)"
pid=$(printf '%s\n' "$facts" | sed -n 's/^MainPID=//p')
exe=
[ "$pid" = 0 ] || { exe=$(readlink "/proc/$pid/exe"); echo "exe=$exe"; }
start=$(printf '%s\n' "$facts" | sed -n 's/^ExecStart={ path=\([^;]*\) ;.*/\1/p' | head -n 1)
kind=
if [ -n "$start" ]; then
  real=$(readlink -f "$start") || real=$start
  echo "start=$real"
  case $(hex 4 "$real") in 7f454c46) kind=elf ;; '') ;; *) kind=script ;; esac
  echo "kind=$kind"
fi
t=$3
if [ -z "$t" ]; then
  [ "$kind" = elf ] && t=$real || t=\${exe% (deleted)}
  t=\${t%.ktop/kept-*}
fi
case \${t##*/} in *kubelet*) ;; *) exit 0 ;; esac
echo "reported=$t"
d=$t.ktop
echo "now=$(date +%s)"
state() {
  alive && echo busy=1
  [ -f "$d/new" ] && echo new=1
  [ -r "$d/state" ] && sed 's/^/state./' "$d/state"
}
[ -z "$2" ] || { state; exit 0; }
if [ -f "$t" ]; then
  placed=$(sed -n 's/^placed=//p' "$d/state" 2>/dev/null)
  if [ -n "$placed" ] && [ "$placed" = "$(stamp "$t")" ]; then
    sed -n 's/^sha_new=/sha=/p; s/^version_new=/version=/p' "$d/state"
  else
    # What takes time goes on beside the rest: a line is written whole.
    { s=$(sha "$t"); echo "sha=$s"; } &
    { v=$(bounded "$t" --version </dev/null 2>/dev/null | head -n 1); echo "version=$v"; } &
  fi
  echo "bytes=$(stat -c %s "$t")"
  echo "placed=$(stat -c %Z "$t")"
  h=$(hex 20 "$t")
  case $h in
    7f454c46??02*) b=$(printf %s "$h" | cut -c37-40); echo "machine=$((0x$b))" ;;
    7f454c46*) b=$(printf %s "$h" | cut -c39-40)$(printf %s "$h" | cut -c37-38); echo "machine=$((0x$b))" ;;
  esac
fi
[ "$pid" != 0 ] && [ "/proc/$pid/exe" -ef "$t" ] && echo running=1
p=$(dirname "$t")
f=$(df -Pk "$p" | tail -n 1)
echo "df=$f"
m=$(printf '%s\n' "$f" | sed 's/^.* [0-9-]* *[0-9]*% *//')
while read -r _ at _ options _; do
  [ "$at" = "$m" ] && o=$options
  [ "$at" = "$t" ] && echo ismount=1
  [ "$at" = "$d" ] && echo foldermount=1
done </proc/mounts
echo "mount=$o"
[ -w "$p" ] && echo writable=1
port=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | sed -n 's/^--healthz-port=//p')
config=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | sed -n 's/^--config=//p')
[ -n "$port" ] || [ ! -r "$config" ] || port=$(sed -n 's/^ *"\{0,1\}healthzPort"\{0,1\} *: *\([0-9]*\).*/\1/p' "$config" | head -n 1)
[ -n "$port" ] || port=10248
u=http://127.0.0.1:$port/healthz
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
a=
if [ "$port" = 0 ]; then :
elif command -v curl >/dev/null 2>&1; then a=$(curl -fsS -m 2 "$u" 2>&1); a="x$a"
elif command -v wget >/dev/null 2>&1; then a=$(wget -q -T 2 -O - "$u" 2>&1); a="x$a"
elif command -v nc >/dev/null 2>&1; then a=$(printf 'GET /healthz HTTP/1.0\r\n\r\n' | nc -w 2 127.0.0.1 "$port" 2>&1); a="x$a"; fi
[ -z "$a" ] || { echo "health=$u"; case $a in *ok) echo healthz=ok ;; *) echo healthz=no ;; esac; }
state
for f in "$d"/kept-*; do
  case $f in *.info | *.tmp | *'*') continue ;; esac
  [ -f "$f" ] || continue
  echo "kept=\${f##*/} $(stat -c %s "$f") $(sed -n 's/^sha=//p' "$f.info" 2>/dev/null) $(sed -n 's/^version=//p' "$f.info" 2>/dev/null)"
done
wait
exit 0
`
  .replaceAll('\\${', '${')
  .trim();

/** Where the kubelet of a node lies, and what is there. */
export interface Look {
  readonly place: UnitPlace;
  readonly target: string;
  readonly folder: string;
  readonly report: NodeReport;
}

/** What a look at a node needs: the node as it is asked about, and a shell there. */
export interface LookContext extends AskedNode, Pick<CommandContext, 'shell' | 'unit' | 'signal'> {}

/** How long a look may take: a hash of a large file, on a slow node. */
const lookMs = 60_000;

/**
 * Looks where the kubelet lies and what is there; changes nothing. Rejects with a `FailureError` where that cannot be
 * known, or where there is no kubelet of its own to replace. A brief look tells only of a deploy that is under way or
 * was cut off; it costs the node next to nothing.
 */
export async function lookAtNode({shell, unit, commandPrefix, signal}: LookContext, isBrief = false): Promise<Look> {
  const options = {signal, timeoutMs: lookMs};
  const tried = `find the kubelet of the unit ${unit}`;
  const look = async (target: string): Promise<string> => {
    const argv = ['sh', '-c', lookScript, 'ktop-look', unit, isBrief ? 'brief' : '', target];
    const {exitCode, stdout, stderr} = await shell.run(argv, options);
    if (exitCode === 0) return stdout;
    const problem = lastLine(stderr);
    throw new FailureError({tried, problem: problem === '' ? `exit code ${exitCode}` : problem, next: null});
  };
  const first = await look('');
  const place = readPlace(first, unit);
  const found = placeOf(place);
  if ('problem' in found) {
    const next = `${commandPrefix} systemctl cat ${unit}`.trim();
    throw new FailureError({tried, problem: `${found.problem}, so deploy does not apply`, next});
  }
  const {target} = found;
  const report = readReport(place.reported === target ? first : await look(target));
  return {place, target, folder: folderOf(target), report};
}
