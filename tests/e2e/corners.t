#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A loop over corners: the head goes the shortest way, what needs no corner is done on it, and each
# value is at the corner that the bench says it was.
. "$(dirname "$0")/lib.sh"

bench_start
sed -i 's/plan: 400g.yaml/plan: corners.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
module_power,module_power,*,,0,14,W,0,GATE,*,a test,C
LIMITS
cat >"$dir/corners.yaml" <<'PLAN'
plan: over the corners
revision: "1"
type: 400GBASE-DR4
stage: final
corners: {case: [0 degC, 25 degC, 70 degC], supply: [3.135 V, 3.3 V, 3.465 V]}
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
  - {step: set-corner, on_fail: stop}
  - {step: bring-up, on_fail: stop}
main:
  - group: corners
    for: corners
    while_ramping:
      - {step: connector-check}
      - {step: module-power, name: power on the way}
    steps:
      - {step: module-power}
cleanup:
  - {step: power-down}
PLAN
run plan show "$dir/corners.yaml"
ok "two ramps" says "$dir/out" '^corners: .*; 2 ramps over 95 degC'
lot corners C1
run --lot "$dir/corners.csv"
ok "the unit passes" is "$(verdict C1)" PASS
run report C1 --format json
way()
{
	python3 - "$dir/out" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
names = [(s["name"], s["corner"]) for s in run["steps"]]
corners = [c for n, c in names if n == "module-power"]
assert len(corners) == len(set(corners)) == 9, corners
degc = [int(c.split("C")[0]) for c in corners]
assert degc == [25] * 3 + [0] * 3 + [70] * 3, degc
volt = [c.split()[1] for c in corners]
assert corners[0] == "25C 3.300V", corners
assert volt[2] == volt[3] and volt[5] == volt[6], volt
ramp = [i for i, (n, c) in enumerate(names) if n == "corner-begin" and
        c.split("C")[0] != names[i - 1][1].split("C")[0]]
assert [names[i + 1] for i in ramp] == [("connector-check", ""), ("power on the way", "")]
assert [names[i + 2][0] for i in ramp] == ["corner-soak"] * 2
PY
}
ok "the order of steps and corners is that of the shortest way" way
ok "everything is off" is_safe

sed 's/^setup:/corner: {limit: 3 s}\n&/' "$dir/corners.yaml" >"$dir/late.yaml"
sed -i 's/plan: corners.yaml/plan: late.yaml/' "$dir/station.yaml"
lot late C2
run --lot "$dir/late.csv"
ok "a head that is late is the station's fault" is "$(verdict C2)" ERROR
ok "and the reason says where it is" says "$dir/out" \
	'^C2 .*head did not reach 25.0 degC within 3 s: it is at [0-9.]* degC, the module'
ok "everything is off" is_safe

sed 's/^setup:/corner: {limit: 300 s, drift: 0 degC}\n&/' "$dir/corners.yaml" >"$dir/late.yaml"
lot unrest C3
run --lot "$dir/unrest.csv"
ok "a module that is never at rest is its own" is "$(verdict C3)" FAIL
ok "and the reason names both temperatures" says "$dir/out" \
	'^C3 .*within 300 s: its sensor is at'
ok "everything is off" is_safe
