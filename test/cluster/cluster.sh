#!/usr/bin/env bash
# A real cluster for `npm run test:cluster`: kubelet, API server and the rest of Kubernetes v1.20, compiled from Debian's
# source package and started by kubeadm in two containers that look like kind's. It needs root, Docker, mmdebstrap, and
# about ten minutes the first time; what was compiled is kept. Not part of the gate.
#
#   test/cluster/cluster.sh up      prints the kubeconfig
#   test/cluster/cluster.sh down
#
# The kubelet logs one line more than Debian's: cAdvisor's interval and the wait that it drew, so that forecasts can
# be held against the truth.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ktop-cluster
version=1.20.2
cluster=ktreal
nodes=("$cluster-control-plane" "$cluster-worker")
go=1.19
image=ktop-cluster-node
say() { echo "cluster: $*" >&2; }

# apt_get ARGUMENT…: apt-get over this machine's own Debian sources, with their source packages, and nothing of its state
# changed. apt verifies what it fetches.
apt_get() {
  local own=$cache/apt file
  if [ ! -e "$own/updated" ]; then
    mkdir -p "$own"/{sources,lists/partial,cache/archives/partial}
    for file in /etc/apt/sources.list.d/*.sources; do
      [ ! -e "$file" ] || sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$own/sources/${file##*/}"
    done
    [ ! -s /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p; s/^deb-src /deb /p' /etc/apt/sources.list |
      cat /etc/apt/sources.list - >"$own/sources/machine.list"
    touch "$own/updated"
    apt_get update || { rm "$own/updated"; exit 1; }
  fi
  apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$own/sources" -o Dir::State::Lists="$own/lists" \
    -o Dir::Cache="$own/cache" -o APT::Sandbox::User=root "$@"
}

# log_housekeeping FILE: before cAdvisor sets its timer anew, it logs the cgroup, its interval and the wait that it drew.
log_housekeeping() {
  local reset='houseKeepingTimer.Reset(cd.nextHousekeepingInterval())'
  grep -qF "$reset" "$1" || { say "there is no $reset in $1"; exit 1; }
  sed -i "s/^\(\t*\)$reset\$/\1wait := cd.nextHousekeepingInterval()\n\1klog.Infof(\"housekeeping container=%q interval=%v next=%v\", cd.info.Name, cd.housekeepingInterval, wait)\n\1houseKeepingTimer.Reset(wait)/" "$1"
}

# go_setup: Debian's Go and the sources that it is to build.
go_setup() {
  cd "$cache/gopath/src/k8s.io/kubernetes"
  export GOROOT=$cache/tools/usr/lib/go-$go GOPATH=$cache/gopath GOCACHE=$cache/go-build
  export GO111MODULE=off CGO_ENABLED=0 PATH=$cache/tools/usr/lib/go-$go/bin:$PATH
}

# compile COMMAND OUTPUT VERSION
compile() {
  local stamp=k8s.io/kubernetes/vendor/k8s.io/component-base/version
  say "compiling $2"
  go build -ldflags "-s -w -X $stamp.gitVersion=$3 -X $stamp.gitMajor=1 -X $stamp.gitMinor=20" \
    -o "$cache/bin/$2" "./cmd/$1"
}

build() {
  [ -e "$cache/bin/done" ] && return
  mkdir -p "$cache/download" "$cache/bin"
  cd "$cache/download"
  say 'fetching sources and packages'
  apt_get source --download-only kubernetes
  apt_get download "golang-$go-go" "golang-$go-src" golang-github-modern-go-reflect2-dev etcd-server
  cd "$cache"
  rm -rf tools gopath
  mkdir -p tools gopath/src/k8s.io
  for deb in download/*.deb; do dpkg -x "$deb" tools; done
  tar -xzf download/kubernetes_*.orig.tar.gz -C gopath/src/k8s.io
  mv "gopath/src/k8s.io/kubernetes-$version" gopath/src/k8s.io/kubernetes
  cd gopath/src/k8s.io/kubernetes
  # The one that comes along fails with Go 1.18 and later.
  rm -r vendor/github.com/modern-go/reflect2
  cp -r "$cache/tools/usr/share/gocode/src/github.com/modern-go/reflect2" vendor/github.com/modern-go/reflect2
  log_housekeeping vendor/github.com/google/cadvisor/manager/container.go
  go_setup
  say 'generating the OpenAPI definitions, which the source package lacks'
  go build -o "$cache/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  local tagged
  tagged=$(grep -rl --include='*.go' '+k8s:openapi-gen=' staging/src/k8s.io pkg | xargs -n1 dirname |
    sed 's,^staging/src/k8s.io,vendor/k8s.io,; s,^,k8s.io/kubernetes/,' | grep -v '/_examples/\|/sample-' | sort -u | paste -sd,)
  "$cache/openapi-gen" -i "$tagged" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
    -h hack/boilerplate/boilerplate.generatego.txt -r /dev/null
  for command in kubelet kubeadm kubectl kube-apiserver kube-controller-manager kube-scheduler; do
    compile "$command" "$command" "v$version"
  done
  cp "$cache/tools/usr/bin/etcd" "$cache/bin/etcd"
  touch "$cache/bin/done"
}

# Two more kubelets, to be deployed: one that only calls itself otherwise, and one that ends at its start.
more_kubelets() {
  [ -e "$cache/bin/kubelet-broken" ] && return
  local source=cmd/kubelet/app/server.go
  go_setup
  [ ! -e "$cache/server.go" ] || cp "$cache/server.go" "$source"
  compile kubelet kubelet-next "v$version-next"
  # Kept as it was: an earlier run may have been ended in between.
  [ -e "$cache/server.go" ] || cp "$source" "$cache/server.go"
  sed -i '/^func run(ctx /a\\treturn fmt.Errorf("this build is broken on purpose")' "$source"
  compile kubelet kubelet-broken.new "v$version-broken" || { cp "$cache/server.go" "$source"; exit 1; }
  cp "$cache/server.go" "$source"
  mv "$cache/bin/kubelet-broken.new" "$cache/bin/kubelet-broken"
}

# container_image NAME FILE…: an image of a busybox and these commands, as kubeadm's manifests name it.
container_image() {
  local name=$1 root
  shift
  root=$(mktemp -d)
  mkdir -p "$root"/{bin,etc,tmp,usr/local/bin,lib64,lib/x86_64-linux-gnu}
  docker run --rm $image tar -chC / bin/busybox lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6 | tar -xC "$root"
  for applet in sh sleep timeout true yes; do ln -s busybox "$root/bin/$applet"; done
  for file in "$@"; do cp "$file" "$root/usr/local/bin/"; done
  tar -C "$root" -c . | docker import --change 'ENV PATH=/usr/local/bin:/bin' --change 'CMD ["sleep", "1000000000"]' - "$name" >/dev/null
  rm -rf "$root"
}

images() {
  local made
  if ! docker image inspect $image >/dev/null 2>&1; then
    say 'making the image of the nodes'
    mmdebstrap --quiet --variant=minbase \
      --include=systemd,systemd-sysv,dbus,curl,ca-certificates,procps,containerd,runc,containernetworking-plugins,iptables,conntrack,socat,ethtool,ebtables,iproute2,kmod,mount,busybox-static \
      --customize-hook='mkdir -p "$1/var/log/journal"' --customize-hook="sync-in $here/rootfs /" \
      --customize-hook='chroot "$1" systemctl enable kubelet' bookworm - | docker import - $image >/dev/null
  fi
  [ -e "$cache/images.tar" ] && return
  local of=localhost
  made=("$of/pause:3.2" "$of/busybox:1" "$of/etcd:3.4.13-0")
  container_image "$of/pause:3.2"
  container_image "$of/busybox:1"
  container_image "$of/etcd:3.4.13-0" "$cache/bin/etcd"
  for part in kube-apiserver kube-controller-manager kube-scheduler; do
    container_image "$of/$part:v$version" "$cache/bin/$part"
    made+=("$of/$part:v$version")
  done
  docker save "${made[@]}" -o "$cache/images.tar"
  docker rmi "${made[@]}" >/dev/null
}

# start NODE ROLE SUBNET
start() {
  say "starting $1"
  docker rm --force --volumes "$1" >/dev/null 2>&1 || true
  docker run --detach --name "$1" --hostname "$1" --device /dev/kmsg --cap-add ALL --cap-drop SYS_RESOURCE \
    --cgroupns=private --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
    --tmpfs /run --tmpfs /tmp:exec --volume /var/lib/containerd --volume /var/lib/kubelet \
    --label io.x-k8s.kind.cluster=$cluster --label "io.x-k8s.kind.role=$2" $image /usr/local/sbin/node-init >/dev/null
  for command in kubelet kubeadm kubectl; do docker cp "$cache/bin/$command" "$1:/usr/bin/$command"; done
  docker exec "$1" sed -i "s,SUBNET,$3," /etc/cni/net.d/10-ptp.conflist
  until docker exec "$1" systemctl is-active --quiet containerd; do sleep 0.5; done
  docker cp "$cache/images.tar" "$1:/root/images.tar"
  docker exec "$1" sh -c 'ctr -n k8s.io images import /root/images.tar >/dev/null && rm /root/images.tar'
}

up() {
  build
  more_kubelets
  images
  down
  start "${nodes[0]}" control-plane 10.244.0.0/24
  local join=(--ignore-preflight-errors=all --skip-phases=preflight) address
  address=$(docker exec "${nodes[0]}" hostname -i)
  docker exec "${nodes[0]}" sed -i "s/ADDRESS/$address/" /etc/kubeadm.conf
  docker exec "${nodes[0]}" kubeadm init --config /etc/kubeadm.conf --ignore-preflight-errors=all \
    --skip-phases=preflight,addon --skip-token-print >"$cache/init.log" 2>&1 || { tail -n 20 "$cache/init.log" >&2; exit 1; }
  start "${nodes[1]}" worker 10.244.1.0/24
  docker exec "${nodes[1]}" kubeadm join "$address:6443" --token ktop00.0123456789abcdef \
    --discovery-token-unsafe-skip-ca-verification "${join[@]}" >"$cache/join.log" 2>&1 || { tail -n 20 "$cache/join.log" >&2; exit 1; }
  docker exec "${nodes[0]}" cat /etc/kubernetes/admin.conf | sed "s/kubernetes-admin@$cluster/kind-$cluster/" >"$cache/kubeconfig"
  until docker exec "${nodes[0]}" kubectl --kubeconfig /etc/kubernetes/admin.conf wait --for=condition=Ready \
    "node/${nodes[0]}" "node/${nodes[1]}" >/dev/null 2>&1; do sleep 1; done
  echo "$cache/kubeconfig"
}

down() { docker rm --force --volumes "${nodes[@]}" >/dev/null 2>&1 || true; }

case ${1-} in
up | down) "$1" ;;
*) sed -n '2,10s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
