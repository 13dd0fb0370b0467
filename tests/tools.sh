#!/bin/bash
# Installs what the tests drive and a bare machine lacks: Chromium, and real device tools where they can be had.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo -n"
if ! command -v apt-get >/dev/null || ! $sudo true 2>/dev/null; then
  echo "Chromium is missing and may not be installed from here: browser tests will fail. Install it (Debian, as root:" \
    "apt-get install chromium fonts-noto-core fonts-liberation), or leave them out: make test TESTS=\"-m 'not browser' tests\"." >&2
  exit 0
fi
echo "Installing Chromium and device tools (about a minute, once)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core \
    fonts-liberation mosquitto mosquitto-clients dcmtk orthanc zbar-tools poppler-utils
} >"$log" 2>&1 || { cat "$log" >&2; echo "Chromium could not be installed." >&2; exit 1; }
