#!/usr/bin/env bash
# journalctl of systemd 252 (Debian 12): what it writes into a pipe comes in pieces of 4 KB, however much there is of it.
#
# Who reads a kind node's journal with `docker exec NODE journalctl -o export` pays for that: shim, daemon and client of the
# engine take up each piece by itself, for 200 000 lines together as long as two thirds of journalctl's own time. Coreutils'
# `stdbuf -o64K` makes the pieces sixteen times as large; it is linked to the C library, so it obeys, and with --follow it still
# hands on a line at once, because it empties the buffer before it waits.
#
# Seen with systemd 252.39 and coreutils 9.1:
#   journalctl: pieces of 4096
#   stdbuf -o64K journalctl: pieces of 65536
#   stdbuf -o64K journalctl --follow: the newest line comes while it waits
# Needs apt-get for systemd, systemd-journal-remote (it makes the journal) and strace (it tells the pieces).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq systemd libsystemd-shared systemd-journal-remote strace >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH=$folder/lib/x86_64-linux-gnu/systemd:$folder/usr/lib/x86_64-linux-gnu/systemd
export PATH=$folder/bin:$folder/usr/bin:$PATH
journalctl --version | sed -n 1p

mkdir journal
for number in $(seq 2000); do
  printf '__REALTIME_TIMESTAMP=%s\n__MONOTONIC_TIMESTAMP=%s\n' "$((1795470381000000 + number))" "$number"
  printf '_BOOT_ID=%032d\n_MACHINE_ID=%032d\nMESSAGE=%0400d\n\n' 1 2 "$number"
done | ./lib/systemd/systemd-journal-remote --output=journal/all.journal --split-mode=none - 2>/dev/null

# The size of most writes to standard output.
pieces() {
  strace -qq -f -e trace=write -o trace "$@" --directory=journal --output=export --quiet --no-pager | cat >/dev/null
  grep -oE 'write\(1, .* = [0-9]+$' trace | awk '{print $NF}' | sort | uniq -c | sort -rn | awk 'NR == 1 {print "pieces of " $2}'
}
follow() {
  timeout 5 stdbuf -o64K journalctl --directory=journal --output=cat --quiet --no-pager --follow --lines=1 >followed || true
  [ "$(cat followed)" = "$(printf '%0400d' 2000)" ] && echo 'the newest line comes while it waits' || echo 'nothing comes'
}
{
  echo "journalctl: $(pieces journalctl)"
  echo "stdbuf -o64K journalctl: $(pieces stdbuf -o64K journalctl)"
  echo "stdbuf -o64K journalctl --follow: $(follow)"
} | tee seen
diff seen - <<'TXT'
journalctl: pieces of 4096
stdbuf -o64K journalctl: pieces of 65536
stdbuf -o64K journalctl --follow: the newest line comes while it waits
TXT
