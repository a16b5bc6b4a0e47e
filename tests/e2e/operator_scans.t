#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What a scanner types: bursts, labels, pastes, commands; what is wrong is refused aloud and does
# nothing.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

TIME_SCALE=1 bench_start
plan_held
operator_setup "serial: '[A-Z]{1,2}-[0-9]+'" "prefix: '~'"
lots S1 A-1 A-2 A-3
lots S2 B-1
operator_start 80 24
hear
login >"$dir/log"

# --- lots and units that are none -----------------------------------------------------------------

ok "a unit before a lot" refused SN:A-1 'Scan or choose (F3) a lot first'
ok "a lot that is not there" refused L9 'there is no lot L9'
ok "nor is a way to somewhere one" refused ../lots/S1 'is no name of a lot'
scan '~S2'
ok "a lot, with the scanner's prefix" screen_wait 'Lot S2, 1 units'
scan LOT:S1
ok "another, by its label" screen_wait 'Lot S1, 3 units'
ok "a unit of another lot" refused B-1 'B-1 is not in lot S1'
ok "what is no serial number" refused 'HELLO 99' 'is no serial number of ours'
ok "the name of a key" refused F12 'is no serial number of ours'
ok "an answer to nothing" refused YES 'is no serial number of ours'
ok "a command that is none" refused CMD:DANCE 'There is no command "DANCE"'
ok "a command out of place" refused CMD:RETEST '"RETEST" is not possible now'
ok "a site that is none" refused SITE:7 'There is no site 7'
ok "more than a scan can be" refused "$(printf '%0600d' 0)" 'too long for a scan'
ok "a damaged label" refused '(21)' 'a field of the code is empty'
screen_type A-
screen_wait '> A-_' >"$dir/log"
screen_key BSpace BSpace BSpace
ok "what is typed can be rubbed out" screen_wait_gone '> A'
screen_type A-3
screen_wait '> A-3_' >"$dir/log"
screen_key Escape
ok "and left with Esc" screen_wait_gone '> A-3'
ok "nothing has begun" is "$(stored 'SELECT count(*) FROM runs')" 0
ok "nothing is on" is_safe

# --- while a unit is under test -------------------------------------------------------------------

screen_paste A-1
ok "a paste is a scan without an Enter" under_test A-1
ok "another one is refused" refused A-2 'Site 1 is testing A-1: this scan was not taken'
ok "so is the same once more" refused A-1 'A-1 is being tested already'
ok "and another lot" refused LOT:S2 'the lot cannot change now'
ok "it is still that one" says_screen 'A-1  *1 of 3'
scan CMD:ABORT
ok "the bar code for abort asks" screen_wait 'Abort?'
ok "a unit's bar code is no answer" refused A-2 'Answer first'
scan CMD:NO
ok "NO leaves it" screen_wait_gone 'Abort?'
ok "the unit is still under test" screen_has set-corner
scan CMD:ABORT
screen_wait 'Abort?' >"$dir/log"
scan CMD:YES
ok "YES aborts" screen_wait 'Stopped: unit not judged'
ok "it is in the store" is "$(stored 'SELECT serial, verdict FROM runs')" 'A-1|ABORTED'
ok "everything is off" is_safe

# --- labels ---------------------------------------------------------------------------------------

scan CMD:RETEST
ok "RETEST tests it again" under_test A-1
scan CMD:ABORT
screen_wait 'Abort?' >"$dir/log"
scan CMD:YES
screen_wait 'Stopped: unit not judged' >"$dir/log"
screen_bytes 5d 43 31 32 31 41 2d 32 1d 32 34 30 58 0d
ok "GS1 as scanners send it" under_test A-2
abort_now()
{
	scan CMD:ABORT
	screen_wait 'Abort?' && scan CMD:YES && screen_wait 'Stopped: unit not judged'
}
ok "aborted, too" abort_now
scan '(21)A-3(240)VB-QDD-DR4-500'
ok "GS1 as people read it" under_test A-3
ok "aborted as well" abort_now
scan 'SN:A-3;LOT:M7'
ok "the lot on a unit's label may be its maker's" under_test A-3
ok "the station's own stays" screen_has 'Lot S1'
ok "and is aborted" abort_now
ok "everything is off again" is_safe
ok "every abort is told of" is "$(deeds | grep -c ':abort:A-')" 5
