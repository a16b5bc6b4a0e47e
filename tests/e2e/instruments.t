#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Whose the instruments are and which they are: one station at a time, those that the configuration
# names, in calibration; on for long enough and found whole by themselves.
. "$(dirname "$0")/lib.sh"

STATION_LOCKDIR="$dir/locks"
export STATION_LOCKDIR
ONE_CORNER=1 bench_start
mkdir "$dir/line2"
sed 's/^station: .*/station: line2/' "$dir/station.yaml" >"$dir/line2/station.yaml"
cp "$dir/station.yaml" "$dir/right.yaml"

check_line2()
{
	code=0
	station --config "$dir/line2/station.yaml" check >"$dir/out" 2>"$dir/err" || code=$?
}

# --- two stations, one bench ---------------------------------------------------------------------

lot held H-1
lot second S-1
cat >"$dir/second.sh" <<'SH'
echo "$pid" >"$1/pid"
station --config "$1/line2/station.yaml" --lot "$1/second.csv" \
	>"$1/second.out" 2>"$1/second.err" </dev/null
echo $? >"$1/second.code"
station --config "$1/line2/station.yaml" check >"$1/check.out" 2>&1
echo $? >"$1/check.code"
SH
drive "$dir/held.csv" '*step-start*"identify"*' "sh '$dir/second.sh' '$dir'"
holder="in use by station \"virtual-1\" (user [^,]*, process $(cat "$dir/pid"), station, since"
ok "the second station is refused" is "$(cat "$dir/second.code")" 5
ok "with who holds what" says "$dir/second.err" "^station: meter1: $holder [0-9][0-9]:[0-9][0-9])"
ok "it runs no unit" says_not "$dir/second.out" 'S-1'
ok "check says so of each instrument" is "$(grep -c "$holder" "$dir/check.out")" \
	"$(($(grep -c '^    driver:' "$dir/station.yaml") + 1))"
ok "of the fixture too" says "$dir/check.out" "^PROBLEM site 1: fixture of site 1: $holder"
ok "and ends with 4" is "$(cat "$dir/check.code")" 4
ok "the first is not disturbed" is "$code" 0
check_line2
ok "after the first has ended they are free" is "$code" 0
ok "no lock is left" is "$(ls "$dir/locks" | grep -c '\.lock$')" 0

# one that was killed holds nothing
lot killed K-1
drive "$dir/killed.csv" '*step-start*"identify"*' 'kill -KILL $pid'
check_line2
ok "what a killed station had is free" is "$code" 0
ok "a line of check tells all of an instrument" says "$dir/out" \
	"^ok      meter1: Keysight.* N7745A, serial [^,]*, firmware [^,]*, options .*, calibration\
 due 2099-12-31, lock file, driver tested-sim$"

# --- which instrument it is ----------------------------------------------------------------------

own_serial=$(sed -n 's/^ok      meter1: .*, serial \([^,]*\),.*/\1/p' "$dir/out")
firmware=$(sed -n 's/^ok      meter1: .*, firmware \([^,]*\),.*/\1/p' "$dir/out")
line=$(grep -n 'name: meter1' "$dir/right.yaml" | cut -d: -f1)

# expect KEY VALUE: in the configuration of meter1
expect()
{
	sed "s/^  - name: meter1/&\n    $1: \"$2\"/" "$dir/right.yaml" >"$dir/station.yaml"
}

for row in "serial|WRONG|$own_serial" "model|N7744A|N7745A" "firmware|0.0|$firmware"; do
	key=${row%%|*}
	found=${row##*|}
	wrong=${row#*|}
	wrong=${wrong%%|*}
	expect "$key" "$found"
	run check
	ok "$key as configured: ready" is "$code" 0
	expect "$key" "$wrong"
	run check
	told="meter1: open: the $key \"$found\" answers, but \"$wrong\" is configured"
	ok "another $key: check says so" says "$dir/out" "^PROBLEM .*station.yaml:$line: $told"
	ok "another $key: exit 4" is "$code" 4
done
expect serial WRONG
lot wrong W-1
run --lot "$dir/wrong.csv"
# 3 where it is refused as a whole
ok "a lot with another serial: not judged" says /dev/stdin '^[34]$' <<CODE
$code
CODE
told="meter1: open: the serial \"$own_serial\" answers, but \"WRONG\" is configured"
ok "with file, line and both" says "$dir/err" "station.yaml:$line: $told"
ok "no unit is run" is "$(find "$dir/reports/wrong" -name 'W-1*' | wc -l)" 0
ok "everything is off" is_safe

# --- calibration ---------------------------------------------------------------------------------

lot expired E-1
sed "0,/^    calibration_due: .*/s//    calibration_due: 2020-02-29/" "$dir/right.yaml" \
	>"$dir/station.yaml"
run --lot "$dir/expired.csv"
ok "calibration expired: exit 8" is "$code" 8
ok "the instrument and the day are named" says "$dir/err" \
	'meter1: calibration was due 2020-02-29'
ok "no unit is run" says_not "$dir/out" 'E-1'
run check
ok "check: exit 8" is "$code" 8
ok "check names it" says "$dir/out" '^PROBLEM meter1: .*calibration was due 2020-02-29'

# --- self-test and warm-up -----------------------------------------------------------------------

# warm_up_s RECORD: how long the step took, in whole seconds
warm_up_s()
{
	python3 - "$1" <<'PY'
import json, sys
steps = json.load(open(sys.argv[1]))["steps"]
print(int(next(s["duration_s"] for s in steps if s["kind"] == "warm-up")))
PY
}

both='  - {step: self-test}\n  - {step: warm-up, with: {time: 7200 s, skip: supply thermal}}'
sed "s/^  - {step: power-up.*/$both\n&/" "$STATION_SRC/tests/data/one_corner.yaml" >"$dir/warm.yaml"
sed "s|^    plan: .*|    plan: $dir/warm.yaml|" "$dir/right.yaml" >"$dir/station.yaml"
rm "$dir/locks"/*.seen
lot warm W-2
run --lot "$dir/warm.csv"
ok "a unit behind self-test and warm-up passes" is "$(verdict W-2)" PASS
cat "$dir/reports/warm/W-2-"*.json >"$dir/record"
ok "the meter has tested itself" says "$dir/record" '"meter1: self-test passed"'
ok "they were waited for" [ "$(warm_up_s "$dir/record")" -ge 3 ]
ok "options are in the record" says "$dir/record" '"options": "[^"]'
lot again W-3
run --lot "$dir/again.csv"
cat "$dir/reports/again/W-3-"*.json >"$dir/record"
ok "known to be on since then, nobody waits" [ "$(warm_up_s "$dir/record")" -lt 3 ]
sed -i 's/skip: supply thermal/skip: suply/' "$dir/warm.yaml"
lot typo W-4
run --lot "$dir/typo.csv"
ok "an unknown class: the unit is not judged" is "$(verdict W-4)" ERROR
ok "with what was meant" says "$dir/out" 'did you mean "supply"'
