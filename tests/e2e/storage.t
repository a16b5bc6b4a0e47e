#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A store that cannot be written: no verdict is shown, exit 7, everything is off.
. "$(dirname "$0")/lib.sh"

bench_start
lot store ST001 ST002

# lock: another process keeps the write lock from the moment a step begins
hold_lock()
{
	python3 - "$dir/station.db" "$dir/locked" "$dir/release" <<'PY' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open(sys.argv[2], "w").close()
end = time.monotonic() + 120
while not os.path.exists(sys.argv[3]) and time.monotonic() < end:
    time.sleep(0.02)
PY
	holder=$!
	until [ -e "$dir/locked" ]; do sleep 0.02; done
}

drive "$dir/store.csv" '*step-start*"identify"*' hold_lock
touch "$dir/release"
wait "$holder"
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
rm "$dir/station.db"
mkdir "$dir/station.db"
run --lot "$dir/store.csv"
ok "a folder: exit 7" is "$code" 7
