#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A signal in mid-run: light off, attenuators closed, supply off by the bench's truth; the unit is
# recorded as ABORTED with what was measured; the exit code tells the signal.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start

# abort SIGNAL NUMBER STEP: sends the signal when the step begins
abort()
{
	lot "abort-$1" "A-$1-1" "A-$1-2"
	rm -f "$dir/before"
	drive "$dir/abort-$1.csv" "*step-start*\"$3\"*" \
		"virtual-bench ctl --port $control state 1 >$dir/before; kill -$1 \$pid"
	ok "$1 at $3: the supply was on" says "$dir/before" '"supply_on" *: *true'
	ok "$1 at $3: exit code" is "$code" $((128 + $2))
	ok "$1 at $3: everything is off" is_safe
	run report "A-$1-1" --format json
	ok "$1 at $3: recorded as ABORTED" says "$dir/out" '"verdict" *: *"ABORTED"'
	ok "$1 at $3: with what was measured" says "$dir/out" '"id" *: *"id_serial"'
	run report "A-$1-2" --format json
	ok "$1 at $3: the next unit was not started" is "$code" 7
}

abort TERM 15 rx-monitor-calibrate
abort INT 2 tx-calibrate
abort HUP 1 set-corner
