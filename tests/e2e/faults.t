#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Instruments that misbehave in mid-run: ERROR naming the instrument, never FAIL, outputs safe, and
# the next unit runs.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
# no further attempts: a fault that ends with the first one must end the run
sed 's/, retries: [0-9]*, before_retry: clean//' "$STATION_SRC/tests/data/one_corner.yaml" \
	>"$dir/once.yaml"
sed -i "s|^    plan: .*|    plan: $dir/once.yaml|" "$dir/station.yaml"
n=0

# fault DEVICE KIND NAME STEP UNITS [COUNT]: armed when the step begins (one that is not tried
# again), for so many answers or for all, cleared when it has ended. A connection that is lost each
# time anew would keep the safe state from being reached, which goes on before the step's end is
# told. With UNITS 2 another unit follows: once for each way in which a session is lost.
fault()
{
	n=$((n + 1))
	lot "faults-$n" $(seq -f "F$n-%g" "$5")
	drive "$dir/faults-$n.csv" \
		"*step-start*\"$4\"*" "virtual-bench ctl --port $control fault $1 $2 ${6:-}" \
		'*"step-end"*"ERROR"*' "virtual-bench ctl --port $control fault $1 clear"
	ok "$1 $2: exit 4" is "$code" 4
	ok "$1 $2: the unit is not judged" is "$(verdict "F$n-1")" ERROR
	# the terminal's line is cut short, the record's is not
	grep '^  "reason"' "$dir/reports/faults-$n/F$n-1-"*.json >"$dir/reason"
	ok "$1 $2: $3 is named" says "$dir/reason" "$3"
	[ "$5" = 1 ] || ok "$1 $2: the next unit passes" is "$(verdict "F$n-2")" PASS
	ok "$1 $2: everything is off" is_safe
}

fault scope1 queue-error scope1 tx-calibrate 2
fault power_meter1 garbage meter1 tx-monitor-calibrate 1
fault power_meter1 silent meter1 tx-off 2
fault supply1 disconnect supply1 module-power 2 1
fault bert1 garbage bert1 rx-monitor-calibrate 2
fault attenuator1 disconnect attenuator1 los-measure 1 1
fault switch1 garbage switch1 tx-calibrate 1
fault thermal1 disconnect thermal1 set-corner 1 1
fault fixture1 disconnect fixture lane-check 2 1
fault fixture1 garbage fixture sensor-calibrate 1

# what is slow on the wire but right changes nothing
lot split S-1
ctl fault scope1 split 5 >/dev/null
ctl fault power_meter1 split 50 >/dev/null
run --lot "$dir/split.csv"
ok "replies in two segments: the unit passes" is "$(verdict S-1)" PASS
ok "and the exit code is 0" is "$code" 0
ctl fault scope1 clear >/dev/null
ctl fault power_meter1 clear >/dev/null

# a unit that is not there, and a loader that cannot load
sed -i '/^    loader:/d; s/^time_scale:.*/&\ninsert_limit: 2 s/' "$dir/station.yaml"
lot absent NOBODY
run --lot "$dir/absent.csv"
ok "no unit inserted: exit 4" is "$code" 4
ok "no unit inserted: ERROR, not FAIL" is "$(verdict NOBODY)" ERROR
ok "no unit inserted: says what it waited for" says "$dir/out" '^NOBODY .*insert NOBODY'
sed -i 's|^    switch_module: 1|&\n    loader: [sh, -c, "echo gripper stuck >\&2; exit 3"]|' \
	"$dir/station.yaml"
run --lot "$dir/absent.csv"
ok "a failing loader: ERROR" is "$(verdict NOBODY)" ERROR
ok "a failing loader: its words are told" says "$dir/out" '^NOBODY .*gripper stuck'
ok "everything is off" is_safe
