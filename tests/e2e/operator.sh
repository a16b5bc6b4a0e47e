# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The operator's terminal as an operator has it: the whole program in a real terminal, on the virtual
# bench. Source it after lib.sh and screen.sh.

# Two people: an operator (badge 4711) and another (badge 4712), with their PINs.
anna=4711 anna_pin=k9-otter bo=4712 bo_pin=b7-heron

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
	echo "$anna_pin" | station --config "$dir/station.yaml" users add "$anna" --name 'Anna Berg' \
		>"$dir/log"
	echo "$bo_pin" | station --config "$dir/station.yaml" users add "$bo" --name 'Bo Dahl' \
		>"$dir/log"
}

# operator_start [COLUMNS ROWS [WORDS...]]: the terminal, up to the login
operator_start()
{
	columns=${1:-80}
	rows=${2:-24}
	[ $# -lt 2 ] || shift 2
	screen_start "$columns" "$rows" station --config "$dir/station.yaml" "$@"
}

# scan LINE: one burst, Enter and all, as from a scanner
scan()
{
	tmux_do send-keys -l -- "$1" \; send-keys Enter
}

# login [BADGE PIN NAME]
login()
{
	screen_wait "${operator_badge:-Badge}" && scan "${1:-$anna}" &&
		screen_wait "${operator_pin:-PIN}" && scan "${2:-$anna_pin}" &&
		screen_wait "${3:-Anna Berg}"
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

# Its process, and whether it has gone
operator_pid()
{
	screen_tell '#{pane_pid}'
}

is_gone()
{
	! kill -0 "$1" 2>/dev/null
}

# says_screen PATTERN: of one line of the screen
says_screen()
{
	screen_text >"$dir/text"
	says "$dir/text" "$1"
}

# nowhere WORD: in no file that the station wrote, whatever its kind
nowhere()
{
	! grep -rlaF -e "$1" --exclude='log' --exclude='ok.out' "$dir/station.db" "$dir/station.db-wal" \
		"$dir/station.yaml" "$dir/users.yaml" "$dir/reports" "$dir/labels" 2>/dev/null
}

# ended CODE: the program has ended by itself, with that exit code
ended()
{
	screen_until 30 screen_tells '#{pane_dead}' 1 &&
		is "$(screen_tell '#{pane_dead_status}#{pane_dead_signal}')" "$1"
}
