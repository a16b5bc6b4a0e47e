#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Instruments that misbehave in mid-run: ERROR naming the instrument, never FAIL, outputs safe, and the
# next unit runs.
. "$(dirname "$0")/lib.sh"

bench_start
n=0

# fault DEVICE KIND NAME STEP: armed when the step begins, cleared when the run has ended
fault()
{
	n=$((n + 1))
	lot "faults-$n" "F$n-1" "F$n-2"
	drive "$dir/faults-$n.csv" "*step-start*\"$4\"*" "ctl fault $1 $2 >/dev/null" \
		'*"step-end"*"ERROR"*' "ctl fault $1 clear >/dev/null"
	ok "$1 $2: exit 4" is "$code" 4
	ok "$1 $2: the unit is not judged" is "$(verdict "F$n-1")" ERROR
	ok "$1 $2: $3 is named" says "$dir/out" "^F$n-1  *ERROR.*$3"
	ok "$1 $2: the next unit passes" is "$(verdict "F$n-2")" PASS
	ok "$1 $2: everything is off" is_safe
}

fault scope1 queue-error scope1 tx-measure
fault power_meter1 garbage meter1 tx-monitor-calibrate
fault power_meter1 silent meter1 tx-measure
fault supply1 disconnect supply1 module-power
fault bert1 garbage bert1 rx-waterfall
fault attenuator1 disconnect attenuator1 los-measure
fault switch1 garbage switch1 tx-calibrate
fault thermal1 disconnect thermal1 set-corner
fault fixture1 disconnect fixture bring-up
fault fixture1 garbage fixture tx-off

# what was slow or strange on the wire but right changes nothing
lot split S-1
drive "$dir/split.csv" '*run-start*' "ctl fault scope1 split 5 >/dev/null; ctl fault power_meter1 split 50 >/dev/null"
ok "replies in two segments: the unit passes" is "$(verdict S-1)" PASS
ok "and the exit code is 0" is "$code" 0
ctl fault scope1 clear >/dev/null
ctl fault power_meter1 clear >/dev/null
