#!/usr/bin/env bash
# Builds a minimal Debian 12 (python3, make, git and nothing else) under var/cleanroom and runs the two commands in it.
#   requirements/cleanroom.sh [--worktree] [STEP…]     --worktree: the files as they are, not the last commit
#   refuse  a visitor without rights is told what to install, and nothing has changed
#   demo    root: make demo CHECK=1        test  root: make test
#   setup   root: only what both need is installed (not run unless named)
#   again   root: both from a second clone
#   visitor the visitor: make demo CHECK=1, now that the packages are there
# Packages come from wherever this machine's own apt and pip get theirs; the room has this machine's network.
set -euo pipefail
cd "$(dirname "$0")/.."

ROOM=$PWD/var/cleanroom/root
SUITE=bookworm
# A closed home folder: the project must work below it too.
HOME0=$(getent passwd 0 | cut -d: -f6)
CERTIFICATES=/etc/builder-certificates.crt
WORKTREE=
[[ ${1:-} != --worktree ]] || { WORKTREE=1; shift; }
STEPS=("$@")
[[ ${#STEPS[@]} -gt 0 ]] || STEPS=(refuse demo test again visitor)

say() { echo "cleanroom: $*" >&2; }

must_be_possible() {
    [[ $EUID -eq 0 ]] || { say "only root can build it: sudo make cleanroom"; exit 2; }
    command -v mmdebstrap >/dev/null ||
        { say "mmdebstrap is missing:"; echo "apt-get update && apt-get install -y --no-install-recommends mmdebstrap" >&2; exit 2; }
}

# This machine's sources only fit when it is of the same release; else mmdebstrap's own default is used.
apt_sources() {
    grep -qs "VERSION_CODENAME=$SUITE" /etc/os-release || return 0
    find /etc/apt/sources.list /etc/apt/sources.list.d -type f \( -name '*.list' -o -name '*.sources' \) -size +0 2>/dev/null || true
}

# shellcheck disable=SC2016  # the hook's own $1 is the room
build_room() {
    rm -rf --one-file-system "$ROOM"
    mkdir -p "$(dirname "$ROOM")"
    local sources settings
    mapfile -t sources < <(apt_sources)
    settings=$(mktemp)
    apt-config dump | grep '^Acquire::' >"$settings" || true
    mmdebstrap --quiet --variant=minbase --include=python3,make,git --aptopt="$settings" \
        --customize-hook='rm -rf "$1"/var/lib/apt/lists/*' "$SUITE" "$ROOM" "${sources[@]}"
    rm -f "$settings"
    furnish_network
    chroot "$ROOM" useradd --create-home --shell /bin/bash visitor
}

# What this machine needs to reach its package index; it stays under var/ and is never part of the checkout.
furnish_network() {
    cp --dereference /etc/resolv.conf /etc/hosts "$ROOM/etc/"
    [[ ! -f /etc/pip.conf ]] || cp /etc/pip.conf "$ROOM/etc/pip.conf"
    # beside the usual place, which the room's own ca-certificates would write over
    cp --dereference "${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}" "$ROOM$CERTIFICATES" 2>/dev/null || true
}

network_settings() {
    env | grep -E '^(PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|PROXY|DEFAULT_TIMEOUT)|(https?|no)_proxy|(HTTPS?|NO)_PROXY)=' || true
    [[ ! -f $ROOM$CERTIFICATES ]] || echo "PIP_CERT=$CERTIFICATES"
}

# shellcheck disable=SC2016  # expanded by the inner bash
# Its own mounts and process ids: whatever a step leaves behind ends with the step.
inside() {
    local user=$1 home=$HOME0 settings
    shift
    [[ $user == root ]] || home=/home/$user
    mapfile -t settings < <(network_settings)
    unshare --mount --pid --fork --kill-child bash -euc '
        mount --make-rprivate /
        mount --rbind /dev "$0/dev"
        mount -t proc proc "$0/proc"
        exec chroot --userspec="$1" "$0" "${@:2}"
    ' "$ROOM" "$user" env -i "${settings[@]}" USER="$user" HOME="$home" LANG=C.UTF-8 CI=true TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

lay_clone() {
    local user=$1 folder=$2
    rm -rf "${ROOM:?}$folder"
    git clone --quiet --no-hardlinks . "$ROOM$folder"
    if [[ -n $WORKTREE ]]; then
        git ls-files --cached --others --exclude-standard -z |
            tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory "$ROOM$folder"
    fi
    chroot "$ROOM" chown -R "$user:" "$folder"
}

fingerprint() {
    (cd "$ROOM" && find ".$1" -path '*/.git' -prune -o -printf '%p %m %U %T@ %s\n' | sort | sha256sum)
}

step_refuse() {
    local before code=0
    lay_clone visitor /home/visitor/refused
    before=$(fingerprint /home/visitor/refused)
    inside visitor make -C /home/visitor/refused demo CHECK=1 || code=$?
    # make reports a recipe's failure, whatever its number, as 2
    [[ $code -eq 2 && $(fingerprint /home/visitor/refused) == "$before" ]]
    code=0
    inside visitor /home/visitor/refused/requirements/setup.sh demo || code=$?
    [[ $code -eq 2 && $(fingerprint /home/visitor/refused) == "$before" ]]
}

step_setup() { lay_clone root $HOME0/first && inside root $HOME0/first/requirements/setup.sh test; }
step_demo() { lay_clone root $HOME0/first && inside root make -C $HOME0/first demo CHECK=1; }
step_test() { [[ -d $ROOM$HOME0/first ]] || lay_clone root $HOME0/first; inside root make -C $HOME0/first test; }
step_again() {
    lay_clone root $HOME0/second && inside root make -C $HOME0/second demo CHECK=1 && inside root make -C $HOME0/second test
}
step_visitor() { lay_clone visitor /home/visitor/own && inside visitor make -C /home/visitor/own demo CHECK=1; }

must_be_possible
SECONDS=0
build_room
say "built in ${SECONDS} s: $(chroot "$ROOM" dpkg-query --show | wc -l) packages, $(du -sh "$ROOM" | cut -f1)"
for step in "${STEPS[@]}"; do
    SECONDS=0
    # a subshell of its own keeps `set -e` alive inside the step
    set +e
    (set -e; "step_$step")
    code=$?
    set -e
    [[ $code -eq 0 ]] || { say "$step: FAILED ($code) after ${SECONDS} s; the room stays in var/cleanroom"; exit 1; }
    say "$step: passed in ${SECONDS} s"
done
