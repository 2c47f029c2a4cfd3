#!/bin/sh
# PID 1 of a lab node, in namespaces of its own (mount, PID, UTS, network): makes the node's private
# view of the machine, then adopts and reaps what dockerd leaves behind. Killing it ends the node.
# Arguments: the node's folder, its host name, and maybe the root folder of another system, whose
# programs then are the node's; this machine's lab folder is in it under the same path.
set -eu
dir=$1
hostname=$2
root=${3:-}

echo "$hostname" >/proc/sys/kernel/hostname

# Named network namespaces of others would live as long as this copy of their mounts.
if mountpoint -q /run/netns; then umount -l /run/netns; fi

# A plain chroot will not do: containerd needs to unmount what is at the root of its mounts.
if [ -n "$root" ]; then
  lab=$(dirname "$(dirname "$dir")")
  mkdir -p "$root$lab" "$root/mnt"
  mount --bind "$root" "$root"
  for shared in /proc /sys /dev "$lab"; do mount --rbind "$shared" "$root$shared"; done
  cd "$root"
  pivot_root . mnt
  cd /
  umount -l /mnt
fi

# What the engine and containerd write outside of the folders they are given.
resolv=$(readlink -m /etc/resolv.conf)
mkdir -p /etc/docker /opt
for private in /run /etc/docker /opt; do
  mount -t tmpfs -o mode=755 lab "$private"
done

# Every pull asks a name server first; a closed port answers at once.
if [ ! -e "$resolv" ]; then
  mkdir -p "$(dirname "$resolv")"
  : >"$resolv"
fi
mount --bind "$dir/resolv.conf" "$resolv"

ip link set lo up
: >"$dir/ready"

while :; do
  sleep 3600 &
  wait
done
