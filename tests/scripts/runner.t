#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# shellcheck disable=SC2016,SC2181
# The runner of the tests: what fails is counted, whichever way it fails.
cd "${STATION_SRC:-.}" || exit 1
. tests/scripts/tap.sh

out=${TMPDIR:-/tmp}/runner.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT

# a test program from standard input
program()
{
	{ echo '#!/bin/sh'; cat; } >"$out/$1"
	chmod +x "$out/$1"
}

# runs FILE... and leaves the output in $out/log
run()
{
	(cd "$out" && PERL5LIB=$root/tools prove --harness Tally --exec "$root/tools/run-test" \
		"$@" >log 2>&1)
}
root=$PWD

echo 'echo ok 1; echo ok 2; echo 1..2' | program good
echo 'echo ok 1; echo not ok 2; echo 1..2; exit 1' | program bad
echo 'echo ok 1; echo "Bail out! ERROR:file.c:1"; kill -ABRT $$' | program bails
echo 'echo ok 1; echo ok 2; echo 1..2; kill -SEGV $$' | program crashes
echo 'echo ok 1' | program stops
echo 'echo "ok 1 # SKIP not here"; echo 1..1' | program skips
echo 'echo "ok 1 - $TMPDIR"; : >"$TMPDIR/left"; echo 1..1' | program litters

run ./good
ok $? 'a good one passes'
check_says "$out/log" '2 passed, 0 failed' 'and is counted'

run ./bad ./good
[ $? != 0 ]; ok $? 'a failing case fails the run'
check_says "$out/log" '3 passed, 1 failed' 'and is counted'

run ./bails ./good
[ $? != 0 ]; ok $? 'Bail out fails the run'
check_says "$out/log" '3 passed, 1 failed' 'and the other programs still run'

run ./crashes
[ $? != 0 ]; ok $? 'a crash after the last case fails the run'
check_says "$out/log" '2 passed, 1 failed' 'and is counted'

run ./stops
[ $? != 0 ]; ok $? 'a program that ends without its plan fails the run'
check_says "$out/log" '1 passed, 1 failed' 'and is counted'

run ./skips ./good
ok $? 'a skipped case does not fail the run'
check_says "$out/log" '1 skipped' 'but is told'
check_says "$out/log" '2 passed, 0 failed' 'and is not called passed'

before=$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'station-test.*' | wc -l)
run ./litters
after=$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'station-test.*' | wc -l)
[ "$before" = "$after" ]
ok $? 'the folder for temporary files is taken away'

tap_done
