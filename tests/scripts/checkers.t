#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# Each checker accepts the sources as they are and refuses each file of tests/refuse, for the reason
# that the file's "refused:" comment tells and for no other.
cd "${STATION_SRC:-.}" || exit 1
. tests/scripts/tap.sh
out=${TMPDIR:-/tmp}/checkers.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT

# accepts NAME COMMAND...
accepts()
{
	name=$1
	shift
	"$@" >"$out/log" 2>&1
	status=$?
	ok $status "$name"
	[ $status = 0 ] || explain "$out/log"
}

# refuses FILE COMMAND...: it must fail, and every complaint must be the expected one
refuses()
{
	file=$1
	shift
	reason=$(sed -n 's|^.*refused: \(.*\)$|\1|p' "$file" | sed 's| \*/.*$||')
	"$@" >"$out/log" 2>&1
	status=$?
	others=$(grep -v 'error: ' "$out/log" | grep -cvF -- "$reason")
	[ $status != 0 ] && [ -n "$reason" ] && [ "$others" = 0 ] &&
		grep -qF -- "$reason" "$out/log"
	status=$?
	ok $status "refused: $file: $reason"
	[ $status = 0 ] || explain "$out/log"
}

accepts 'the layers of the sources' tools/check-layers
accepts 'the style of the sources' tools/check-style
accepts 'each header compiles alone' tools/check-headers
if tools/format --available; then
	accepts 'the format of the sources' tools/format --check
else
	tap_skip 'the format of the sources' 'clang-format 14 is not installed'
fi

for file in tests/refuse/style/*; do
	refuses "$file" tools/check-style "$file"
done
for tree in tests/refuse/layers/*; do
	refuses "$(find "$tree" -type f)" tools/check-layers "$tree"
done
for file in tests/refuse/headers/*; do
	refuses "$file" tools/check-headers "$file"
done
if tools/format --available; then
	for file in tests/refuse/format/*; do
		refuses "$file" tools/format --check "$file"
	done
fi

tap_done
