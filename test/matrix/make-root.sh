#!/bin/sh
# Makes a folder with the programs of a Debian suite, from which engines and Redis servers are run.
# Does nothing when it is there. Nothing of it is installed on this machine, no daemon is started.
# Arguments: the suite, the folder, its packages by commas.
set -eu
suite=$1
root=$2
packages=$3
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
scripts=/usr/share/debootstrap/scripts

# Runs of several clones share the folders: one makes them, the others wait for it.
mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock 9
[ ! -d "$root" ] || exit 0
command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
# A debootstrap that is older than the suite has no script of its name: all of late are those of sid.
script=$scripts/$suite
[ -e "$script" ] || script=$scripts/sid

rm -rf "$root.making"
if ! debootstrap --variant=minbase --include="$packages" "$suite" "$root.making" "$mirror" "$script" \
  >"$root.log" 2>&1; then
  tail -n 20 "$root.log" >&2
  echo "matrix: debootstrap of $suite failed; all of its log: $root.log" >&2
  exit 1
fi
# Whole or not at all: a folder of this name is one that was finished.
mv "$root.making" "$root"
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists"
