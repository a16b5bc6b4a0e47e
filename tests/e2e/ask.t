#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Questions to an operator in a lot, where nobody answers: the plan's own answer is taken and kept,
# or the unit is not judged. And what a screen wants besides: eyes, points, instruments, conditions.
. "$(dirname "$0")/lib.sh"

# plan MORE: a short plan that asks, and measures no more than it takes to have all events
plan()
{
	cat >"$dir/ask.yaml" <<-PLAN
		plan: questions
		revision: "1"
		types:
		  400GBASE-DR4: {}
		stage: final
		corners:
		  - {name: 25C 3.300V, case: 25 degC, supply: 3.3 V}
		setup:
		  - {step: power-up, on_fail: stop}
		  - {step: identify, on_fail: stop}
		  - {step: set-corner, on_fail: stop}
		  - {step: bring-up, on_fail: stop}
		main:
		  - step: ask
		    name: turn
		    with: {question: "Turn the fibre by half a turn", answers: "done, cannot"$1}
		  - {step: tx-measure, for: lanes}
		  - {step: rx-waterfall}
		cleanup:
		  - {step: power-down}
	PLAN
}

# events EXPRESSION: Python's, true of the events of the run in $dir/json; of(KIND) are those of one
events()
{
	python3 - "$dir/json" "$1" <<'PY'
import json
import sys
every = [json.loads(line) for line in open(sys.argv[1])]
def of(kind):
    return [x for x in every if x.get("event") == kind]
value = eval("(" + sys.argv[2] + ")")
print(value)
sys.exit(not value)
PY
}

ONE_CORNER=1 bench_start
sed -i "s|^    plan: .*one_corner.yaml|    plan: $dir/ask.yaml|" "$dir/station.yaml"
lot asked ASK-1
plan ', unattended: done'
run --lot "$dir/asked.csv" --json
cp "$dir/out" "$dir/json"
ok "nobody is asked" events 'not of("question") and not of("answer")'
ok "what was taken is told" events \
	'any("nobody was there to answer, taken as \"done\"" in x["text"] for x in of("note"))'
ok "the step passes" events \
	'[x["verdict"] for x in of("step-end") if x["name"] == "turn"] == ["PASS"]'
ok "points of every lane, against the limit" events \
	'{x["lane"] for x in of("point")} == {1, 2, 3, 4} and
	all(x["name"] == "rx_waterfall" and x["line"] == 2.4e-4 and
	x["text"] == "OMAouter at the receiver (dBm)" and
	x["low"] <= x["value"] <= x["high"] and -8 < x["x"] < -4 for x in of("point"))'
ok "eyes of every lane" events \
	'{(x["name"], x["lane"]) for x in of("eye")} == {("tx_eye", n) for n in (1, 2, 3, 4)}'
ok "what the head does" events 'any(x["text"].startswith("head ") for x in of("condition"))'
ok "what instruments do" events \
	'{"idle", "site 1"} <= {x["text"] for x in of("instrument")} and
	all("site" not in x for x in of("instrument"))'
ok "nobody looks for units" events 'not of("unit-present")'
ok "the answer is in the record" record ASK-1 \
	'[(a["question"], a["answer"], a["who"]) for a in run["answers"]] == [
	("Turn the fibre by half a turn", "done", "")]' \
	'run["steps"][run["answers"][0]["step"]]["name"] == "turn"'

lot alone ASK-2
plan ''
run --lot "$dir/alone.csv"
ok "without an answer in the plan the unit is not judged" is "$(verdict ASK-2)" ERROR
ok "and it is told why" says "$dir/out" 'nobody is there to answer'
ok "everything is off" is_safe

plan ', unattended: perhaps'
run --lot "$dir/alone.csv"
ok "an answer that is not offered is the plan's fault" says "$dir/out" \
	'unattended: "perhaps" is none of the answers'
