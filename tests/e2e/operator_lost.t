#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A terminal that goes away in mid-run and a station that is killed: units end safely, no record is
# lost, and the next start says so.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

TIME_SCALE=1 bench_start
plan_held
operator_setup
lots T1 A-1 A-2 A-3
operator_start 80 24
login >"$dir/log"
scan T1
screen_wait 'Lot T1, 3 units' >"$dir/log"

# begin SERIAL: until it is under test with its supply on
begin()
{
	scan "$1"
	under_test "$1" && ctl state 1 >"$dir/state" &&
		says "$dir/state" '"supply_on" *: *true'
}

is_not_there()
{
	! kill -0 "$1" 2>/dev/null
}

# ended_as SERIAL: its run in the store
ended_as()
{
	stored "SELECT verdict || ': ' || reason FROM runs WHERE serial = '$1'"
}

# --- the connection breaks ------------------------------------------------------------------------

ok "a unit is under test" begin A-1
pid=$(cat "$dir/pid")
screen_kill
ok "a lost terminal ends the station by itself" operator_ended 129
ok "its process is gone" is_not_there "$pid"
ok "the unit was aborted" is "$(ended_as A-1 | cut -d: -f1)" ABORTED
ok "everything is off" is_safe

operator_start 80 24
login >"$dir/log"
scan T1
screen_wait 'Lot T1, 3 units' >"$dir/log"
ok "another unit" begin A-2
kill -TERM "$(cat "$dir/pid")"
ok "a signal ends the station too" operator_ended 143
ok "that unit was aborted" is "$(ended_as A-2 | cut -d: -f1)" ABORTED
ok "the terminal is given back" screen_until 30 screen_tells '#{alternate_on}' 0
ok "everything is off again" is_safe

# --- killed ---------------------------------------------------------------------------------------

operator_start 80 24
login >"$dir/log"
scan T1
screen_wait 'Lot T1, 3 units' >"$dir/log"
ok "a third unit" begin A-3
ctl state 1 >"$dir/state"
ok "which has its supply" says "$dir/state" '"supply_on" *: *true'
kill -KILL "$(cat "$dir/pid")"
operator_ended 137 >"$dir/log"
operator_start 80 24
ok "the next start asks who is there" screen_wait 'Scan your badge'
ok "after everything was made safe" is_safe
ok "and says what it closed" screen_wait 'A-3 of an earlier start, ABORTED: closed'
login >"$dir/log"
screen_key F10
ok "it is noted" screen_wait 'A-3 of an earlier start, ABORTED'
ok "and in the store" is "$(ended_as A-3 | cut -d, -f1)" 'ABORTED: the station ended in mid-run'
