#!/usr/bin/env bash
# Puts the Fandol faces of official papers into the folder given: `fandol.sh var/fonts`. Needs apt's lists, no rights.
# They come out of Debian's texlive-lang-chinese, which is unpacked here because installing it would pull in TeX.
set -euo pipefail

mkdir -p "$1"
target=$(cd "$1" && pwd)
work=$(mktemp -d "$target/.unpack.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download texlive-lang-chinese >&2
dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb |
    tar --extract --wildcards --transform 's,.*/,,' '*/opentype/public/fandol/Fandol*.otf'
mv Fandol*.otf "$target/"
