/**
 * What a job on the node has in common with those who start and follow it. A job is a script that changes the node and
 * must not stop half-way: it runs by itself (a transient unit of systemd), so that neither a killed ktop nor a cut link
 * ends it. One at a time: `/run/ktop/job.pid` says which process it is, and as long as it runs it holds
 * `/run/ktop/job.lock`, in which others read what goes on. What it does is a line each in `log` beside its script:
 * uptime, word, text; the last one has the word `end`.
 *
 * - `alive`: whether a job runs (`$p` is then its process).
 * - `take WORDS`, `give`: a job's first and its last act.
 * - `note WORD TEXT`: a line of the log of the job in `$d`.
 */
export const jobFunctions = String.raw`
pidfile=/run/ktop/job.pid
joblock=/run/ktop/job.lock
alive() {
  p=$(cat $pidfile 2>/dev/null) && [ -n "$p" ] &&
    tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | grep -q '\.ktop/guard \|/run/ktop/job/script '
}
take() {
  mkdir -p /run/ktop
  if command -v flock >/dev/null 2>&1 && exec 8>>$joblock; then flock -n 8 && echo "$1" >$joblock; fi
  echo $$ >$pidfile
}
give() { : >$joblock; rm -f $pidfile; }
note() { printf '%s %s %s\n' "$(cut -d' ' -f1 /proc/uptime)" "$1" "$2" >>"$d/log"; }
`.trim();

/**
 * Prints the log from line `$2` on, a line when it is written, an empty one each second so that who reads knows that the
 * link holds, and `over` when no job runs any more. `$1`: the job's folder.
 */
const follow = String.raw`
follow() {
  i=1 q=0
  exec 3<"$1/log" || exit 1
  while [ $i -lt "$2" ] && IFS= read -r l <&3; do i=$((i + 1)); done
  while :; do
    # Looked at before the log: what the job wrote last is read yet.
    alive && o= || o=over
    while IFS= read -r l <&3; do printf '%s\n' "$l"; done
    [ -z "$o" ] || { echo over; exit 0; }
    q=$((q + 1)); [ $((q % 10)) -ne 0 ] || echo
    # Most of what takes a moment only is over soon.
    [ $q -lt 60 ] && w=0.05 || w=0.1
    sleep $w 2>/dev/null || sleep 1
  done
}
`.trim();

export const followScript = `${jobFunctions}\n${follow}\nfollow "$1" "$2"`;

/**
 * Waits for the files of a job on standard input, writes them and starts it, as a unit of its own where there is
 * `systemd-run`, so that it belongs to no session; prints `started`, and then what `followScript` does. `$1`: the folder,
 * `$2`: the unit's name, `$3`: the script's file, then the job's arguments. On standard input come for each file a line
 * with its name and its number of bytes, and these; an empty line ends them. What comes then are words for the job: each
 * becomes an empty file of this name in its folder. Exit code 75: another job is under way.
 */
export const startScript = String.raw`
${jobFunctions}
${follow}
umask 077
d=$1 unit=$2 script=$3 given=
shift 3
trap 'rm -f "$d"/*.tmp; exit 1' TERM
while IFS=' ' read -r name bytes; do
  [ -n "$name" ] || { given=1; break; }
  alive && exit 75
  mkdir -p "$d" || exit 1
  { dd bs=64k count="$bytes" iflag=fullblock,count_bytes 2>/dev/null || head -c "$bytes"; } >"$d/$name.tmp"
  [ "$(wc -c <"$d/$name.tmp")" -eq "$bytes" ] || { rm -f "$d/$name.tmp"; echo "$name did not arrive whole" >&2; exit 1; }
  mv -f "$d/$name.tmp" "$d/$name" || exit 1
done
[ -n "$given" ] || { echo 'what it is to do did not arrive' >&2; exit 1; }
rm -f $pidfile
: >"$d/log" || exit 1
s=
if command -v systemd-run >/dev/null 2>&1; then
  begin() { systemd-run --quiet --collect --unit="$unit" /bin/sh "$d/$script" "$@" 2>/dev/null; }
  # One of the same name that failed may be in the way.
  if begin "$@" || { systemctl reset-failed "$unit.service" 2>/dev/null; begin "$@"; }; then s=1; fi
fi
[ -n "$s" ] || setsid sh "$d/$script" "$@" </dev/null >/dev/null 2>&1 &
exec 4<&0
while IFS= read -r word; do
  case $word in '' | *[!a-z0-9-]*) ;; *) alive && : >"$d/$word" ;; esac
done <&4 >/dev/null 2>&1 &
hears=$!
trap 'kill $hears 2>/dev/null' EXIT
i=0
while [ $i -lt 40 ] && [ ! -s $pidfile ] && [ ! -s "$d/log" ]; do sleep 0.05 2>/dev/null || sleep 1; i=$((i + 1)); done
echo started
follow "$d" 1
`.trim();
