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

# what is written of a stored run can be written again
lot paper PA-1
drive "$dir/paper.csv" '*run-start*' "rm -r $dir/reports/paper && touch $dir/reports/paper"
ok "no folder for reports: the unit is judged all the same" is "$code" 0
ok "no folder for reports: told" says "$dir/err" 'report of PA-1: .*the record is stored'
rm "$dir/reports/paper"
run --lot "$dir/paper.csv" --resume
ok "with a folder again, the unit's page is made" ls "$dir/reports/paper/"PA-1-*.html

# pages in the midst of the store are overwritten
cp "$dir/station.db" "$dir/whole.db"
pages=$(($(stat -c %s "$dir/station.db") / 4096))
dd if=/dev/zero of="$dir/station.db" bs=4096 seek=3 count=$((pages - 4)) conv=notrunc 2>/dev/null
lot pages PG-1
run --lot "$dir/pages.csv"
ok "overwritten pages: exit 7" is "$code" 7
ok "overwritten pages: no verdict was told" is "$(verdict PG-1)" ""
ok "overwritten pages: what to do" says "$dir/err" 'station.db.*"station db backup" makes them'
ok "overwritten pages: everything is off" is_safe
run db verify
ok "overwritten pages: found" is_not "$code" 0
rm -f "$dir/station.db-wal" "$dir/station.db-shm"
cp "$dir/whole.db" "$dir/station.db"
run --lot "$dir/pages.csv" --resume
ok "with the copy in its place, the unit is tested" is "$code:$(verdict PG-1)" 0:PASS

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
