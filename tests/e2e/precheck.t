#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The factory is asked before each unit: what it does not want is neither loaded nor run.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
lot asked PC001 PC002 PC003 PC004

# answers by the last digit; writes down what it was asked
cat >"$dir/may-test.py" <<'PY'
import json, sys
asked = json.load(sys.stdin)
with open(sys.argv[1], "a") as log:
    print(json.dumps(asked), file=log)
number = asked["serial"][-1]
if number == "1":
    print(json.dumps({"allow": True, "text": "2nd pass", "lot": asked["lot"]}))
elif number == "2":
    print(json.dumps({"allow": False, "text": "burn-in is missing"}))
elif number == "3":
    print(json.dumps({"allow": True, "lot": "another"}))
else:
    sys.exit("no route to host")
PY
cp "$dir/station.yaml" "$dir/plain.yaml"
precheck()
{
	cp "$dir/plain.yaml" "$dir/station.yaml"
	cat >>"$dir/station.yaml" <<END
precheck:
  kind: program
  command: [python3, $dir/may-test.py, $dir/asked]
  timeout: 30 s
END
	echo "$1" >>"$dir/station.yaml"
}

precheck ""
# the loader says so when it is called
cat >"$dir/load.sh" <<END
echo "\$*" >>$dir/loaded
exec "\$@"
END
sed -i "s|^    loader: \[|    loader: [sh, $dir/load.sh, |" "$dir/station.yaml"
code=0
station --config "$dir/station.yaml" --lot "$dir/asked.csv" --operator "Shift A" --json \
	>"$dir/events" 2>"$dir/err" </dev/null || code=$?
ok "a unit was refused: exit 5" is "$code" 5
ok "the one that was allowed was tested" says "$dir/events" \
	'"event":"run-end".*"PC001".*"verdict":"PASS"'
ok "no other run was begun" is "$(grep -c '"event":"run-start"' "$dir/events")" 1
ok "denied" says "$dir/events" \
	'"unit-refused","site":1,"serial":"PC002","name":"denied","text":"burn-in is missing"'
ok "another lot" says "$dir/events" '"PC003","name":"other","text":".*\\"another\\"'
ok "no answer" says "$dir/events" '"PC004","name":"unanswered","text":"no route to host"'
ok "told in the summary" says "$dir/err" 'refused by the pre-check: PC002 .*burn-in is missing'
ok "and counted" says "$dir/err" 'units=1 passed=1 failed=0 errors=0 aborted=0 refused=3'
ok "everything is off" is_safe
record PC001 '"pre-check allowed: 2nd pass" in run["notes"]'
ok "the answer is in the record" is $? 0

python3 - "$dir" "$STATION_DATADIR/schema" <<'PY'
import json, sqlite3, sys
from jsonschema import Draft202012Validator
folder, schemas = sys.argv[1:]
schema = json.load(open(schemas + "/precheck-request.schema.json"))
asked = [json.loads(line) for line in open(folder + "/asked")]
for request in asked:
    Draft202012Validator(schema).validate(request)
assert [a["serial"] for a in asked] == ["PC001", "PC002", "PC003", "PC004"], asked
assert asked[0]["operator"] == "Shift A" and asked[0]["lot"] == "asked", asked
assert asked[0]["part_number"] == "VB-QDD-DR4-500" and asked[0]["site"] == 1, asked
db = sqlite3.connect(folder + "/station.db")
rows = db.execute("SELECT who, text FROM log WHERE what = 'refused' ORDER BY number").fetchall()
assert rows[0] == ("Shift A", "PC002, site 1, denied: burn-in is missing"), rows
assert len(rows) == 3, rows
assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
loaded = open(folder + "/loaded").read()
assert "load 1 PC001" in loaded and "PC002" not in loaded, loaded
PY
ok "requests fit the schema, refusals are in the log, no refused unit was loaded" is $? 0

precheck "  unanswered: allow"
lot alone PC014
run --lot "$dir/alone.csv"
ok "unanswered: allow: tested all the same" is "$code" 0
ok "which is told" says "$dir/err" 'pre-check not answered.*no route to host'
record PC014 'any("pre-check not answered" in n and "no route to host" in n for n in run["notes"])'
ok "and recorded" is $? 0

precheck "  unanswered: perhaps"
run --lot "$dir/alone.csv"
ok "a wrong key: exit 3" is "$code" 3
ok "with file and line" says "$dir/err" 'station.yaml:[0-9]*: unanswered is deny or allow'

precheck ""
mkdir "$dir/mes"
cat >>"$dir/station.yaml" <<END
sinks:
  - {name: mes, kind: folder, path: $dir/mes, file: "{serial}-{run_id}"}
  - {name: far, kind: folder, path: /nonexistent}
END
run check
ok "the pre-check is there" says "$dir/out" '^ok *pre-check: program python3'
ok "so is a sink" says "$dir/out" '^ok *sink mes: folder$'
ok "and of one that is not, what becomes of its results" says "$dir/out" \
	'^ok *sink far: folder, not there now: .*/nonexistent.*; results wait for it'
sed -i 's/command: \[python3/command: [\/nonexistent\/may-test/' "$dir/station.yaml"
run check
ok "or not: exit 4" is "$code" 4
ok "which is told" says "$dir/out" '^PROBLEM *pre-check: .*/nonexistent/may-test'

# --- after the unit -------------------------------------------------------------------------------

sed -i '/^precheck:/,/^sinks:/{/^sinks:/!d}' "$dir/station.yaml"
lot told PC021
run --lot "$dir/told.csv"
ok "a run is told when it is stored" is "$(ls "$dir/mes" | sed 's/-.*//')" PC021
ok "as the store has it" python3 -c '
import json, sys
run = json.load(open(sys.argv[1]))
sys.exit(run["serial"] != "PC021" or run["verdict"] != "PASS")' "$dir/mes/"*
ok "what waits is told at the end" says "$dir/err" 'far'
run db sync mes --all
ok "those from before as well: exit 0" is "$code" 0
ok "each once" is "$(ls "$dir/mes" | sed 's/-.*//' | sort | tr '\n' ' ')" "PC001 PC014 PC021 "
run db sync far
ok "one that is not there: exit 75" is "$code" 75
run db status
ok "the store tells how many wait" says "$dir/out" 'far.*1'
