#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# No two layers have a function of one name: archives are searched in order, so that the linker
# takes the first without a word, and the other layer calls what it never meant.
cd "${STATION_SRC:?}" || exit 1
. tests/scripts/tap.sh
out=${TMPDIR:-/tmp}/symbols.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT

# twice ARCHIVE...: names of functions and variables that more than one of them defines
twice()
{
	for archive; do
		nm -g --defined-only "$archive" 2>/dev/null |
			awk -v a="$archive" \
				'NF == 3 && $2 ~ /[TDBR]/ && $3 !~ /^__/ { print $3, a }'
	done | sort -u | awk '{ n[$1]++; of[$1] = of[$1] " " $2 }
		END { for (name in n) if (n[name] > 1) print name ":" of[name] }'
}

twice "${STATION_BUILD:?}"/lib*.a >"$out/log"
[ ! -s "$out/log" ]
status=$?
ok $status 'no name is defined in two archives'
[ $status = 0 ] || explain "$out/log"

cp "$STATION_BUILD/libbase.a" "$out/libother.a"
twice "$STATION_BUILD/libbase.a" "$out/libother.a" >"$out/log"
grep -q "^clock_sleep_s: .*/lib.*/lib" "$out/log"
ok $? 'one that is would be told'

tap_done
