#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# While a unit is under test: abort, windows of other sizes, pages, hand-over, leaving.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

TIME_SCALE=1 bench_start
plan_held
operator_setup
lots R1 A-1 A-2 A-3
operator_start 80 24
login >"$dir/log"
scan R1
screen_wait 'Lot R1, 3 units' >"$dir/log"

# is_on: the unit is under test by the bench's truth
is_on()
{
	ctl state 1 >"$dir/state"
	says "$dir/state" '"supply_on" *: *true'
}

# --- abort ----------------------------------------------------------------------------------------

scan A-1
ok "a unit is under test" under_test A-1
screen_key F8
ok "F8 asks" screen_wait 'Abort?'
ok "and tells what will be" screen_has 'the unit is recorded as ABORTED'
screen_key Escape
ok "Esc goes on testing" screen_wait_gone 'Abort?'
ok "the step goes on" screen_has set-corner
ok "the module has its supply" is_on
screen_key F8
screen_wait 'Abort?' >"$dir/log"
screen_key F8 F3 F12 Tab
ok "other keys are no answer" screen_wait 'not possible now'
ok "it is still asked" screen_has 'Abort?'
ok "the module still has its supply" is_on
screen_key Enter
ok "Enter aborts" screen_wait 'Stopped: unit not judged'
ok "the screen says that all is safe" screen_has 'Made safe:'
ok "and so it is" is_safe
ok "it is in the store" is "$(stored 'SELECT serial, verdict, site FROM runs')" 'A-1|ABORTED|1'
ok "the log tells who" screen_until 30 has_deed "$first:abort:A-1"

# --- sizes ----------------------------------------------------------------------------------------

scan A-2
under_test A-2 >"$dir/log"
for size in 132:43 200:60; do
	screen_resize "${size%:*}" "${size#*:}"
	ok "$size is filled to its last line" screen_until 30 last_line_has "${size#*:}" F1
	ok "$size shows the same run" screen_has set-corner
	ok "$size has more than values" screen_has Steps
done
screen_resize 60 15
ok "60 x 15 is told to be too small" screen_wait 'Too small: 80 x 24 is needed'
ok "with the site's state and unit" says_screen 'RUNNING A-2'
screen_resize 80 24
ok "back at 80 x 24" screen_wait_gone 'Too small'
ok "all is there again" screen_wait set-corner
ok "to the last line" last_line_has 24 F1

# --- pages ----------------------------------------------------------------------------------------

for page in 'F1:CMD:RETEST' 'F7:Last units' 'F9:Units in the lot' 'F10:Instruments and sites'; do
	screen_key "${page%%:*}"
	ok "${page%%:*} opens its page" screen_wait "${page#*:}"
	ok "over which the unit is not forgotten" says_screen 'RUNNING'
	screen_key Escape
	ok "Esc leaves it" screen_wait set-corner
done
for pane in Eye Waterfall Steps Values; do
	screen_key F4
	ok "F4 shows $pane" screen_wait "$pane ─"
done

# --- hand-over and leaving ------------------------------------------------------------------------

screen_key F2
ok "hand-over tells what is under test" screen_wait 'Still under test; it goes on:'
screen_key Enter
ok "nobody is there" screen_wait 'Scan your badge'
ok "the unit goes on" says_screen 'RUNNING'
screen_key F8
ok "and cannot be aborted by nobody" screen_wait 'F8 is not possible now'
login "$second" "$second_pin" 'Operator Shift B' >"$dir/log"
ok "the next one has it" screen_wait set-corner
ok "with its supply on" is_on
screen_key F12
ok "leaving tells what that would end" screen_wait 'These units are aborted first'
screen_key Escape
screen_wait_gone 'aborted first' >"$dir/log"
ok "Esc stays" is_on
screen_key F12
screen_wait 'These units are aborted first' >"$dir/log"
screen_key Enter
ok "Enter leaves" operator_ended 0
ok "the unit was aborted" is "$(stored "SELECT verdict FROM runs WHERE serial = 'A-2'")" ABORTED
ok "everything is off" is_safe
ok "its record has who began it" is \
	"$(stored "SELECT document ->> '\$.operator' FROM runs WHERE serial = 'A-2'")" 'Shift A'
