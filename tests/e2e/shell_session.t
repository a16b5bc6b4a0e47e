#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A session of the engineering shell in a terminal: a module up by hand, its laser starved and
# repaired, its receivers swept and fitted, and everything off in the end.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"

XDG_STATE_HOME=$dir/xdg
XDG_CONFIG_HOME=$dir/none
export XDG_STATE_HOME XDG_CONFIG_HOME
said=770000000

# say LINE: types it, and waits until it has been done: a line that fails prints no number
say()
{
	said=$((said + 1))
	screen_type "$1; print 770000000 + $((said - 770000000))"
	screen_key Enter
	screen_wait "$said" 120
}

# tdecq FILE: of lane 2, the last one in the saved session
tdecq()
{
	python3 - "$1" <<'PY'
import json, sys
values = [m["value"] for m in json.load(open(sys.argv[1]))["measurements"]
          if m["id"] == "tx_tdecq" and m["lane"] == 2]
print(values[-1])
PY
}

# true_of EXPRESSION: Python's
true_of()
{
	python3 -c "import sys; sys.exit(not ($1))"
}

start()
{
	screen_start 200 60 station --config "$dir/station.yaml" --shell && screen_wait 'station>'
}

bench_start
ctl insert 1 SN1 >/dev/null
ok "it starts" start
ok "a module comes up by hand" say 'module up'
ok "and says who it is" screen_has 'serial SN1, CMIS'
ok "its lasers are on" say 'step run bring-up'
ok "told while it runs" screen_has 'bring-up: PASS'
ok "it draws its power" say 'module power'
ok "in watts" screen_has ' W '
ok "its levels are set" say 'step run calibrate-begin; step run tx-calibrate 2'
ok "and measured" say "step run tx-measure 2; step save $dir/sound.json"
ok "its laser is broken" say 'bench fault laser-bias 2 0.7'
ok "and measured again" say "step run tx-measure 2; step save $dir/broken.json"
ok "which it fails" screen_has 'tx-measure lane 2: FAIL'
ok "it is repaired" say 'bench repair'
ok "and measured once more" say "step run tx-measure 2; step save $dir/repaired.json"
sound=$(tdecq "$dir/sound.json")
broken=$(tdecq "$dir/broken.json")
repaired=$(tdecq "$dir/repaired.json")
ok "TDECQ was worse meanwhile" true_of "$broken > $sound + 0.3"
ok "and is as before" true_of "abs($repaired - $sound) < 0.15"
ok "light is on" say 'light on; light set -5 dBm; bert align'
ok "the attenuator is swept" \
	say "sweep attenuator 7.5..10 dB step 0.5 dB : bert ber 0.1 s > $dir/ber.csv"
ok "with a plot" screen_has 'ber at attenuator 10 dB, 6 of 6'
ok "and a file" says "$dir/ber.csv" '^attenuator (dB),lane,bits,errors,ber,'
ok "with all of it" is "$(wc -l <"$dir/ber.csv")" 25
ok "the waterfall is fitted" say 'fit waterfall 2'
ok "to the sensitivity" screen_has 'sensitivity'
ok "what is on is known" say 'undo show'
ok "all of it" screen_has 'supply off'
screen_type 'quit'
screen_key Enter
ok "quit is the end" screen_until 60 screen_tells '#{pane_dead}' 1
ok "what was on is undone and told" screen_has 'undone: supply off'
ok "and all is off in truth" is_safe

# tmux does not always know how a program ended
start_told()
{
	words="station --config $dir/station.yaml --shell; echo \$? >$dir/code"
	screen_start 200 60 sh -c "$words" &&
		screen_wait 'station>'
}

ok "it starts again" start_told
ok "a module is up" say 'module up; step run bring-up'
kill -TERM "$(pgrep -P "$(tmux_do display-message -p '#{pane_pid}')")"
ok "a signal at the prompt is an end" screen_until 60 screen_tells '#{pane_dead}' 1
ok "with its own exit code" is "$(cat "$dir/code")" 143
ok "which tells what it undid" screen_has 'undone: supply off'
ok "with all off" is_safe
