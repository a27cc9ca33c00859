#!/usr/bin/env bash
# Docker engine 20.10 (Debian): `docker cp` into a tmpfs of a running container succeeds, and the file is not there.
#
# /tmp and /run of a kind node are tmpfs. Copying a freshly built kubelet to /tmp of the node prints no error, exits with
# 0, and `ls` in the container finds nothing; the copy went to the layer below the mount. A stream through `docker exec`
# arrives. Newer engines may differ: the script says which one it ran on, and fails where the file arrives.
#
# Seen with docker 28.2 as the client and engine 20.10.24:
#   docker cp to /tmp (tmpfs): exit 0, in the container: absent
#   docker cp to /var/tmp: exit 0, in the container: present
#   docker exec … cat >/tmp/…: exit 0, in the container: present
# Needs a Docker engine, and apt-get for a static busybox.
set -euo pipefail
folder=$(mktemp -d)
name="finding-tmpfs-$$"
trap 'docker rm -f "$name" >/dev/null 2>&1; docker rmi -f "$name" >/dev/null 2>&1; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq busybox-static >/dev/null 2>&1
dpkg-deb -x busybox-static_*.deb .
mkdir -p root/bin root/tmp root/var/tmp
cp "$(find bin usr/bin -name busybox 2>/dev/null)" root/bin/busybox
for command in sh ls cat sleep; do ln -s busybox "root/bin/$command"; done
tar -C root -c . | docker import -c 'ENV PATH=/bin' - "$name" >/dev/null
docker run -d --name "$name" --tmpfs /tmp "$name" sleep 600 >/dev/null
echo "engine $(docker version --format '{{.Server.Version}}')"
echo kubelet >kubelet
there() { if docker exec "$name" ls "$1" >/dev/null 2>&1; then echo present; else echo absent; fi; }
docker cp kubelet "$name:/tmp/kubelet" >/dev/null 2>&1
echo "docker cp to /tmp (tmpfs): exit $?, in the container: $(there /tmp/kubelet)" | tee seen
docker cp kubelet "$name:/var/tmp/kubelet" >/dev/null 2>&1
echo "docker cp to /var/tmp: exit $?, in the container: $(there /var/tmp/kubelet)" | tee -a seen
docker exec -i "$name" sh -c 'cat >/tmp/kubelet' <kubelet
echo "docker exec … cat >/tmp/…: exit $?, in the container: $(there /tmp/kubelet)" | tee -a seen
diff seen - <<'TXT'
docker cp to /tmp (tmpfs): exit 0, in the container: absent
docker cp to /var/tmp: exit 0, in the container: present
docker exec … cat >/tmp/…: exit 0, in the container: present
TXT
