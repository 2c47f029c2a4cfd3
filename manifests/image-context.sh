#!/bin/sh
# Gathers what the image holds into a folder, from what is built and installed here: dist/,
# package.json and the production packages of node_modules/. Needs no network.
# Usage: manifests/image-context.sh FOLDER   (made anew)
set -eu
to=$1
cd "$(dirname "$0")/.."
[ -d dist/cmd ] || { echo 'image-context: dist/ is missing; run: make build' >&2; exit 1; }
rm -rf "$to"
mkdir -p "$to/dist"
cp package.json "$to/"
cp -R dist/cmd dist/ctl "$to/dist/"
npm ls --omit=dev --all --parseable | tail -n +2 | sed "s|^$PWD/||" |
  tar -cf - -T - | tar -xf - -C "$to"
