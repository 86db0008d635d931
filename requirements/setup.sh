#!/usr/bin/env bash
# Brings .venv and the Debian packages up to the lists beside this file: `setup.sh demo` or `setup.sh test`.
# Safe to repeat and to run twice at once; changes nothing when it can not finish for want of rights.
set -euo pipefail
cd "$(dirname "$0")/.."

GROUP=${1:?"usage: requirements/setup.sh demo|test"}
PYTHON=${PYTHON:-python3}
FANDOL=(FandolFang-Regular FandolKai-Regular FandolHei-Regular)

case $GROUP in
    demo) LIST="base" ;;
    test) LIST="test" ;;
    *) echo "setup.sh: unknown group '$GROUP', use demo or test" >&2; exit 2 ;;
esac

say() { echo "setup: $*" >&2; }

is_present() {
    case $1 in
        python3-venv) [[ -x .venv/bin/python ]] || "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ;;
        chromium) command -v "${CHROMIUM:-chromium}" >/dev/null || has_package chromium ;;
        *) has_package "$1" ;;
    esac
}

has_package() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing_packages() {
    local group package
    while read -r group package; do
        [[ $group == demo || $group == "$GROUP" ]] || continue
        is_present "$package" || echo "$package"
    done <requirements/debian.txt
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
    [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null
}

refuse_without() {
    say "these Debian packages are missing: $*"
    say "install them once as root, then run the same command again:"
    echo "apt-get update && apt-get install -y --no-install-recommends $*" >&2
    exit 2
}

install_packages() {
    say "installing from Debian: $*"
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@" >/dev/null
}

has_fandol() {
    local face
    for face in "${FANDOL[@]}"; do [[ -s var/fonts/$face.otf ]] || return 1; done
}

fetch_fandol() {
    requirements/fandol.sh var/fonts || { can_be_root && as_root apt-get -qq update && requirements/fandol.sh var/fonts; }
}

stamp() {
    sha256sum "requirements/$LIST.txt" | cut -d' ' -f1
}

is_built() {
    .venv/bin/python -c 'import pip' 2>/dev/null && [[ $(cat ".venv/.stamp-$LIST" 2>/dev/null) == "$(stamp)" ]]
}

build_venv() {
    if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        rm -rf .venv
        "$PYTHON" -m venv .venv
    fi
    say "installing requirements/$LIST.txt into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes -r "requirements/$LIST.txt"
    stamp >".venv/.stamp-$LIST"
}

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    { say "Python 3.11 or later is needed; name one with PYTHON=…"; exit 2; }
if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: find here what must be present: requirements/debian.txt"
else
    mapfile -t missing < <(missing_packages)
    [[ ${#missing[@]} -eq 0 ]] || can_be_root || refuse_without "${missing[@]}"
fi

mkdir -p var
exec {lock}>var/.setup.lock
flock "$lock"
if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages)
    [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
    has_fandol || fetch_fandol ||
        say "warning: the Fandol faces could not be fetched; papers fall back to Noto Serif"
fi
is_built || build_venv
