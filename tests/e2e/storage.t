#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A store that cannot be written: no verdict is shown, exit 7, everything is off.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
lot store ST001 ST002

# another process takes the write lock when a step begins, and keeps it until it is told
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
drive "$dir/store.csv" '*step-start*"identify"*' \
	"python3 $dir/hold_lock.py $dir & until [ -e $dir/locked ]; do sleep 0.02; done"
touch "$dir/release"
until [ -e "$dir/released" ]; do sleep 0.02; done
ok "locked in mid-run: exit 7" is "$code" 7
ok "locked: no verdict was told" says_not "$dir/events" '"event":"run-end"'
ok "locked: told why" says "$dir/events" '"event":"run-lost".*locked'
ok "locked: the next unit was not started" says_not "$dir/events" 'ST002'
ok "locked: everything is off" is_safe

echo "this is no database, but long enough to look like a file of another kind" >"$dir/station.db"
rm -f "$dir/station.db-wal" "$dir/station.db-shm"
run --lot "$dir/store.csv"
ok "not a database: exit 7" is "$code" 7
ok "not a database: named" says "$dir/err" 'station.db'
ok "not a database: what to do" says "$dir/err" 'the last backup in its place'
rm "$dir/station.db"
mkdir "$dir/station.db"
run --lot "$dir/store.csv"
ok "a folder: exit 7" is "$code" 7
rmdir "$dir/station.db"

# a disk that is full in mid-lot: no file may grow beyond what the record of a run needs
lot full FU-1
code=0
(
	trap '' XFSZ
	ulimit -f 600
	exec station --config "$dir/station.yaml" --lot "$dir/full.csv"
) >"$dir/out" 2>"$dir/err" </dev/null || code=$?
ok "full in mid-lot: exit 7" is "$code" 7
ok "full: no verdict was told" is "$(verdict FU-1)" ""
ok "full: told what to do" says "$dir/err" 'could not be stored.*is its disk full? make room'
ok "full: everything is off" is_safe
run --lot "$dir/full.csv" --resume
ok "with room again, what there was is closed" says "$dir/err" 'FU-1 of an earlier start'
ok "and the unit is tested anew" is "$code:$(verdict FU-1)" 0:PASS
