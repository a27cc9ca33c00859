#!/usr/bin/env bash
# Docker engine 20.10 (Debian): killing `docker exec` ends nothing in the container; with -i its input ends, and no more.
#
# Who tails a kind node with `docker exec NODE journalctl -f` and kills the client (a closed pane, an IDE that stops its
# task) leaves the process on the node for ever, one more with each start. It gets no signal. With `-i` it sees the end of
# its standard input, which is all that a remote command can act on.
#
# Seen with docker 28.2 as the client and engine 20.10.24:
#   docker exec, client killed: runs on
#   docker exec -i, client killed: runs on, its input ended
# Needs a Docker engine, and apt-get for a static busybox.
set -euo pipefail
folder=$(mktemp -d)
name="finding-exec-$$"
trap 'kill $(jobs -p) 2>/dev/null; docker rm -f "$name" >/dev/null 2>&1; docker rmi -f "$name" >/dev/null 2>&1; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq busybox-static >/dev/null 2>&1
dpkg-deb -x busybox-static_*.deb .
mkdir -p root/bin root/run
cp "$(find bin usr/bin -name busybox 2>/dev/null)" root/bin/busybox
for command in sh ls cat sleep kill; do ln -s busybox "root/bin/$command"; done
tar -C root -c . | docker import -c 'ENV PATH=/bin' - "$name" >/dev/null
docker run -d --name "$name" "$name" sleep 600 >/dev/null
echo "engine $(docker version --format '{{.Server.Version}}')"
has() { docker exec "$name" ls "/run/$1" >/dev/null 2>&1; }
until_has() { for _ in $(seq 100); do has "$1" && return 0; sleep 0.1; done; return 1; }
alive() { docker exec "$name" sh -c "kill -0 \$(cat /run/$1.pid)" 2>/dev/null && echo 'runs on' || echo 'is gone'; }

docker exec "$name" sh -c 'echo $$ >/run/plain.pid; exec sleep 300' &
until_has plain.pid
kill -9 $!
wait $! 2>/dev/null || true

mkfifo input
sleep 300 >input &
docker exec -i "$name" sh -c 'echo $$ >/run/open.pid; cat >/dev/null; echo ended >/run/open.ended; exec sleep 300' <input &
until_has open.pid
kill -9 $!
wait $! 2>/dev/null || true
ended=''
until_has open.ended && ended=', its input ended'

echo "docker exec, client killed: $(alive plain)" | tee seen
echo "docker exec -i, client killed: $(alive open)$ended" | tee -a seen
diff seen - <<'TXT'
docker exec, client killed: runs on
docker exec -i, client killed: runs on, its input ended
TXT
