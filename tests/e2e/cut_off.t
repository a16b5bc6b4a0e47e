#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The station is killed in mid-run, or its store takes nothing: the next start makes all safe before
# any unit, and no run is lost.
. "$(dirname "$0")/lib.sh"

TIME_SCALE=100 ONE_CORNER=1 bench_start
open="$dir/station.db-open"
lot cut C-1 C-2

# the loader tells what it finds before it brings a unit
cat >"$dir/loader" <<EOF
#!/bin/sh
echo "\$1 \$3" >>"$dir/loaded"
[ "\$1" != load ] || virtual-bench ctl --port $control state 1 >"$dir/found-\$3"
exec virtual-bench ctl --port $control "\$@"
EOF
chmod +x "$dir/loader"
sed -i "s|^    loader:.*|    loader: [\"$dir/loader\", \"{action}\", \"{site}\", \"{serial}\"]|" \
	"$dir/station.yaml"

# kept WORDS: waits until they are in the kept document
cat >"$dir/kept" <<EOF
#!/bin/sh
n=0
until grep -qs "\$1" $open/*.json || [ \$n -gt 1500 ]; do sleep 0.02; n=\$((n + 1)); done
EOF
chmod +x "$dir/kept"
drive "$dir/cut.csv" '*step-start*"tx-calibrate"*' \
	"$dir/kept '\"kind\": *\"tx-calibrate\"'
	virtual-bench ctl --port $control state 1 >$dir/before; kill -KILL \$pid"
run_id=$(sed -n 's/.*"run-start".*"run_id":"\([^"]*\)".*/\1/p' "$dir/events" | head -n 1)
ok "killed in mid-run" is "$code" 137
ok "with the supply on" says "$dir/before" '"supply_on" *: *true'
ok "the run is kept" test -f "$open/$run_id.json"
ok "and says that it is not over" says "$open/$run_id.json" '^  "verdict": "NONE"'

run --lot "$dir/cut.csv" --record "$dir/tape"
ok "no recording begins with what another start left" says "$dir/err" 'left runs open'

# a file that nobody can read, and one of another station
echo '{"schema": "station-run-2"' >"$open/junk.json"
sed 's/^  "station_id": "[^"]*"/  "station_id": "other"/' "$open/$run_id.json" >"$open/other.json"

: >"$dir/loaded"
run --lot "$dir/cut.csv" --resume --stop-after 1
ok "the next start runs the unit again" is "$(verdict C-1)" PASS
ok "and tells what it found" says "$dir/err" \
	'C-1 of an earlier start, ABORTED: closed: the station ended in mid-run, in or after '
ok "and what it could not read" says "$dir/err" 'junk.json.damaged: the record .* document: '
ok "all was off before the unit was brought" state_is_safe "$dir/found-C-1"
ok "the one before was taken out first" is "$(head -n 1 "$dir/loaded")" "unload C-1"
ok "the run is closed in the store" record "$run_id" 'run["verdict"] == "ABORTED"' \
	'run["reason"].startswith("the station ended in mid-run")' \
	'len(run["steps"]) > 3 and values("id_serial")' \
	'run["steps"][-1]["verdict"] in ("PASS", "ABORTED")' \
	'run["steps"][0]["verdict"] == "PASS"' \
	'run["start"] < run["end"]' '"everything was made safe at the next start" in notes'
grep '"step-end"\|"measurement"' "$dir/events" >"$dir/told"
cat >"$dir/all_told.py" <<'PY'
import json, sys
with open(sys.argv[1]) as file:
    run = json.load(file)
with open(sys.argv[2]) as file:
    events = [json.loads(line) for line in file]
place = lambda item: (item.get("lane", 0), item.get("corner", ""))
has = {(s["name"], *place(s), s["verdict"]) for s in run["steps"]}
has |= {(m["id"], *place(m), m["value"]) for m in run["measurements"]}
is_step = lambda e: e["event"] == "step-end"
missing = [e for e in events
           if (e["name"], *place(e), e["verdict"] if is_step(e) else e["value"]) not in has]
print(len(events), missing)
sys.exit(bool(missing) or not any(map(is_step, events)))
PY
run report "$run_id" --format json
ok "with all that had been told of it" python3 "$dir/all_told.py" "$dir/out" "$dir/told"
ok "its file is gone" is "$(ls "$open" | grep -c "$run_id")" 0
ok "what cannot be read is set aside" test -f "$open/junk.json.damaged"
ok "another station's stays" test -f "$open/other.json"
rm -f "$open/other.json"

# a supply that is out of reach at the next start: nothing is begun before it is off
lot far D-1
drive "$dir/far.csv" '*step-start*"tx-calibrate"*' \
	"$dir/kept '\"kind\": *\"tx-calibrate\"'
	virtual-bench ctl --port $control fault supply1 disconnect; kill -KILL \$pid"
: >"$dir/loaded"
run --lot "$dir/far.csv"
ok "a supply out of reach is told" says "$dir/err" 'site 1: .*not safe: supply1 was not reached'
ok "no unit is begun" is "$(verdict D-1):$code" ERROR:4
ok "nor loaded" is "$(cat "$dir/loaded")" ""
ok "the run is closed all the same" says "$dir/err" 'D-1 of an earlier start, ABORTED'
ctl state 1 >"$dir/state"
ok "the supply was truly on" says "$dir/state" '"supply_on" *: *true'
ctl fault supply1 clear >/dev/null
run --lot "$dir/far.csv" --resume
ok "back, the unit passes" is "$(verdict D-1)" PASS
ok "all was off before it was brought" state_is_safe "$dir/found-D-1"

# another process takes the write lock in mid-run, and keeps it until it is told
cat >"$dir/hold_lock.py" <<'PY'
import os, sqlite3, sys, time
folder = sys.argv[1]
db = sqlite3.connect(folder + "/station.db", isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open(folder + "/locked", "w").close()
end = time.monotonic() + 120
while not os.path.exists(folder + "/release") and time.monotonic() < end:
    time.sleep(0.02)
open(folder + "/released", "w").close()
PY
lot full F-1
drive "$dir/full.csv" '*step-start*"identify"*' \
	"python3 $dir/hold_lock.py $dir & until [ -e $dir/locked ]; do sleep 0.02; done"
ok "a store that takes nothing: exit 7" is "$code" 7
ok "no verdict, but it is kept" says "$dir/events" '"run-lost".*kept for the next start'
cat "$open"/*.json >"$dir/whole"
ok "whole" says "$dir/whole" '^  "verdict": "PASS"'
touch "$dir/release"
n=0
until [ -e "$dir/released" ] || [ "$n" -gt 1500 ]; do sleep 0.02; n=$((n + 1)); done

: >"$dir/loaded"
run --lot "$dir/full.csv" --resume
ok "then it is stored" says "$dir/err" 'F-1 of an earlier start, PASS: .* is stored now'
ok "the unit is not run again" is "$code:$(cat "$dir/loaded")" "0:"
ok "its verdict is there" record F-1 'run["verdict"] == "PASS"' 'run["reason"] is None'
ok "only what is damaged is left" is "$(ls "$open")" junk.json.damaged
ok "everything is off" is_safe
