#!/bin/sh
# PID 1 of a lab node, in namespaces of its own (mount, PID, UTS, network): makes the node's private
# view of the machine, then adopts and reaps what dockerd leaves behind. Killing it ends the node.
# Arguments: the node's folder, its host name.
set -eu
dir=$1
hostname=$2

echo "$hostname" >/proc/sys/kernel/hostname

# Named network namespaces of others would live as long as this copy of their mounts.
if mountpoint -q /run/netns; then umount -l /run/netns; fi

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
