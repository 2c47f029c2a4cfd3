#!/bin/sh
# Installs what the lab needs and is missing (Debian or Ubuntu, as root): the engine, a Redis,
# an image registry, Prometheus, Chromium, HAProxy, the network tools, a static busybox. Does nothing, quickly,
# when everything is there.
# No daemon is started by the installation: the lab starts its own, private ones.
set -eu
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

has() { command -v "$1" >/dev/null 2>&1; }

has_static_busybox() {
  for path in /bin/busybox /usr/bin/busybox; do
    [ -x "$path" ] && ! ldd "$path" >/dev/null 2>&1 && return 0
  done
  return 1
}

missing=''
need() { missing="$missing $1"; }

has dockerd && has containerd && has docker || need docker.io
has redis-server || has valkey-server || need redis-server
has docker-registry || need docker-registry
has prometheus && has promtool || need prometheus
has chromium || need chromium
has haproxy || need haproxy
has openssl || need openssl
has iptables || need iptables
has ip || need iproute2
has nsenter && has unshare && has setpriv && has flock || need util-linux
has_static_busybox || need busybox-static

[ -n "$missing" ] || exit 0
echo "lab: installing$missing"

if [ "$(id -u)" != 0 ]; then
  echo "lab: must be root to install; run as root: apt-get install$missing" >&2
  exit 1
fi
if ! has apt-get; then
  echo "lab: no apt-get on this machine; install by hand what these Debian packages hold:$missing" >&2
  exit 1
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

install() {
  # shellcheck disable=SC2086 # the package list is meant to be split
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" $missing
}

# A stale package list names versions the mirror no longer has: update it only then.
if ! install --download-only >/dev/null 2>&1; then
  apt-get update -qq
fi
install >/dev/null
echo 'lab: installed'
