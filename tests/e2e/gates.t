#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What ends early, and what is told of it: gates at a limit, points of a waterfall, sweeps.
. "$(dirname "$0")/lib.sh"

bench_start
sed -i 's/plan: 400g.yaml/plan: gates.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
tecq,tx_tecq,*,,,3.4,dB,0.2,GATE,*,a test,C
sensitivity,rx_sensitivity,*,,,-4.4,dBm,0.1,GATE,*,a test,C
LIMITS
# plan WORD: with that word for how gates end
plan()
{
	cat >"$dir/gates.yaml" <<-PLAN
		plan: gates
		revision: "1"
		types: {400GBASE-DR4: {}}
		stage: final
		corners: [{name: room, case: 25 degC, supply: 3.3 V}]
		setup:
		  - {step: power-up, on_fail: stop}
		  - {step: identify, on_fail: stop}
		  - {step: bring-up, on_fail: stop}
		main:
		  - {step: rx-waterfall, with: {gate_ends: $1}}
		  - {step: rx-waterfall, name: even, with: {placement: even, gate_ends: full}}
		  - {step: tx-measure-direct, for: lanes, with: {passes: 4}}
		  - {step: tx-measure-direct, name: near, for: lanes,
		     with: {passes: 4, clear_by: 1000}}
		cleanup:
		  - {step: power-down}
	PLAN
}

plan certain
lot gates G-1
run --lot "$dir/gates.csv"
ok "the unit passes" is "$(verdict G-1)" PASS
ok "gates: early, and full" record G-1 \
	'values("rx_overload_gate") == [0.01, 0.1]' \
	'"ends when certain: limit 0.00024, good 0.000214, bad 0.000268, alpha 0.001" in notes' \
	'"1 gates, 0.010 s counted of 0.100 s; of 4 times a lane 4 certain, 0 at the full" in notes'
ok "the same sensitivity by fewer points" record G-1 \
	'len(values("rx_sensitivity")) == 8' \
	'all(abs(a - b) < 0.05 for a, b in zip(values("rx_sensitivity")[:4],
	values("rx_sensitivity")[4:]))' \
	'all(4 <= len(s["x"]) < 7 for s in run["series"][:4])' \
	'all(len(s["x"]) == 8 for s in run["series"][4:8])' \
	'all(s["x"] == sorted(s["x"], reverse=True) for s in run["series"][:8])'
ok "one sweep where limits are far, all where they are near" record G-1 \
	'values("tx_sweeps") == [1] * 4 + [4] * 4' 'len(values("tx_tecq")) == 8' \
	'len(run["eyes"]) == 16'

plan perhaps
lot words G-2
run --lot "$dir/words.csv"
ok "a word that is none is an error" is "$(verdict G-2)" ERROR
ok "which names the parameter" says "$dir/out" 'gate_ends: "perhaps" is neither'
