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
	'any(w["address"] == "B1h:200-201" for w in run["writes"])' \
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

# what the run changed, in the words of CMIS and of the knob map
run module compare W-1
ok "a run's changes are told by name" says "$dir/out" 'B0h:128-129 *laser_bias *1 *40 mA'
ok "with the status word" says "$dir/out" 'B1h:200-201 *cal_status *0 *51739'
run module writes W-1
ok "and what was stored" says "$dir/out" 'store-constants *constants .* stored: the module says so'
ctl insert 1 W-1 >/dev/null
run module dump site:1 -o "$dir/kept.hex"
ok "an image can be kept" is "$code" 0
run module compare W-1 site:1
ok "the module holds what the run left in it" says "$dir/out" '^0 differences in [1-9][0-9]* bytes'
ok "everything is off afterwards" is_safe
sed -i 's/^80: 18 56/80: 18 57/' "$dir/kept.hex"
run module compare "$dir/kept.hex" site:1 --json
ok "a file and a module are compared" python3 - "$dir/out" <<'PY'
import json, sys
told = json.load(open(sys.argv[1]))
assert [c["field"] for c in told["changes"]] == ["vendor.name"], told
assert told["changes"][0]["after"] == '"VIRTUAL BENCH"' and told["bytes_compared"] > 500
PY
ctl remove 1 >/dev/null
run module compare W-1 site:1
ok "a socket without a module" says "$dir/err" 'site 1: power up: no module is seated'
ok "is off, too" is_safe
# refused WORDS ARGUMENT...: exit code 2, 3 or 7
refused()
{
	words=$1
	shift
	run module "$@"
	[ "$code" = 2 ] || [ "$code" = 3 ] || [ "$code" = 7 ] && says "$dir/err" "$words"
}
ok "an action that there is not" refused 'did you mean "compare"' comapre W-1
ok "nothing to compare" refused 'module compare wants' compare
ok "too much" refused 'is too much' compare a b c
ok "a site that there is not" refused 'there is no such site' compare W-1 site:9
ok "a run that there is not" refused 'no run and no serial number' compare W-9
ok "a file alone" refused 'wants something to be compared with' compare "$dir/kept.hex"
echo junk >"$dir/junk.hex"
ok "a file that is no image" refused 'junk.hex:1: the first line is' compare "$dir/junk.hex" W-1

# the power goes in the middle of the first commit of the next run
ctl cut-power 1 1 0.5 >/dev/null
run --lot "$dir/L.csv" --again
cp "$dir/out" "$dir/table"
ok "a unit whose power fails in mid-commit does not pass" is_not "$(verdict W-1)" PASS
ok "its journal stays open" is "$(open_files)" 1
ok "and the record says what may be half-written" record W-1 '"half-written: constants" in notes' \
	'any(w["how"] == "open" for w in run["writes"])'
ok "all is off" is_safe

run --lot "$dir/L.csv" --again
ok "the next run makes it good" is "$(verdict W-1)" PASS
ok "and tells it" record W-1 '"was not completed: half-written" in notes' \
	'"all are again as before, read after a power cycle" in notes' \
	'values("memory_whole") == [1]'
ok "then nothing is open" is "$(open_files)" 0
