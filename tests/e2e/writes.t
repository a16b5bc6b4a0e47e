#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What a run writes to a module's memory: journalled, and made good when the power fails in it.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
lot L W-1
writes="$dir/station.db.writes/W-1"
open_files() { ls "$writes" | grep -c 'open\.jsonl$'; }

run --lot "$dir/L.csv"
ok "a good unit passes" is "$(verdict W-1)" PASS
ok "its journal is closed" is "$(open_files)" 0
ok "the record has what was written for good" record W-1 \
	'{w["what"] for w in run["writes"]} == {"constants"}' \
	'{w["how"] for w in run["writes"]} == {"stored"}' \
	'any(w["address"] == "B1h:200-201" or w["after"].startswith("ca1b") for w in run["writes"])' \
	'[f for f in run["files"] if f["role"] == "writes"]'
ok "each write was told before and closed behind" python3 - "$writes" <<'PY'
import json, glob, sys
lines = [json.loads(l) for l in open(glob.glob(sys.argv[1] + "/*.jsonl")[0])]
writes = {l["write"]: l for l in lines if "write" in l}
ends = [l["end"] for l in lines if "end" in l]
assert len(writes) > 200, len(writes)
assert sorted(ends) == sorted(list(writes) + [l["command"] for l in lines if "command" in l])
assert all(w["step"] for w in writes.values())
assert not any("a5c3f01e" in str(w).lower() for w in lines)
known = [w.get("from") for w in writes.values()]
print({k: known.count(k) for k in set(known)})
assert known.count("known") > known.count("read")
PY

# the power goes in the middle of the first commit of the next run
ctl cut-power 1 1 0.5 >/dev/null
run --lot "$dir/L.csv"
cp "$dir/out" "$dir/table"
ok "a unit whose power fails in mid-commit does not pass" is_not "$(verdict W-1)" PASS
ok "its journal stays open" is "$(open_files)" 1
ok "and the record says what may be half-written" record W-1 '"half-written: constants" in notes' \
	'any(w["how"] == "open" for w in run["writes"])'
ok "all is off" is_safe

run --lot "$dir/L.csv"
ok "the next run makes it good" is "$(verdict W-1)" PASS
ok "and tells it" record W-1 '"was not completed: half-written" in notes' \
	'"all are again as before, read after a power cycle" in notes' \
	'values("memory_whole") == [1]'
ok "then nothing is open" is "$(open_files)" 0
