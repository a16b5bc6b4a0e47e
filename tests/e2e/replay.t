#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A whole unit's test is recorded, and played back without any instrument to the same run document.
. "$(dirname "$0")/lib.sh"

# same A B: two run documents, but for when it was, how long it took, and the run's own number
same()
{
	python3 - "$1" "$2" <<'PY'
import json, re, sys

TIMES = {"run_id", "start", "end", "duration_s", "time", "start_ms", "waited_ms", "held_ms"}

def plain(value):
    if isinstance(value, dict) and value.get("role") == "writes":
        return "a journal, named by its run"
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in TIMES}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, str):  # what stands in front of a resource
        return re.sub(r"^re(cord|play):file=[^:]*:", "", value)
    return value

def differences(a, b, at=""):
    if type(a) != type(b):
        yield at, a, b
    elif isinstance(a, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key), b.get(key), at + "." + key)
    elif isinstance(a, list) and len(a) == len(b):
        for i, pair in enumerate(zip(a, b)):
            yield from differences(*pair, at + "[%d]" % i)
    elif a != b:
        yield at, a, b

a, b = (json.load(open(path)) for path in sys.argv[1:])
measurements = len(json.dumps(plain(a)))
found = list(differences(plain(a), plain(b)))
for at, was, now in found[:20]:
    print(at, "recorded", str(was)[:80], "replayed", str(now)[:80])
print(measurements, "characters compared")
sys.exit(bool(found) or measurements < 10000)
PY
}

document()
{
	find "$1" -name 'RP-1-*.json' | head -n 1
}

tape="$dir/a tape: 100%"
ONE_CORNER=1 bench_start
lot tape RP-1
run --lot "$dir/tape.csv" --record "$tape"
ok "recorded: the unit passes" is "$code" 0
ok "a file for each instrument, the fixture and the clock" is \
	"$(find "$tape" -name '*.jsonl' | wc -l)" 10
cp "$(document "$dir/reports")" "$dir/recorded.json"
run --lot "$dir/tape.csv" --record "$tape"
ok "a recording is not written over" is "$code" 5
bench_stop

run --lot "$dir/tape.csv" --replay "$tape"
ok "replayed without a bench: the unit passes" is "$code" 0
ok "the same run document" same "$dir/recorded.json" "$(document "$tape/replayed")"
run --lot "$dir/tape.csv" --replay "$tape" --site 1
ok "with another --site: refused" is "$code" 5
sed '$a # another' "$dir/station.yaml" >"$dir/other.yaml"
code=0
station --config "$dir/other.yaml" --lot "$dir/tape.csv" --replay "$tape" 2>"$dir/err" || code=$?
ok "with another configuration: refused" is "$code" 5
ok "and why" says "$dir/err" 'another configuration'

# One message of the supply is another, far into the unit's test.
python3 - "$tape/supply1.jsonl" >"$dir/line" <<'PY'
import json, sys
path = sys.argv[1]
lines = open(path).read().split("\n")
sent = [i for i, line in enumerate(lines) if '"event":"sent"' in line and '"text":"VOLT ' in line]
at = sent[len(sent) // 2]
text = json.loads(lines[at])["text"]
lines[at] = lines[at].replace('"text":"VOLT ', '"text":"VILT ')
open(path, "w").write("\n".join(lines))
print("line %d: recorded was sent \\\\*\"VILT .*now comes: sent \\\\*\"VOLT " % (at + 1))
PY
run --lot "$dir/tape.csv" --replay "$tape"
ok "a message that was changed: the unit is not judged" is "$code" 4
ok "ERROR" is "$(verdict RP-1)" ERROR
newest=$(find "$tape/replayed" -name 'RP-1-*.json' -newer "$dir/line" | head -n 1)
ok "both messages and the line are shown" says "$newest" "$(cat "$dir/line")"
