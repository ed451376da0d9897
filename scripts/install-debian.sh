#!/bin/sh
# Installs Debian packages without leaving a service behind: `install-debian.sh PACKAGE...`, as root.
# A server package starts its service and enables it for the next boot. We only want the program, so
# starting is denied while dpkg runs, and what the installation newly enabled is disabled again.
# What ran or was enabled before stays as it was.
set -eu

policy=/usr/sbin/policy-rc.d
mark='# written by install-debian.sh of xmpp-chat, process'
scratch=$(mktemp -d)
policy_is_ours=no

enabled() {
  for entry in /etc/systemd/system/*.wants/* /etc/rc[2345].d/S*; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then echo "$entry"; fi
  done
}

newly_enabled() { enabled | grep -Fxv -f "$scratch/before" || true; }

systemd_runs() { [ -d /run/systemd/system ]; }

clean_up() {
  if [ $policy_is_ours = yes ]; then rm -f "$policy"; fi
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A run that was killed may have left its policy behind; it is ours only if it says so and its writer is gone.
if [ -f "$policy" ] && writer=$(sed -n "s/^$mark //p" "$policy") && [ -n "$writer" ]; then
  kill -0 "$writer" 2>/dev/null || rm -f "$policy"
fi

enabled >"$scratch/before"

# invoke-rc.d(8): exit code 101 denies the action. A policy that the machine already has is respected.
if [ ! -e "$policy" ] && [ ! -L "$policy" ]; then
  policy_is_ours=yes
  printf '#!/bin/sh\n%s %s\nexit 101\n' "$mark" "$$" >"$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
install() {
  apt-get install --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" </dev/null
}
# No package lists, or lists so old that the files are gone: fetch them and try once more.
install "$@" || { apt-get update -o DPkg::Lock::Timeout=120 </dev/null && install "$@"; }

newly_enabled >"$scratch/after"
while read -r entry; do
  name=${entry##*/}
  case $entry in
    /etc/rc*) service=$(echo "$name" | sed 's/^S[0-9]*//') ;;
    *) service=${name%.*} ;;
  esac
  if systemd_runs; then systemctl disable --now "$name" >/dev/null 2>&1 || true; fi
  case $entry in
    /etc/rc*) update-rc.d "$service" disable >/dev/null 2>&1 || true ;;
    *) if [ -L "$entry" ]; then rm -f "$entry"; fi ;;
  esac
done <"$scratch/after"

if systemd_runs; then systemctl daemon-reload || true; fi
left=$(newly_enabled)
if [ -n "$left" ]; then
  echo "still enabled, please disable by hand:" $left >&2
  exit 1
fi
