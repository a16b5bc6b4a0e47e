#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Units one after the other: what a PASS, a FAIL and an ERROR look like, what each is followed by,
# and that the store, labels and reports have them.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects
W-1,weak-lane:2
UNITS
ONE_CORNER=1 bench_start --units "$dir/units.csv"
operator_setup 'retests: 1'
lots U1 A-1 A-2 A-3 W-1
operator_start 80 24
hear
login >"$dir/log"
scan U1
screen_wait 'Lot U1, 4 units' >"$dir/log"

# verdicts SERIAL: of its runs in the store, oldest first
verdicts()
{
	stored "SELECT verdict FROM runs WHERE serial = '$1' ORDER BY start_us" | tr '\n' ' '
}

# there GLOB: files that were written after the verdict was shown
there()
{
	set -- $1
	[ -s "$1" ]
}

# touched_since [SERIAL]: marks the unit in the store; without one takes all marks away
touched_since()
{
	python3 - "$dir/station.db" "${1-}" <<'PY'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute("DELETE FROM touches")
if sys.argv[2]:
    db.execute("INSERT INTO touches (serial, station, time_us, who, what) VALUES "
               "(?, 'S', ?, 'ann', 'laser bias')", (sys.argv[2], int(time.time() * 1e6)))
PY
}

# --- PASS -----------------------------------------------------------------------------------------

scan A-1
ok "a good unit passes" screen_wait 'Unit passed' 60
ok "with its record in the store already" is "$(verdicts A-1)" 'PASS '
ok "without anything to acknowledge" screen_has 'Scan the next unit'
ok "it is counted" screen_wait 'Units 1  Pass 1  Fail 0  Error 0  FPY 100.0 %'
ok "its label is written" screen_until 30 there "$dir/labels/A-1-*.txt"
ok "with its verdict" grep -q '^PASS' $dir/labels/A-1-*.txt
ok "and who tested it" grep -q 'Shift A' $dir/labels/A-1-*.txt
ok "so is its report" screen_until 30 there "$dir/reports/U1/A-1-*.html"
rm -f "$dir"/labels/*
screen_key F5
ok "F5 prints the label once more" screen_until 30 there "$dir/labels/A-1-*.txt"
ok "which the log tells" screen_until 30 has_deed ':print:A-1'
rm -f "$dir"/labels/*
touched_since A-1
screen_key F5
ok "no label for one that was touched by hand since" screen_wait 'no label for A-1: touched by hand'
ok "is written" sh -c "! ls '$dir'/labels/* 2>/dev/null"
touched_since
ok "a unit that passed is not tested again" refused A-1 'A-1 has passed already in this lot'

# --- FAIL -----------------------------------------------------------------------------------------

rung=$(bells)
scan W-1
ok "a weak lane fails" screen_wait 'Unit failed' 60
ok "with its record in the store already" is "$(verdicts W-1)" 'FAIL '
ok "aloud" screen_until 30 rang_since "$rung"
ok "the reason is shown" screen_has 'lane 2'
ok "it wants to be seen" screen_has 'Enter: seen'
ok "yield changes" screen_wait 'Pass 1  Fail 1  Error 0  FPY 50.0 %'
ok "the next unit has to wait for that" refused A-2 'press Enter when you have seen why W-1'
ok "nor is it tested again before" refused CMD:RETEST 'not possible now'
ok "nothing was begun" is "$(stored 'SELECT count(*) FROM runs')" 2
scan CMD:ACK
ok "its bar code says that it was seen" screen_wait_gone 'Enter: seen'
ok "the verdict stays" screen_has 'Unit failed'
ok "the log tells who saw it" screen_until 30 has_deed "$first:acknowledge:W-1"
screen_key F6
ok "the rule allows another test" screen_wait 'Enter: seen' 60
ok "it fails again" is "$(verdicts W-1)" 'FAIL FAIL '
screen_key Enter
ok "Enter says that it was seen" screen_wait_gone 'Enter: seen'
ok "but no third one" refused W-1 'W-1 failed 2 times: it may not be tested again'
ok "its label tells the reason" screen_until 30 there "$dir/labels/W-1-*.txt"

# --- ERROR ----------------------------------------------------------------------------------------

ctl fault scope1 queue-error >/dev/null
rung=$(bells)
scan A-2
ok "a fault of the station judges no unit" screen_wait 'Station fault: unit not judged' 60
ok "which is another screen than a FAIL's" screen_lacks 'Unit failed'
ok "the instrument is named" screen_has scope1
ok "with its record in the store already" is "$(verdicts A-2)" 'ERROR '
ok "aloud" screen_until 30 rang_since "$rung"
ok "counted as such" screen_wait 'Error 1'
ok "it wants to be seen" refused A-3 'press Enter when you have seen why A-2'
ok "everything is off" is_safe
ctl fault scope1 clear >/dev/null
screen_key Enter
screen_wait_gone 'Enter: seen' >"$dir/log"
scan A-2
ok "the unit may be tested when the fault is gone" screen_wait 'Unit passed' 60
ok "an ERROR is no test of it" is "$(verdicts A-2)" 'ERROR PASS '

# --- what was -------------------------------------------------------------------------------------

screen_key F7
ok "the last units are listed" screen_wait 'A-1'
screen_key Down Down
screen_key Enter
ok "with what was wrong" screen_wait cal_tx_oma_error
screen_key Escape Escape
screen_wait_gone cal_tx_oma_error >"$dir/log"
screen_key F9
ok "what fails most in the lot" screen_wait cal_tx_oma_error
screen_key F9
screen_key F12
screen_wait 'Close the terminal?' >"$dir/log"
scan CMD:YES
ok "closed by its bar code" operator_ended 0
