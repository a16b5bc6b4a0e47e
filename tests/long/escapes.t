#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# A few units of every type near their limits: none that is bad may pass, nearly all that are good
# must. UNITS (20) of each type; "make check-escapes" is the same with many.
set -eu
: "${STATION_BIN:?}" "${STATION_SRC:?}" "${STATION_DATADIR:?}"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo 1..5
UNITS=${UNITS:-20} "$STATION_SRC/tools/escapes" "$STATION_BIN" "$dir/run" >"$dir/out" 2>&1 || :
sed 's/^/# /' "$dir/out" | cut -c1-300
n=0
for type in 400GBASE-DR4 400GBASE-FR4 400GBASE-LR4-6 400G-LR4-10 400GBASE-SR4; do
	n=$((n + 1))
	line=$(grep "^type=$type " "$dir/out" || true)
	case $line in
	*" escapes=0 "*" errors=0 "*) echo "ok $n - $type: no bad unit passed" ;;
	*) echo "not ok $n - $type: ${line:-no result}" ;;
	esac
done
