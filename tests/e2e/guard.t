#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The station is killed with light on: its guard makes everything safe at once, without a new start,
# and the next start tells it. A guard that is killed itself is replaced; one with nothing to do is
# gone with its station.
. "$(dirname "$0")/lib.sh"

TIME_SCALE=100 ONE_CORNER=1 bench_start
export STATION_LOCKDIR="$dir/locks"
mkdir "$STATION_LOCKDIR"

# kill.py PORT SECONDS PID [WHAT]: kills when WHAT (or light) is on, waits until all is off and says
# how long that took; fails when it takes longer
cat >"$dir/kill.py" <<'PY'
import json, os, signal, socket, sys, time

port, limit, pid = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
wanted = set(sys.argv[4:] or ["tx", "rx", "attenuator", "supply"])
ctl = socket.create_connection(("127.0.0.1", port)).makefile("rw")

def on():
    ctl.write('{"command":"state","site":1}\n')
    ctl.flush()
    s = json.loads(ctl.readline())
    is_lit = lambda light: any(p is not None and p > -50 for p in light)
    found = {"tx": is_lit(s["tx_light"]), "rx": is_lit(s["rx_light"]),
             "attenuator": any(s["attenuator_open"]), "supply": s["supply_on"]}
    return {name for name in found if found[name]}

start = time.monotonic()
while not wanted <= on():
    assert time.monotonic() - start < 60, on()
os.kill(pid, signal.SIGKILL)
start = time.monotonic()
while on() and time.monotonic() - start < limit:
    pass
print("off after %.3f s, left on: %s" % (time.monotonic() - start, on() or "nothing"))
sys.exit(bool(on()))
PY

# the processes that guard the station of a process
guards_of()
{
	for child in $(cat "/proc/$1"/task/*/children); do
		! tr '\0' ' ' <"/proc/$child/cmdline" | grep -q -e '--guard' || echo "$child"
	done
}

# is_gone PID: waits for its end
is_gone()
{
	tries=0
	while kill -0 "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || return 1
		sleep 0.02
	done
}

lot lit L-1 L-2
station --config "$dir/station.yaml" --lot "$dir/lit.csv" --json >"$dir/events" 2>"$dir/err" &
pid=$!
until grep -q '"run-start"' "$dir/events"; do sleep 0.02; done
first=$(guards_of $pid)
kill -KILL "$first"
until grep -q 'the guard ended (signal 9): there is another one' "$dir/events"; do sleep 0.02; done
guard=$(guards_of $pid)
ok "a guard that dies is replaced" is_not "$guard" "$first"
ok "it has a session of its own" is "$(ps -o sid= -p "$guard" | tr -d ' ')" "$guard"
ls -l "/proc/$guard/fd" >"$dir/fds"
ok "and nothing open of the station's" is \
	"$(sed -n 's/.* -> \(socket\|.*\)/\1/p' "$dir/fds" | sed 's/:.*//' | tr '\n' ' ')" \
	"socket /dev/null /dev/null "
# (a second: make check-kill looks at that, with nothing beside it)
ok "killed with light on, all is off soon" python3 "$dir/kill.py" "$control" 2 "$pid"
sed 's/^/# /' "$dir/ok.out"
{ wait $pid; } 2>/dev/null
run --lot "$dir/lit.csv" --resume --stop-after 1
ok "the next start need not wait until the guard is gone" is "$(verdict L-1)" PASS
ok "and writes the page of the run that was cut off" \
	is "$(ls "$dir"/reports/lit/L-1-*.html | wc -l)" 2
ok "it tells what the guard did" says "$dir/err" \
	'made safe [0-9]* ms after the station ended (process [0-9]*), by its guard: .*supply1'
ok "the guard is gone" is_gone "$guard"
grep -h 'by its guard' "$dir/err" | sed 's/^/# /'
ok "told once" is "$(ls "$dir" | grep -c 'station.db-guard')" 0

# the engineering shell, with its module up
mkfifo "$dir/lines"
station --config "$dir/station.yaml" --shell <"$dir/lines" >"$dir/shell" 2>"$dir/err" &
pid=$!
exec 3>"$dir/lines"
virtual-bench ctl --port "$control" load 1 S-1 >/dev/null
echo "module up" >&3
ok "the shell too, with its module up" python3 "$dir/kill.py" "$control" 2 "$pid" supply
sed 's/^/# /' "$dir/ok.out"
exec 3>&-
{ wait $pid; } 2>/dev/null
run --shell -c 'module up; module state'
ok "its next start tells it" says "$dir/err" 'site 1: made safe [0-9]* ms after .* by its guard:'
ok "everything is off" is_safe
