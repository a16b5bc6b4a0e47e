#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What is unplugged in mid-run: ERROR naming it, as safe as can be reached, and the next unit waits
# until it is back. What does not come back ends the lot, and nothing is touched or lost.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
# no further attempts: a fault that ends with the first one must end the run
sed 's/, retries: [0-9]*, before_retry: clean//' "$STATION_SRC/tests/data/one_corner.yaml" \
	>"$dir/once.yaml"
sed -i "s|^    plan: .*|    plan: $dir/once.yaml|" "$dir/station.yaml"
bench_ctl="virtual-bench ctl --port $control"
n=0

# unplugged DEVICE NAME STEP SAFE: when the step begins, until it is asked for; SAFE is what must be
# safe all the same meanwhile
unplugged()
{
	n=$((n + 1))
	lot "unplugged-$n" "U$n-1" "U$n-2"
	drive "$dir/unplugged-$n.csv" \
		"*step-start*\"$3\"*" "$bench_ctl fault $1 disconnect" \
		"*\"prompt\"*$2 is gone*" \
		"$bench_ctl state 1 >$dir/meanwhile; $bench_ctl fault $1 clear"
	ok "$1: exit 4" is "$code" 4
	ok "$1: the unit is not judged" is "$(verdict "U$n-1")" ERROR
	grep '^  "reason"' "$dir/reports/unplugged-$n/U$n-1-"*.json >"$dir/reason"
	ok "$1: it is named" says "$dir/reason" "$2"
	ok "$1: $4" says "$dir/meanwhile" "$4"
	ok "$1: the next unit passes" is "$(verdict "U$n-2")" PASS
	ok "$1: everything is off" is_safe
}

dark='"tx_light":\[null,null,null,null\]'
closed='"attenuator_open":\[false,false,false,false\]'
off='"supply_on":false'
unplugged thermal1 thermal1 set-corner "$off"
unplugged power_meter1 meter1 tx-off "$dark"
unplugged bert1 bert1 rx-monitor-calibrate "$closed"
unplugged attenuator1 attenuator1 los-measure "$off"
unplugged supply1 supply1 module-power "$dark"
unplugged fixture1 "fixture of site 1" lane-check "$off"

# what stays away: the lot ends, and goes on later
sed -i 's/^time_scale:.*/&\nreconnect_limit: 1 s/' "$dir/station.yaml"
lot away A-1 A-2 A-3
drive "$dir/away.csv" '*step-start*"tx-off"*' "$bench_ctl fault power_meter1 disconnect"
ok "away: exit 4" is "$code" 4
ok "away: the unit under test is not judged" is "$(verdict A-1)" ERROR
ok "away: the next one neither" is "$(verdict A-2)" ERROR
ok "away: told that it was not begun" says "$dir/err" '^A-2 .*not begun.*meter1'
ok "away: the third one waits" is "$(verdict A-3)" ""
ok "away: told that it does" says "$dir/err" '1 unit was not begun'
ok "away: everything is off" is_safe
ctl fault power_meter1 clear >/dev/null
run --lot "$dir/away.csv" --resume
ok "back: the lot goes on" is "$code" 0
ok "back: all three pass" is "$(verdict A-1)$(verdict A-2)$(verdict A-3)" PASSPASSPASS
