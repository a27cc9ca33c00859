import {jobFunctions} from '../job/job-script.ts';

/** Where the job lies: gone with a reboot. */
export const jobFolder = '/run/ktop/job';

/**
 * The job (`job-script.ts`) that changes the flags on the node, and finishes or undoes by itself. Its log has the words
 * `step`, and `end HOW …`.
 *
 * The change is tried as a drop-in in `/run/systemd/system.control`, which has precedence over one of the same name in
 * `/etc/systemd/system` (systemd.unit(5)), and is gone with a reboot: until the kubelet was seen healthy with it, nothing
 * of it can outlive the boot. To try without the drop-in, a link to `/dev/null` masks it.
 *
 * Healthy is: active within the seconds to wait, and from then on the same process for 5 s (10 s where nothing can be asked), with
 * the flags on its command line, answering at each port where it answered before. A count of restarts that grows is a crash, as in `unit-state.ts`.
 *
 * Arguments: `set` or `reset`, the unit's full name, seconds to wait, then an address each that may answer. Files beside
 * it: `new` (the drop-in), `want` (the flags, a line each).
 */
export const jobScript = String.raw`
mode=$1 u=$2 wait=$3
shift 3
d=${jobFolder}
${jobFunctions}
take "a job of ktop that changes flags of $u, until it has finished or undone it"
trap '' HUP INT PIPE
name=90-ktop.conf
trial=/run/systemd/system.control/$u.d
keep=/etc/systemd/system/$u.d
end() { rm -f "$d/new" "$d/want"; note end "$*"; give; exit 0; }
up() { cut -d. -f1 /proc/uptime; }
said() { systemctl show "$u" --property="$1" | cut -d= -f2-; }
# Anything that answers; the plain health port must say that all is well.
answers() {
  case $1 in http:*) f=-f ;; *) f= ;; esac
  if command -v curl >/dev/null 2>&1; then curl -ks $f -o /dev/null --max-time 3 --noproxy '*' "$1"; return; fi
  p=\${1##*:}; p=\${p%%/*}
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi ":$(printf '%04X' "$p") [0-9A-F]*:0000 0A"
}
# The flags that are wanted are on the command line of $pid.
wanted() {
  tr '\n\0' ' \n' <"/proc/$pid/cmdline" >"$d/cmdline" 2>/dev/null || return 1
  while IFS= read -r w; do grep -qxF -e "$w" "$d/cmdline" || return 1; done <"$d/want"
}
why=
healthy() {
  until=$(($(up) + wait)); since=; last=; least=
  while :; do
    sleep 0.5 2>/dev/null || sleep 1
    # Who is well by then is only watched a little longer.
    [ -n "$since" ] || [ "$(up)" -lt "$until" ] || { why="it was not healthy within $wait s\${how:+: $how}"; return 1; }
    state=$(said ActiveState); pid=$(said MainPID); n=$(said NRestarts); n=\${n:-0}
    [ -n "$least" ] && [ "$n" -gt "$least" ] && { why='it has ended and was started again'; return 1; }
    [ -n "$least" ] && [ "$least" -le "$n" ] || least=$n
    case $state in
      failed) why='the unit is failed'; return 1 ;;
      active) ;;
      *) how="the unit is $state"; last= since=; continue ;;
    esac
    [ "\${pid:-0}" != 0 ] && [ "$pid" != "$old" ] || { how='it was not started' since=; continue; }
    [ "$pid" = "$last" ] || { last=$pid since=; }
    bad=
    for a in $asked; do answers "$a" || bad=$a; done
    [ -z "$bad" ] || { how="$bad does not answer" since=; continue; }
    [ -n "$since" ] || since=$(up)
    settle=10; [ -z "$asked" ] || settle=5
    how='it runs'
    [ $(($(up) - since)) -ge "$settle" ] || continue
    [ "$1" = any ] || wanted || { why='the flags are not on its command line'; return 1; }
    return 0
  done
}
restart() {
  old=$(said MainPID)
  systemctl reset-failed "$u" 2>/dev/null
  systemctl restart --no-block "$u"
}
untry() { rm -f "$trial/$name"; rmdir "$trial" /run/systemd/system.control 2>/dev/null; systemctl daemon-reload; }

[ "$mode" != reset ] || [ -e "$keep/$name" ] || [ -e "$trial/$name" ] || end done 'there was nothing to take away'
asked=
for a; do answers "$a" && asked="$asked $a"; done
was=well; [ "$(said ActiveState)" = active ] || was=unwell
mkdir -p "$trial" || end failed "no folder $trial"
if [ "$mode" = set ]; then
  cp "$d/new" "$trial/.$name.new" && chmod 644 "$trial/.$name.new" && mv -f "$trial/.$name.new" "$trial/$name" || { untry; end failed "$trial/$name cannot be written"; }
else
  ln -sf /dev/null "$trial/$name" || { untry; end failed "$trial/$name cannot be written"; }
fi
systemctl daemon-reload || { untry; end failed 'systemctl daemon-reload failed'; }
[ "$(said LoadState)" = loaded ] || { untry; end failed 'systemd does not take the unit with it'; }
[ "$mode" = reset ] || case " $(said DropInPaths) " in
  *" $trial/$name "*) ;;
  *) untry; end failed "systemd does not read $trial/$name" ;;
esac
note step 'systemctl daemon-reload, systemctl restart: waiting until it is healthy'
restart
if healthy || { [ "$mode" = reset ] && [ "$was" = unwell ]; }; then
  if [ "$mode" = set ]; then
    made=; [ -d "$keep" ] || { mkdir -p "$keep" && made=1; }
    { [ -z "$made" ] && ! grep -qsx '# The folder is here for this file only.' "$keep/$name" || echo '# The folder is here for this file only.'; cat "$d/new"; } >"$keep/.$name.new" &&
      chmod 644 "$keep/.$name.new" && mv -f "$keep/.$name.new" "$keep/$name" || { rm -f "$keep/.$name.new"; kept=no; }
  else
    made=$(grep -sx '# The folder is here for this file only.' "$keep/$name")
    rm -f "$keep/$name" || kept=no
    [ -z "$made" ] || rmdir "$keep" 2>/dev/null
  fi
  sync "$keep" 2>/dev/null
  [ "\${kept:-}" != no ] || why="$keep/$name cannot be written"
  [ "\${kept:-}" = no ] || { untry; end done "\${why:-healthy}"; }
fi
note step "undoing: $why"
journalctl --unit="$u" --lines=1000 --output=json --output-fields=MESSAGE,_SYSTEMD_INVOCATION_ID --no-pager --quiet >"$d/journal" 2>/dev/null
untry
restart
because=$why
if healthy any; then end back "$because"; else end stuck "$because; as it was before: $why"; fi
`
  .replaceAll('\\${', '${')
  .trim();
