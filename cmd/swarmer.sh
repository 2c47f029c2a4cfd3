#!/bin/sh
# Starts swarmer.js, which lies beside this file, with what node takes only at its start.
#
# A busy API makes 110 KB of garbage with every submission. With 32 MiB for it instead of 16 it is collected half as
# often, and less of it has to be kept: a sixth less processor time for each (`make bench SCENARIO=submit`). A
# controller gains nothing of the kind, and its memory is bounded more closely.
program=$(readlink -f "$0").js
case ${1-} in
api) exec node --max-semi-space-size=32 "$program" "$@" ;;
*) exec node "$program" "$@" ;;
esac
