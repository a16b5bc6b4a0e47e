# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The operator's terminal as an operator has it: the whole program in a real terminal, on the
# virtual bench. Source it after lib.sh and screen.sh.

# Two people: an operator (badge 4711) and another (badge 4712), with their PINs.
first=4711 first_pin=k9-otter second=4712 second_pin=b7-heron

# operator_setup [LINE...]: users, a folder of lots, and whatever the lines add to "operator:"
operator_setup()
{
	mkdir -p "$dir/lots"
	{
		echo 'operator:'
		echo '  lots: lots'
		echo '  users: users.yaml'
		echo '  labels: labels'
		for line; do
			echo "  $line"
		done
	} >>"$dir/station.yaml"
	operator_add "$first" "$first_pin" 'Shift A'
	operator_add "$second" "$second_pin" 'Shift B'
}

# operator_add BADGE PIN NAME
operator_add()
{
	echo "$2" | station --config "$dir/station.yaml" users add "$1" --name "$3" >"$dir/log"
}

# operator_start [COLUMNS ROWS [WORDS...]]: the terminal, up to the login. Its
# process is in $dir/pid, how it ended in $dir/code.
operator_start()
{
	columns=${1:-80}
	rows=${2:-24}
	[ $# -lt 2 ] || shift 2
	rm -f "$dir/code"
	cat >"$dir/terminal" <<-END
		trap : HUP INT TERM
		sh -c 'echo \$\$ >"$dir/pid"; exec station "\$@"' - "\$@" 2>"$dir/err"
		echo \$? >"$dir/code.new"
		mv "$dir/code.new" "$dir/code"
	END
	screen_start "$columns" "$rows" sh "$dir/terminal" --config "$dir/station.yaml" "$@"
}

# scan LINE: one burst, Enter and all, as from a scanner
scan()
{
	tmux_do send-keys -l -- "$1" \; send-keys Enter
}

# login [BADGE PIN NAME]
login()
{
	screen_wait "${operator_badge:-Badge}" && scan "${1:-$first}" &&
		screen_wait "${operator_pin:-PIN}" && scan "${2:-$first_pin}" &&
		screen_wait "${3:-Shift A}"
}

# lots NAME SERIAL...: a lot file in the station's folder of lots
lots()
{
	name=$1
	lot "$@"
	mv "$dir/$name.csv" "$dir/lots/$name.csv"
}

# stored SQL: of the store, rows as lines with | between the columns
stored()
{
	python3 - "$dir/station.db" "$1" <<'PY'
import sqlite3, sys
store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, timeout=30)
for row in store.execute(sys.argv[2]):
    print("|".join("" if value is None else str(value) for value in row))
PY
}

# deeds: what the log of the store has, oldest first, as WHO:WHAT:TEXT
deeds()
{
	stored "SELECT who || ':' || what || ':' || text FROM log ORDER BY number"
}

# has_deed PATTERN: of one line of them
has_deed()
{
	deeds >"$dir/deeds"
	says "$dir/deeds" "$1"
}

# operator_ended CODE: it has ended by itself, with that exit code
operator_ended()
{
	screen_until 60 test -e "$dir/code" && is "$(cat "$dir/code")" "$1"
}

# says_screen PATTERN: of one line of the screen
says_screen()
{
	screen_text >"$dir/text"
	says "$dir/text" "$1"
}

# under_test SERIAL: the screen is that of its run, which stands at the step that plan_held waits
# in; the screen of an aborted one has the step's name, too
under_test()
{
	screen_until 30 says_screen "$1  *[0-9]* of [0-9]" && screen_wait set-corner
}

# last_line_has ROWS TEXT: the window has so many rows, the last one with the text
last_line_has()
{
	screen_text | sed -n "$1p" | grep -qF -e "$2"
}

# nowhere WORD: in no file that the station wrote, whatever its kind
nowhere()
{
	for file in station.db station.db-wal station.yaml users.yaml reports labels; do
		[ ! -e "$dir/$file" ] || ! grep -rlaF -e "$1" "$dir/$file" || return 1
	done
}

# plan_held [SITE...]: a plan whose units stay under test until they are aborted: the thermal head
# of the site does not move
plan_held()
{
	cat >"$dir/held.yaml" <<-'PLAN'
		plan: long way
		revision: "1"
		types:
		  400GBASE-DR4: {}
		stage: final
		corners:
		  - {name: 70C 3.300V, case: 70 degC, supply: 3.3 V}
		setup:
		  - {step: power-up, on_fail: stop}
		  - {step: identify, on_fail: stop}
		  - {step: set-corner, on_fail: stop}
		main:
		  - {step: module-power}
		cleanup:
		  - {step: power-down}
	PLAN
	sed -i "s|^    plan: .*|    plan: $dir/held.yaml|" "$dir/station.yaml"
	for site in "${@:-1}"; do
		ctl thermal-stuck "$site" on >"$dir/log"
	done
}

# hear: from now on what the program sends is kept; bells: how often it rang
hear()
{
	tmux_do pipe-pane "cat >>'$dir/sent'"
}

bells()
{
	tr -cd '\007' <"$dir/sent" | wc -c
}

# refused LINE WORDS: the scan is refused with these words, and a bell
refused()
{
	rung=$(bells)
	scan "$1"
	screen_wait "$2" && screen_until 30 rang_since "$rung"
}

# refused_key KEY: it does nothing, aloud
refused_key()
{
	rung=$(bells)
	screen_key "$1"
	screen_wait "$1 is not possible now" && screen_until 30 rang_since "$rung"
}

rang_since()
{
	[ "$(bells)" -gt "$1" ]
}

# The terminal goes, and the program after it, before its folder does.
operator_stop()
{
	screen_kill
	[ -s "$dir/pid" ] || return 0
	tries=0
	while kill -0 "$(cat "$dir/pid")" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || kill -KILL "$(cat "$dir/pid")"
		sleep 0.05
	done
}
trap 'operator_stop; finish' EXIT

# screen_wait_scan LINE WORDS: what the screen says to a scan
screen_wait_scan()
{
	scan "$1"
	screen_wait "$2"
}
