#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Who works at the terminal: badge and PIN, one that is wrong, hand-over, and a terminal that
# was left.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

ONE_CORNER=1 bench_start
operator_setup
lots shift L-1 L-2
operator_start 80 24
all=$dir/all
ok "the terminal asks who is there" screen_wait 'Scan your badge'
tmux_do pipe-pane "cat >>'$all'"
ok "and for which station" screen_has 'Station virtual-1'
ok "nobody is shown" screen_has 'Operator -'

# --- nothing without somebody ---------------------------------------------------------------------

scan L-1
ok "a unit's number is no badge that is let in" screen_wait 'Badge L-1'
screen_key Escape
ok "Esc goes back to the badge" screen_wait 'Scan your badge'
scan SITE:1
ok "a site's bar code is refused" screen_wait 'Log in first'
screen_key F3
ok "the list of lots stays closed" screen_wait 'F3 is not possible now'
screen_key F12
ok "and the terminal open" screen_wait 'F12 is not possible now'
scan CMD:ABORT
ok "commands are refused too" screen_wait '"ABORT" is not possible now'

# --- badge and PIN --------------------------------------------------------------------------------

scan "$first"
ok "a badge is asked for its PIN" screen_wait "Badge $first"
screen_type k9-
ok "which is shown as stars" screen_wait '***'
ok "and not as it is" screen_lacks k9-
screen_type hen
screen_wait '******' >"$dir/log"
screen_key Enter
ok "a wrong PIN is refused" screen_wait 'badge or PIN is wrong'
ok "back at the badge" screen_has 'Scan your badge'
ok "nobody is in" screen_has 'Operator -'
scan 4799
screen_wait 'Badge 4799' >"$dir/log"
scan "$first_pin"
ok "a badge that nobody has is refused in the same words" screen_wait 'badge or PIN is wrong'
scan "OP:$first"
ok "a badge with its label" screen_wait "Badge $first"
scan "$first_pin"
ok "the right PIN lets in" screen_wait 'Operator Shift'
ok "the site is ready for a lot" screen_has 'No lot is chosen'

# --- at work --------------------------------------------------------------------------------------

screen_key F3
ok "the lots to choose from" screen_wait '> shift'
screen_key Enter
ok "one is chosen" screen_wait 'Lot shift, 2 units'
scan "OP:$second"
ok "another badge does not take over by itself" screen_wait 'is logged in: F2 hands over'
scan L-1
ok "a unit passes" screen_wait 'Unit passed' 60
ok "and is counted" screen_wait 'Units 1  Pass 1'

# --- hand-over ------------------------------------------------------------------------------------

screen_key F2
ok "hand-over shows the shift" screen_wait 'First-pass yield'
ok "with what was tested" says_screen 'Tested  *1 '
screen_key Escape
ok "Esc stays" screen_wait_gone 'First-pass yield'
ok "still the same one" screen_has 'Operator Shift'
screen_key F2
screen_wait 'First-pass yield' >"$dir/log"
screen_key Enter
ok "Enter hands over" screen_wait 'Scan your badge'
login "$second" "$second_pin" 'Operator Shift B' >"$dir/log"
ok "the next one is in" screen_has 'Operator Shift B'
ok "with the lot as it was" screen_has 'Lot shift'
ok "and the counts of the shift" screen_has 'Units 1  Pass 1'
scan L-2
ok "and tests" screen_wait 'Pass 2' 60

# --- left alone -----------------------------------------------------------------------------------

# closes the terminal: who is logged in may
leave()
{
	screen_key F12
	screen_wait 'Close the terminal?' >"$dir/log"
	screen_key Enter
	operator_ended 0
}
ok "whoever is in may close it" leave
sed -i 's/^operator:/&\n  lock_after: 10 s/' "$dir/station.yaml"
operator_start 80 24
login "$second" "$second_pin" 'Operator Shift B' >"$dir/log"
ok "left alone, the terminal asks again" screen_wait 'Scan your badge'
ok "nobody is shown then" screen_has 'Operator -'

# --- what is kept ---------------------------------------------------------------------------------

login >"$dir/log"
ok "it is closed" leave
deeds >"$dir/deeds"
ok "who did what is in the store" is "$(tr '\n' ' ' <"$dir/deeds")" \
	"4711:login: 4711:lot:shift 4711:handover:units=1 passed=1 failed=0 errors=0 \
4712:login: 4712:quit: 4712:login: 4712:lock: 4711:login: 4711:quit: "
ok "each unit has the name of who tested it" is \
	"$(stored "SELECT serial, document ->> '$.operator' FROM runs ORDER BY serial" |
	tr '\n' ' ')" \
	'L-1|Shift A L-2|Shift B '
ok "no PIN was ever sent to the terminal" says_not "$all" "$first_pin\|$second_pin"
ok "nor kept" nowhere "$first_pin"
ok "of nobody" nowhere "$second_pin"
