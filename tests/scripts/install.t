#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# make install into a folder of its own: what is there works, and make uninstall leaves nothing.
cd "${STATION_SRC:?}" || exit 1
: "${STATION_BIN:?}" "${STATION_BUILD:?}" "${STATION_VARIANT:?}"
. tests/scripts/tap.sh
out=${TMPDIR:-/tmp}/install.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT

# not a part of the make that runs the tests; the same build
unset MAKEFLAGS MFLAGS MAKELEVEL
build()
{
	make --no-print-directory B="$STATION_B" VARIANT="$STATION_VARIANT" DESTDIR="$out" "$@"
}

# with other flags this would build the programs anew under the feet of the other tests
cp "$STATION_BUILD/flags" "$out/flags"
cp "$STATION_BUILD/prefix" "$out/prefix"
build "$STATION_B/flags" "$STATION_B/prefix" >"$out/log" 2>&1
if ! cmp -s "$STATION_BUILD/flags" "$out/flags" ||
	! cmp -s "$STATION_BUILD/prefix" "$out/prefix"; then
	cp -p "$out/flags" "$STATION_BUILD/flags"
	cp -p "$out/prefix" "$STATION_BUILD/prefix"
	ok 1 'the flags of the build are those of this environment'
	tap_done
fi

build install >"$out/log" 2>&1
status=$?
ok $status 'make install'
[ $status = 0 ] || explain "$out/log"
prefix=$out$(cat "$STATION_BUILD/prefix")
for file in bin/station bin/virtual-bench share/man/man1/station.1 share/man/man5/station-plan.5 \
	share/station/plans/400g.yaml share/station/limits/400gbase-dr4.csv \
	share/station/modules/vb-qdd-dr4.yaml share/station/boards/qsfp-dd-pair.yaml \
	share/locale/zh_CN/LC_MESSAGES/station.mo \
	lib/udev/rules.d/60-station.rules share/man/man5/station-board.5 \
	share/man/man1/station-db.1 \
	share/station/examples/virtual-bench.yaml.in; do
	[ -s "$prefix/$file" ]
	ok $? "there is $file"
done
[ -n "$(find "$prefix/share/station/schema" -name '*.json' 2>/dev/null)" ]
ok $? 'there is the schema of the run document'

unset STATION_DATADIR
(cd "$out" && STATION_DATADIR=$prefix/share/station "$prefix/bin/station" plan check \
	400g.yaml) >"$out/log" 2>&1
status=$?
ok $status 'the installed program finds the installed plan'
[ $status = 0 ] || explain "$out/log"
strings=$(grep -c "$(cat "$STATION_BUILD/prefix")/share/station" "$prefix/bin/station")
[ "$strings" -gt 0 ]
ok $? 'and knows where it was installed'

: >"$prefix/share/station/limits/mine.csv"
build uninstall >"$out/log" 2>&1
ok $? 'make uninstall'
left=$(cd "$prefix" && find . -type f)
[ "$left" = ./share/station/limits/mine.csv ]
status=$?
ok $status 'leaves what it did not install, and nothing else'
[ $status = 0 ] || echo "# $left"

tap_done
