#!/bin/sh
# Installs what package-lock.json pins, unless it is there already: npm writes down what it
# installed, and a copy of the lock file that it was installed from tells whether that has changed.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.installed-lock.json
if [ -f "$stamp" ] && cmp -s package-lock.json "$stamp"; then
  exit 0
fi
if ! command -v npm >/dev/null; then
  echo "npm is missing: peers that run on Node.js are installed with it" >&2
  exit 1
fi
# Not its warnings: they are about the Node.js that npm runs on, and the peers bring their own.
npm ci --loglevel error --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved >&2
cp package-lock.json "$stamp"
