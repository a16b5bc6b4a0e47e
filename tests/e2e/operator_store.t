#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A store that takes nothing: no verdict is shown, and the next start stores what was kept.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

ONE_CORNER=1 bench_start
operator_setup
lots K1 A-1 A-2
# another process takes the write lock when it is told to, and keeps it until it is told
cat >"$dir/hold_lock.py" <<'PY'
import os, sqlite3, sys, time
folder = sys.argv[1]
def wait(name):
    end = time.monotonic() + 120
    while not os.path.exists(folder + "/" + name) and time.monotonic() < end:
        time.sleep(0.005)
db = sqlite3.connect(folder + "/station.db", isolation_level=None)
open(folder + "/ready", "w").close()
wait("lock")
db.execute("BEGIN IMMEDIATE")
open(folder + "/locked", "w").close()
wait("release")
db.close()
open(folder + "/released", "w").close()
PY
operator_start 80 24
login >"$dir/log"
scan K1
screen_wait 'Lot K1, 2 units' >"$dir/log"
python3 "$dir/hold_lock.py" "$dir" &
screen_until 30 test -e "$dir/ready" >"$dir/log"
scan A-1
screen_wait tx-calibrate >"$dir/log"
touch "$dir/lock"
ok "the store is locked in mid-run" screen_until 30 test -e "$dir/locked"
ok "a record that is not stored gives no verdict" screen_wait 'Record NOT stored' 60
ok "but a fault of the station" screen_has 'unit not judged'
ok "no PASS was shown" screen_lacks 'Unit passed'
ok "the store's state is on the screen" says_screen 'Store: kept'
ok "everything is off" is_safe
touch "$dir/release"
screen_until 30 test -e "$dir/released" >"$dir/log"
screen_key Enter
screen_wait_gone 'Enter: seen' >"$dir/log"
scan A-2
ok "when the store takes records, units go on" screen_wait 'Unit passed' 60
ok "and it says so" screen_wait 'Store ok'
screen_key F12
screen_wait 'Close the terminal?' >"$dir/log"
screen_key Enter
operator_ended 0 >"$dir/log"
ok "the first one is not in the store" is "$(stored 'SELECT serial, verdict FROM runs')" 'A-2|PASS'
operator_start 80 24
ok "the next start stores it, and says so" screen_wait 'A-1 of an earlier start, PASS'
ok "as what it was" is "$(stored "SELECT verdict FROM runs WHERE serial = 'A-1'")" PASS
login >"$dir/log"
scan K1
screen_wait 'Lot K1, 2 units' >"$dir/log"
hear
ok "and it is not tested again" refused A-1 'A-1 has passed already in this lot'
