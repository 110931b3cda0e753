#!/bin/sh
# What the tests run beside Python: Debian's Chromium (the browser tests), node and curl (the code of results),
# nginx (streams and answers behind a proxy), PostgreSQL (records of several processes).
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-dejavu-core"
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
command -v curl >/dev/null 2>&1 || missing="$missing curl"
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || missing="$missing nginx"
# Write and read pictures and sounds as others do.
command -v cwebp >/dev/null 2>&1 || missing="$missing webp"
command -v avifenc >/dev/null 2>&1 || missing="$missing libavif-bin"
command -v exiftool >/dev/null 2>&1 || missing="$missing libimage-exiftool-perl"
command -v ffprobe >/dev/null 2>&1 || missing="$missing ffmpeg"
# The other proxy of deploy/, and the records of several processes.
command -v caddy >/dev/null 2>&1 || missing="$missing caddy"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need these programs on the PATH:$missing" >&2
  exit 1
fi
SUDO=""
[ "$(id -u)" = 0 ] || SUDO=sudo
$SUDO apt-get update -qq
# shellcheck disable=SC2086  # a list of names
DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends $missing >/dev/null
