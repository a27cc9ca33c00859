import {jobFunctions} from '../job/job-script.ts';
import {fileFunctions} from './sha-script.ts';

/**
 * The script that lies on the node beside the kubelet and does all that must not stop half-way: swap, restart, watch,
 * and go back. It is a job (`job-script.ts`): neither a killed ktop nor a cut link leaves the node with a kubelet that does
 * not run. POSIX sh with coreutils or busybox.
 *
 * What it was told, and how far it has come, is the file `state`, a `name=value` a line, replaced by renaming. The one that
 * is replaced is kept by a hard link before the new one is renamed over it: at each moment the name leads to a whole
 * binary. Before that all that it takes to go back is on the disk. A unit of systemd that is there for the time of a deploy
 * only puts the old one back where the machine was restarted half-way.
 *
 * - `run ID`: deploys what `state` says; whatever was done already is not done again.
 * - `undo ID`: puts back what was replaced and restarts.
 * - `boot`: the same at boot, before the kubelet starts.
 * - `ok ID`: its caller has seen the new one answer: no need to watch it any longer.
 */
export const guardScript = String.raw`#!/bin/sh
# Part of ktop: replaces the kubelet and goes back by itself where the new one does not run.
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
d=\${0%/*}
keys='id kind step target unit source keep sha_new sha_old version_new version_old clear timeout health whole placed at why'
bootname=ktop-deploy-boot.service
units=/etc/systemd/system
settle=10
${jobFunctions}
${fileFunctions}

load() {
  for k in $keys; do eval "s_$k="; done
  [ -r "$d/state" ] || return 1
  while IFS= read -r line; do
    k=\${line%%=*}
    case " $keys " in *" $k "*) v=\${line#*=}; eval "s_$k=\$v" ;; esac
  done <"$d/state"
  [ -n "$s_id" ]
}
flush() { sync "$@" 2>/dev/null || sync; }
save() {
  for k in $keys; do eval "printf '%s=%s\n' $k \"\$s_$k\""; done >"$d/state.tmp" &&
    flush "$d/state.tmp" && mv -f "$d/state.tmp" "$d/state"
}
step() { s_step=$1; save && flush "$d"; }
seconds() { cut -d. -f1 /proc/uptime; }

# At the next boot the one before is put back, unless this came to its end before.
arm() {
  { printf '[Unit]\nDescription=ktop: put the kubelet back that a deploy replaced which was cut off\n'
    printf 'Before=%s\nRequiresMountsFor=%s\n\n[Service]\nType=oneshot\nExecStart=/bin/sh %s boot\n' "$s_unit" "$d" "$d/guard"
  } >"$units/$bootname" && mkdir -p "$units/multi-user.target.wants" &&
    ln -sf "../$bootname" "$units/multi-user.target.wants/$bootname"
}
disarm() { rm -f "$units/multi-user.target.wants/$bootname" "$units/$bootname"; }

# A second name for a file, or a copy where the file system knows no links; whole before it has that name.
second() {
  rm -f "$2.tmp"
  { ln "$1" "$2.tmp" 2>/dev/null || { cp -p "$1" "$2.tmp" && flush "$2.tmp"; }; } && mv -f "$2.tmp" "$2"
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
    # A kubelet takes a moment; one that takes longer is not asked so often.
    if [ "$passed" -lt 3 ]; then w=0.05; elif [ "$passed" -lt 10 ]; then w=0.1; else w=0.3; fi
    sleep $w 2>/dev/null || sleep 1
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
  s_why=$2 s_at=$(date +%s) s_placed=
  # By this the next look knows it again without reading all of it.
  [ "$1" != done ] || s_placed=$(stamp "$s_target")
  flush "\${s_target%/*}"
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
  came=$s_step s_step=begun
  save || { finish refused 'its state could not be written'; return 1; }
  set -- "$d"
  if arm 2>/dev/null; then set -- "$@" "$units/$bootname" "$units" "$units/multi-user.target.wants"
  else note unarmed "$units"; fi
  if [ "$came" != ready ] && [ -e "$s_target" ] && [ "$(sha "$s_target")" = "$s_sha_new" ]; then flush "$@"
  else
    [ -e "$d/new" ] || second "$d/$s_source" "$d/new" || { finish refused 'there is no new binary'; return 1; }
    { [ -n "$s_whole" ] && [ "$(stamp "$d/new")" = "$s_whole" ]; } || [ "$(sha "$d/new")" = "$s_sha_new" ] || { rm -f "$d/new"; finish refused 'the new binary is not whole'; return 1; }
    if [ -e "$s_target" ]; then
      printf 'sha=%s\nversion=%s\n' "$s_sha_old" "$s_version_old" >"$d/$s_keep.info"
      set -- "$@" "$d/$s_keep.info"
      second "$s_target" "$d/$s_keep" || { rm -f "$d/$s_keep.info"; finish refused 'the old binary could not be kept'; return 1; }
    fi
    flush "$@"
    out=$(mv -f "$d/new" "$s_target" 2>&1) || { put_back; finish refused "$out"; return 1; }
  fi
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
    take 'a deploy of ktop that goes on by itself'
    note task "$1"
    if [ "$1" = run ]; then run "$2"
    elif load && [ "$s_id" = "$2" ]; then
      [ "$s_step" = ready ] && finish refused undone || back 'undone'
    fi
    rm -f "$d"/ok-*
    give ;;
  boot)
    load || { disarm; exit 0; }
    case $s_step in begun | swapped) ;; *) disarm; exit 0 ;; esac
    alive && exit 0
    put_back && finish booted 'the node was restarted half-way' ;;
  ok) if alive; then : >"$d/ok-$2"; fi ;;
esac
`.replaceAll('\\${', '${');
