#!/bin/sh
# Installs what the browser tests need beside Python: Chromium, Java, npm, and two packages of npm's into $1.
set -u
cd "$(dirname "$0")/.."

missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="chromium fonts-noto-color-emoji"
command -v java >/dev/null || missing="$missing default-jre-headless"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "installing $missing"
    # shellcheck disable=SC2086  # a list of packages
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null ||
      echo "apt could not install $missing: their tests are skipped"
  else
    echo "not installed, and this user cannot install them: $missing; their tests are skipped"
  fi
fi
if command -v npm >/dev/null; then
  cp tests_listen/package.json "$1/package.json"
  npm install --silent --no-audit --no-fund --prefix "$1" || echo "npm could not install vnu-jar and axe-core"
fi
