#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The engineering shell: on a pipe with a run in the store, and in a terminal.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"

XDG_STATE_HOME=$dir/state
XDG_CONFIG_HOME=$dir/none
export XDG_STATE_HOME XDG_CONFIG_HOME

# shell INPUT WORDS...: output in $dir/out and $dir/err, exit code in $code
shell()
{
	input=$1
	shift
	code=0
	printf "$input" | station --config "$dir/station.yaml" --shell "$@" \
		>"$dir/out" 2>"$dir/err" || code=$?
}

# rows EXPRESSION...: Python's, all true of the objects in the output
rows()
{
	python3 - "$dir/out" "$@" <<'PY'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
for expression in sys.argv[2:]:
    assert eval(expression), (expression, rows[:2])
PY
}

# --- a pipe ----------------------------------------------------------------------------------

ONE_CORNER=1 bench_start
lot LOT-1 SN1
run --lot "$dir/LOT-1.csv"
ok "a unit was tested" is "$code" 0
bench_stop

shell 'print -2 dBm + 3.5 dB\n'
ok "a pipe is run" is "$code" 0
ok "line by line" is "$(cat "$dir/out")" '1.5 dBm'
shell 'print 1\nprint 3 dBm + 2 V\nprint 2\n'
ok "the first error ends it with its exit code" is "$code" 3
ok "it says where and why" says "$dir/err" \
	'standard input: line 2: column 13: dBm + V has no meaning'
ok "and nothing else is run" is "$(cat "$dir/out")" 1
shell 'bad\nprint 2\nrun show NONE\n' --keep-going
ok "told so it goes on, and exits with the first's code" is "$code" 3
ok "what follows is run" is "$(cat "$dir/out")" 2
ok "each error is told" is "$(grep -c 'standard input: line' "$dir/err")" 2
shell '' -c 'run show NONE'
ok "what the store does not have is the store's error" is "$code" 7
shell '' -c 'run last; run show SN1' extra
ok "a wrong call is told" is "$code" 2
printf 'set n 2\nrepeat $n print "x\ny"\n' >"$dir/script"
shell '' "$dir/script"
ok "a file is run" is "$(tr '\n' , <"$dir/out")" 'x,y,x,y,'
shell '' "$dir/none"
ok "one that is not there is told" is "$code" 3

shell '' -c 'run last' --json
ok "the last runs are objects" rows 'len(rows) == 1' 'rows[0]["serial"] == "SN1"' \
	'rows[0]["verdict"].startswith("PASS")' 'rows[0]["took_unit"] == "s"'
shell '' -c 'run show SN1 "tx_*"' --json
ok "so are the values of a run, with limits and margins" rows 'len(rows) > 4' \
	'all(r["measurement"].startswith("tx_") for r in rows)' \
	'any(r.get("value_unit") == "dBm" and r.get("margin_unit") == "dB" for r in rows)'
shell '' -c 'run show SN1 tx_tdecq'
ok "as text they have units" says "$dir/out" '^tx_tdecq  *1 .* dB .*PASS'
shell '' -c 'lot show LOT-1'
ok "a lot is a table" says "$dir/out" '^SN1  *VB-QDD-DR4-500  *PASS'
shell '' -c 'plan check 400g.yaml'
ok "a plan is checked" says "$dir/out" '400g.yaml: good'
shell '' -c 'plan show 400g.yaml'
ok "and shown" says "$dir/out" 'tx-measure'
kill_input()
{
	mkfifo "$dir/fifo"
	station --shell <"$dir/fifo" >"$dir/out" 2>"$dir/err" &
	pid=$!
	exec 9>"$dir/fifo"
	echo 'print 1' >&9
	until grep -q 1 "$dir/out"; do sleep 0.02; done
	kill -TERM "$pid"
	code=0
	wait "$pid" || code=$?
	exec 9>&-
	is "$code" 143
}
ok "a signal ends it while it waits for a line" kill_input

# --- a terminal ------------------------------------------------------------------------------

history=$XDG_STATE_HOME/station/shell-history
ok "it starts" screen_start 100 30 station --config "$dir/station.yaml" --shell
ok "with a prompt" screen_wait 'station>'
screen_type 'pri'
screen_key Tab
ok "Tab completes a command" screen_wait 'station> print'
screen_type '40 + 2'
screen_key Enter
ok "which is run" screen_wait '42'
screen_type 'run '
screen_key Tab
ok "Tab lists what there is" screen_wait "this station's last runs"
screen_type 'show S'
screen_key Tab
ok "names come from the store" screen_wait 'run show SN1'
screen_key C-c
ok "Ctrl-C gives the line up" screen_wait '^C'
screen_type 'watch 1 h print 6 * 7 * 100'
screen_key Enter
ok "a command runs" screen_wait '4200'
screen_key C-c
screen_type 'print 11 * 11'
screen_key Enter
ok "Ctrl-C ends it and not the shell" screen_wait '121'
screen_type 'watch 1 h print 33 * 11'
screen_key Enter
ok "another runs" screen_wait '363'
screen_key Enter
screen_type 'print 17 * 19'
screen_key Enter
ok "Enter ends a watch" screen_wait '323'
screen_type 'print "one'
screen_key Enter
ok "an open quote goes on in the next line" screen_wait '...>'
screen_type 'two"'
screen_key Enter
ok "to its end" screen_wait 'two"'
screen_type 'prnt'
screen_key Enter
ok "an error is told" screen_wait 'did you mean "print"'
screen_type 'print 1000 + 1'
screen_key Enter
ok "and not the end" screen_wait '1001'
screen_type 'module password 00c0ffee'
screen_key Enter
ok "what needs a module says so" screen_wait 'no module is up'
screen_key C-d
ok "Ctrl-D is" screen_until 30 screen_tells '#{pane_dead}' 1
ok "the history is for its owner" is "$(stat -c %a "$history")" 600
ok "a line with a password is not kept" is "$(grep -c c0ffee "$history")" 0
ok "it starts again" screen_start 100 30 station --config "$dir/station.yaml" --shell
ok "with a prompt" screen_wait 'station>'
screen_key Up
ok "the line before is there" screen_wait 'print 1000 + 1'
screen_key C-c
screen_type 'quit'
screen_key Enter
ok "quit is the end" screen_until 30 screen_tells '#{pane_dead}' 1

# From the start to the first answer, the fastest of several, of the program as it is shipped
quick()
{
	[ "$STATION_VARIANT" = release ] || return 0
	python3 - "$dir/station.yaml" <<'PY'
import statistics, subprocess, sys, time
def once():
    start = time.monotonic()
    subprocess.run(["station", "--config", sys.argv[1], "--shell", "-c", "print 1"],
                   check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start
took = sorted(once() for _ in range(9))
median = statistics.median(took)
print("start to answer: %.0f ms, fastest %.0f ms" % (median * 1e3, took[0] * 1e3))
sys.exit(took[0] > 0.1)
PY
}
ok "it is there within 100 ms" quick
