#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What stands beside a unit: lid, start button, tower light; faults of socket and bus in mid-run.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
# no further attempts: a fault that ends with the first one must end the run
sed 's/, retries: [0-9]*, before_retry: clean//' "$STATION_SRC/tests/data/one_corner.yaml" \
	>"$dir/once.yaml"
sed -i "s|^    plan: .*|    plan: $dir/once.yaml|" "$dir/station.yaml"
bench_ctl="virtual-bench ctl --port $control"
# a loader that waits while $dir/hold is there, so that the bench is seen as a unit left it
cat >"$dir/load" <<LOADER
while [ "\$1" = load ] && [ -e "$dir/hold" ]; do sleep 0.02; done
exec $bench_ctl "\$@"
LOADER
sed -i "s|^    loader: .*|    loader: [sh, $dir/load, \"{action}\", \"{site}\", \"{serial}\"]|" \
	"$dir/station.yaml"
n=0

# shows LAMPS: what the tower shows, in JSON
shows()
{
	ctl state 1 >"$dir/state"
	says "$dir/state" "\"tower\":\[$1\]"
}

# broken WORDS REASON STEP BREAK MEND: BREAK when the step begins; MEND when the unit has ended
broken()
{
	n=$((n + 1))
	lot "broken-$n" "B$n-1" "B$n-2"
	drive "$dir/broken-$n.csv" "*step-start*\"$3\"*" "touch $dir/hold; $bench_ctl $4" \
		"*\"run-end\"*B$n-1*" \
		"$bench_ctl state 1 >$dir/meanwhile; $bench_ctl $5; rm $dir/hold"
	ok "$1: exit 4" is "$code" 4
	ok "$1: the unit is not judged" is "$(verdict "B$n-1")" ERROR
	grep '^  "reason"' "$dir/reports/broken-$n/B$n-1-"*.json >"$dir/reason"
	ok "$1: told" says "$dir/reason" "$2"
	ok "$1: the supply was off" says "$dir/meanwhile" '"supply_on":false'
	ok "$1: the module was dark" says "$dir/meanwhile" '"tx_light":\[null,null,null,null\]'
	ok "$1: the shutters were closed" says "$dir/meanwhile" \
		'"attenuator_open":\[false,false,false,false\]'
	ok "$1: the next unit passes" is "$(verdict "B$n-2")" PASS
	ok "$1: everything is off" is_safe
}

broken "bus without answers" 'fixture of site 1: the I2C bus is broken' lane-check \
	"fault fixture1 nack" "fault fixture1 clear"
broken "interrupt stuck" 'fixture of site 1: .*IntL. is stuck' lane-check \
	"fault fixture1 int-stuck" "fault fixture1 clear"
broken "unit pulled out" 'site 1: .*\(no module is seated\|pulled out\)' \
	los-measure "remove 1" "ports"

ctl beside 1 lid,tower >/dev/null
broken "lid opened" 'the lid of site 1 was opened during the test, light is out; close it' \
	los-measure "lid 1 open" "lid 1 close"
ok "the tower is dark at the end" shows ""
# whatever the site waits for
broken "lid opened at a ramp" 'the lid of site 1 was opened' set-corner "lid 1 open" "lid 1 close"
broken "unit pulled out of a watched site" 'site 1.*pulled out\|pulled out of site 1' \
	tx-calibrate \
	"remove 1" "ports"
broken "fixture unplugged under a lid" 'fixture of site 1' tx-calibrate \
	"fault fixture1 disconnect" "fault fixture1 clear"

# the lid is open at the begin; what the tower shows
lot tower T-1
ctl lid 1 open >/dev/null
drive "$dir/tower.csv" '*"prompt"*close the lid of site 1*' \
	"$bench_ctl state 1 >$dir/waiting; $bench_ctl lid 1 close" \
	'*step-start*"lane-check"*' "$bench_ctl state 1 >$dir/running"
ok "lid closed when asked for: PASS" is "$(verdict T-1)" PASS
ok "waiting: blue" says "$dir/waiting" '"tower":\["Blue"\]'
ok "waiting: nothing is on" says "$dir/waiting" '"supply_on":false'
ok "running: amber" says "$dir/running" '"tower":\["Amber"\]'

# verdicts, seen while the next unit waits for its button
ctl beside 1 lid,start,tower >/dev/null
sed -i 's/^time_scale:.*/&\ninsert_limit: 20 s/; s/^    loader:/    start_button: true\n&/' \
	"$dir/station.yaml"
lot button P-1 P-2
drive "$dir/button.csv" \
	'*"prompt"*P-1*press the start button of site 1*' \
	"touch $dir/hold; $bench_ctl start 1 press" \
	'*"run-end"*P-1*' "sleep 0.2; $bench_ctl state 1 >$dir/passed; rm $dir/hold" \
	'*"prompt"*P-2*release the start button*' "$bench_ctl start 1 release" \
	'*"prompt"*P-2*press the start button*' 'kill -INT $pid'
ok "pressed: the unit passes" is "$(verdict P-1)" PASS
ok "passed: green" says "$dir/passed" '"tower":\["Green"\]'
ok "not pressed, and ended: not tested" is "$(verdict P-2)" ABORTED
ok "ended by a signal: the tower is dark" shows ""
ok "ended by a signal: everything is off" is_safe
