/**
 * The script that lies on the node beside the kubelet and does all that must not stop half-way: swap, restart, watch,
 * and go back. It runs there by itself (a transient unit), so that neither a killed ktop nor a cut link leaves the node
 * with a kubelet that does not run. POSIX sh with coreutils or busybox.
 *
 * What it was told, and how far it has come, is the file `state` (a `name=value` a line, replaced by renaming, on disk
 * before the next step). What it did is `log`, a line each: uptime, word, text. The one that is replaced is kept by a
 * hard link before the new one is renamed over it: at each moment the name leads to a whole binary. A unit of systemd
 * that is there for the time of a deploy only puts the old one back where the machine was restarted half-way.
 *
 * - `run ID`: deploys what `state` says; whatever was done already is not done again.
 * - `undo ID`: puts back what was replaced and restarts.
 * - `boot`: the same at boot, before the kubelet starts.
 * - `ok ID`: its caller has seen the new one answer: no need to watch it any longer.
 * - `tail ID N`: prints the log from line N on, as soon as there is more, and at the end `over`, where it is.
 */
export const guardScript = String.raw`#!/bin/sh
# Part of ktop: replaces the kubelet and goes back by itself where the new one does not run.
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
d=\${0%/*}
keys='id kind step target unit source keep sha_new sha_old version_new version_old clear timeout health at why'
pidfile=/run/ktop-deploy.pid
bootname=ktop-deploy-boot.service
units=/etc/systemd/system
settle=10

load() {
  for k in $keys; do eval "s_$k="; done
  [ -r "$d/state" ] || return 1
  while IFS= read -r line; do
    k=\${line%%=*}
    case " $keys " in *" $k "*) v=\${line#*=}; eval "s_$k=\$v" ;; esac
  done <"$d/state"
  [ -n "$s_id" ]
}
flush() { sync "$1" 2>/dev/null || sync; }
save() {
  for k in $keys; do eval "printf '%s=%s\n' $k \"\$s_$k\""; done >"$d/state.tmp" &&
    flush "$d/state.tmp" && mv -f "$d/state.tmp" "$d/state" && flush "$d"
}
step() { s_step=$1; save; }
now() { cut -d' ' -f1 /proc/uptime; }
seconds() { cut -d. -f1 /proc/uptime; }
note() { printf '%s %s %s\n' "$(now)" "$1" "$2" >>"$d/log"; }
nap() { sleep 0.3 2>/dev/null || sleep 1; }
sha() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d' ' -f1
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1" | cut -d' ' -f1
  else busybox sha256sum <"$1" | cut -d' ' -f1; fi
}
alive() {
  p=$(cat $pidfile 2>/dev/null) && [ -n "$p" ] && tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | grep -q '\.ktop/guard '
}

# At the next boot the one before is put back, unless this came to its end before.
arm() {
  { printf '[Unit]\nDescription=ktop: put the kubelet back that a deploy replaced which was cut off\n'
    printf 'Before=%s\nRequiresMountsFor=%s\n\n[Service]\nType=oneshot\nExecStart=/bin/sh %s boot\n' "$s_unit" "$d" "$d/guard"
  } >"$units/$bootname" && mkdir -p "$units/multi-user.target.wants" &&
    ln -sf "../$bootname" "$units/multi-user.target.wants/$bootname" && flush "$units/$bootname"
}
disarm() { rm -f "$units/multi-user.target.wants/$bootname" "$units/$bootname"; }

# A second name for a file, or a copy where the file system knows no links; whole before it has that name.
second() {
  rm -f "$2.tmp"
  { ln "$1" "$2.tmp" 2>/dev/null || cp -p "$1" "$2.tmp"; } && flush "$2.tmp" && mv -f "$2.tmp" "$2"
  r=$?; rm -f "$2.tmp"; return $r
}
put_back() {
  [ -e "$d/$s_keep" ] || return 0
  if [ "$d/$s_keep" -ef "$s_target" ]; then rm -f "$d/$s_keep"
  else mv -f "$d/$s_keep" "$s_target" || return 1; fi
  rm -f "$d/$s_keep.info"
  flush "\${s_target%/*}"
}

facts() {
  active= sub= restarts= pid= start=
  while IFS='=' read -r k v; do
    case $k in
      ActiveState) active=$v ;; SubState) sub=$v ;; NRestarts) restarts=$v ;; MainPID) pid=$v ;; InvocationID) start=$v ;;
    esac
  done <<FACTS
$(systemctl show "$s_unit" --property=ActiveState,SubState,NRestarts,MainPID,InvocationID 2>/dev/null)
FACTS
  # systemd before 232 does not number the starts.
  [ -n "$start" ] || start=$pid
}
ask() {
  if command -v curl >/dev/null 2>&1; then curl -fsS -m 2 "$1" 2>&1
  elif command -v wget >/dev/null 2>&1; then wget -q -T 2 -O - "$1" 2>&1
  elif command -v nc >/dev/null 2>&1; then
    a=\${1#http://}; h=\${a%%/*}
    printf 'GET /healthz HTTP/1.0\r\n\r\n' | nc -w 2 "\${h%:*}" "\${h##*:}" 2>&1
  else return 127; fi
}
well() { said=$(ask "\${s_health#*:}"); case $said in *ok) return 0 ;; *) return 1 ;; esac; }

# Restarts and watches until it is known whether the unit stays up. $1: how long it is watched once it is up.
restart() {
  facts
  before=$start old=$restarts was=$active first= upat= count= how= said=
  note restart "systemctl restart $s_unit"
  began=$(seconds)
  systemctl reset-failed "$s_unit" >/dev/null 2>&1
  out=$(systemctl restart --no-block "$s_unit" 2>&1) || { how="systemctl: $out"; return 1; }
  while :; do
    facts
    passed=$(($(seconds) - began))
    if [ -n "$start" ] && [ "$start" != "$before" ] && { [ "$pid" != 0 ] || [ "$active" != active ]; }; then
      if [ -z "$first" ]; then
        first=$start count=$restarts
        note began "$start $pid"
        # Of a unit that was waiting to be started again systemd may have counted one start more meanwhile.
        case $was.$restarts in active.0 | "active.$old" | active.) ;;
          active.*) how='has ended and was started again'; return 1 ;;
        esac
      fi
      if [ "$start" != "$first" ]; then
        # Only its growth tells of an end: the start that was asked for, or somebody else's, sets it back or leaves it.
        if [ -z "$count" ] || [ "$restarts" -gt "$count" ]; then how='has ended and was started again'; return 1; fi
        first=$start upat= count=$restarts
        note began "$start $pid"
      fi
      case $active.$sub in
        active.* | reloading.* | refreshing.*)
          case $s_health in
            must:*) if well; then up=1; else up=; upat=; fi ;;
            may:*) up=1; well && [ "$2" != quiet ] && [ -z "$upat" ] && note healthz ok ;;
            *) up=1 ;;
          esac
          if [ -n "$up" ] && [ -z "$upat" ]; then upat=$(seconds); note up "$active $sub"; fi
          if [ -n "$upat" ]; then
            [ -e "$d/ok-$s_id" ] && return 0
            [ $(($(seconds) - upat)) -ge "$1" ] && return 0
          fi ;;
        activating.start* | activating.condition* | deactivating.*) ;;
        *) how="is $active ($sub)"; return 1 ;;
      esac
    fi
    if [ "$passed" -ge "$s_timeout" ] && [ -z "$upat" ]; then
      how="was not up and healthy within $s_timeout s: it is $active ($sub)"
      case $s_health.$active in must*.active) how="$how, and /healthz said: \${said:-nothing}" ;; esac
      return 1
    fi
    nap
  done
}

prune() {
  # The first one that was ever replaced stays, and the newest two.
  all=$(ls "$d" | grep '^kept-[0-9]*-[0-9a-f]*$' | sort -t- -k2n | sed 1d)
  n=$(printf '%s\n' "$all" | grep -c .)
  for f in $all; do
    [ "$n" -gt 2 ] || break
    rm -f "$d/$f" "$d/$f.info"; n=$((n - 1))
  done
}
finish() {
  # Where it cannot be written down, what lies there tells it all the same.
  rm -f "$d"/ok-* "$d/new" "$d"/new.ktop.*
  s_why=$2 s_at=$(date +%s)
  step "$1" || :
  disarm
  note end "$1 $2"
}
back() {
  why=$1
  if ! put_back; then note end "stuck the one before could not be put back: $why"; return 1; fi
  note restored "$s_target"
  case $s_health in must:*) ;; *) s_health= ;; esac
  rm -f "$d"/ok-*
  [ "$s_timeout" -ge 30 ] || s_timeout=30
  if restart 2 quiet; then finish back "$why"; else finish down "$why; and the one before does not run either: it $how"; fi
}

run() {
  load && [ "$s_id" = "$1" ] || { note end "stuck somebody else has begun another deploy"; return 1; }
  step begun || { finish refused 'its state could not be written'; return 1; }
  arm 2>/dev/null || note unarmed "$units"
  if [ -e "$s_target" ] && [ "$(sha "$s_target")" = "$s_sha_new" ]; then :
  else
    [ -e "$d/new" ] || second "$d/$s_source" "$d/new" || { finish refused 'there is no new binary'; return 1; }
    [ "$(sha "$d/new")" = "$s_sha_new" ] || { rm -f "$d/new"; finish refused 'the new binary is not whole'; return 1; }
    if [ -e "$s_target" ]; then
      printf 'sha=%s\nversion=%s\n' "$s_sha_old" "$s_version_old" >"$d/$s_keep.info"
      second "$s_target" "$d/$s_keep" || { rm -f "$d/$s_keep.info"; finish refused 'the old binary could not be kept'; return 1; }
    fi
    out=$(mv -f "$d/new" "$s_target" 2>&1) || { put_back; finish refused "$out"; return 1; }
    flush "\${s_target%/*}"
  fi
  step swapped || :
  note swapped "$s_target"
  if [ "$s_clear" = 1 ]; then
    out=$(journalctl --rotate 2>&1 && journalctl --vacuum-time=1s 2>&1) && note cleared ok || note uncleared "$(printf %s "$out" | tail -n 1)"
  fi
  [ "$s_timeout" -ge "$settle" ] || settle=$s_timeout
  if restart "$settle" loud; then
    [ "$s_kind" = rollback ] && rm -f "$d/$s_keep" "$d/$s_keep.info" "$d/$s_source" "$d/$s_source.info"
    finish done ''
    prune
  else
    case $how in 'was not up'*) w=late ;; *) w=down ;; esac
    note "$w" "\${first:-none} $how"
    back "the unit $how"
  fi
}

case $1 in
  run | undo)
    # Whoever wants to change this node meanwhile is told.
    if command -v flock >/dev/null 2>&1 && mkdir -p /run/ktop && exec 8>>/run/ktop/job.lock; then
      flock -n 8 && echo 'a deploy of ktop that goes on by itself' >/run/ktop/job.lock
    fi
    echo $$ >$pidfile
    if [ "$1" = run ]; then run "$2"
    elif load && [ "$s_id" = "$2" ]; then
      : >"$d/log"; [ "$s_step" = ready ] && finish refused undone || back 'undone'
    fi
    rm -f "$d"/ok-* $pidfile ;;
  boot)
    load || { disarm; exit 0; }
    case $s_step in begun | swapped) ;; *) disarm; exit 0 ;; esac
    alive && exit 0
    put_back && finish booted 'the node was restarted half-way' ;;
  ok) if alive; then : >"$d/ok-$2"; fi ;;
  tail)
    i=0
    while [ $i -lt 15 ] && [ "$(grep -c . "$d/log" 2>/dev/null)" -lt "$3" ] && alive; do nap; i=$((i + 1)); done
    alive && o= || o=over
    sed -n "$3,\$p" "$d/log" 2>/dev/null
    [ -z "$o" ] || echo over ;;
esac
`.replaceAll('\\${', '${');
