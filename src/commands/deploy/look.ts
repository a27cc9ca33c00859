import {FailureError} from '../../model/failure.ts';
import {folderOf, placeOf, readPlace, type UnitPlace} from '../../model/deploy/place.ts';
import {readReport, type NodeReport} from '../../model/deploy/node-report.ts';
import type {AskedNode, CommandContext} from '../command.ts';
import {lastLine} from '../../util/last-line.ts';

/** Prints what the unit runs and where that lies. `$1`: the unit. Nothing is changed. */
const placeScript = String.raw`
facts=$(systemctl show "$1" --property=LoadState,ActiveState,MainPID,ExecStart) || exit 1
printf '%s\n' "$facts" | grep -v '^ExecStart='
echo "arch=$(uname -m)"
pid=$(printf '%s\n' "$facts" | sed -n 's/^MainPID=//p')
[ "$pid" = 0 ] || echo "exe=$(readlink "/proc/$pid/exe")"
start=$(printf '%s\n' "$facts" | sed -n 's/^ExecStart={ path=\([^;]*\) ;.*/\1/p' | head -n 1)
[ -n "$start" ] || exit 0
real=$(readlink -f "$start") || real=$start
echo "start=$real"
case $(head -c 4 "$real" 2>/dev/null | od -An -tx1 | tr -d ' \n') in
  7f454c46) echo kind=elf ;;
  '') ;;
  *) echo kind=script ;;
esac
`.trim();

/** Prints all that is to be known of the place. `$1`: the kubelet's file, `$2`: ktop's folder, `$3`: the unit, `$4`: not empty where only a deploy is looked for. */
const reportScript = String.raw`
t=$1 d=$2
sha() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d' ' -f1
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1" | cut -d' ' -f1
  else busybox sha256sum <"$1" | cut -d' ' -f1; fi
}
bounded() { if command -v timeout >/dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi; }
pid=$(systemctl show "$3" --property=MainPID | sed 's/^MainPID=//')
echo "now=$(date +%s)"
state() {
  g=$(cat /run/ktop-deploy.pid 2>/dev/null)
  [ -n "$g" ] && tr '\0' ' ' 2>/dev/null <"/proc/$g/cmdline" | grep -q '\.ktop/guard ' && echo busy=1
  [ -f "$d/new" ] && echo new=1
  [ -r "$d/state" ] && sed 's/^/state./' "$d/state"
}
[ -z "$4" ] || { state; exit 0; }
if [ -f "$t" ]; then
  echo "sha=$(sha "$t")"
  echo "bytes=$(stat -c %s "$t")"
  echo "placed=$(stat -c %Z "$t")"
  echo "version=$(bounded "$t" --version </dev/null 2>/dev/null | head -n 1)"
  h=$(head -c 20 "$t" | od -An -tx1 | tr -d ' \n')
  case $h in
    7f454c46??02*) b=$(printf %s "$h" | cut -c37-40); echo "machine=$((0x$b))" ;;
    7f454c46*) b=$(printf %s "$h" | cut -c39-40)$(printf %s "$h" | cut -c37-38); echo "machine=$((0x$b))" ;;
  esac
fi
[ "$pid" != 0 ] && [ "/proc/$pid/exe" -ef "$t" ] && echo running=1
p=$(dirname "$t")
echo "df=$(df -Pk "$p" | tail -n 1)"
m=$(df -Pk "$p" | tail -n 1 | sed 's/^.* [0-9-]* *[0-9]*% *//')
echo "mount=$(while read -r _ at _ options _; do [ "$at" = "$m" ] && o=$options; done </proc/mounts; echo "$o")"
while read -r _ at _; do [ "$at" = "$t" ] && echo ismount=1; done </proc/mounts
while read -r _ at _; do [ "$at" = "$d" ] && echo foldermount=1; done </proc/mounts
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
  const where = await shell.run(['sh', '-c', placeScript, 'ktop-place', unit], options);
  if (where.exitCode !== 0) {
    const problem = lastLine(where.stderr);
    throw new FailureError({tried, problem: problem === '' ? `exit code ${where.exitCode}` : problem, next: null});
  }
  const place = readPlace(where.stdout, unit);
  const found = placeOf(place);
  if ('problem' in found) {
    const next = `${commandPrefix} systemctl cat ${unit}`.trim();
    throw new FailureError({tried, problem: `${found.problem}, so deploy does not apply`, next});
  }
  const {target} = found;
  const folder = folderOf(target);
  const {stdout} = await shell.run(
    ['sh', '-c', reportScript, 'ktop-report', target, folder, unit, isBrief ? 'brief' : ''],
    options,
  );
  return {place, target, folder, report: readReport(stdout)};
}
