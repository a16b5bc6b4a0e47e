#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Steps of a plan in Lua: the shipped one finds the best tap, one of a user's own uses the rest of
# the bench, and what a script does wrong is the station's error and leaves everything off.
. "$(dirname "$0")/lib.sh"

bench_start
sed -i 's/plan: 400g.yaml/plan: scripts.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
tap,best_fir_tecq,1,,0,9,dB,0,GATE,*,a test,C
own,own_power,*,,-20,9,dBm,0,GATE,*,a test,C
LIMITS
cat >"$dir/own.lua" <<'LUA'
local function run()
	local who = module.identity()
	step.note(who.part_number .. " of " .. step.serial())
	step.measure("own_power", power_meter.read(2), "dBm", 0.2, 0)
	local raw, text = module.read("module.state")
	step.check("own_ready", text == "ModuleReady" and module.state() == text, text)
	local part = step.run("module-power", {settle = "10 ms"})
	step.check("own_within", part[1].id == "module_max_power" and part[2].value > 1)
	light.on()
	light.set(3, -4)
	step.check("own_aligned", bert.align(3), "no pattern")
	local bits, errors, locked = bert.count(3, 0.01)
	step.check("own_count", locked and bits > 1e6 and errors / bits < 1e-4, errors .. " errors")
	local ok, refused = pcall(light.set, 1, light.most(1) + 3)
	step.check("own_guard", not ok, "more than the receiver bears")
	local volt, ampere = supply.measure()
	supply.set(3.2)
	step.check("own_supply", supply.measure() < volt - 0.05 and ampere > 0.5)
	if step.param("go_wrong") == "yes" then
		local nothing
		return nothing.at_all
	end
end
return {help = "what there is", scope = "unit", limit_s = 60, run = run,
	needs = {"power-meter", "supply", "bert", "attenuator"},
	params = {{name = "go_wrong", default = "no", help = "yes: a mistake"}}}
LUA

# plan WITH: the shipped script on the first lane (of one) and one beside the plan
plan()
{
	cat >"$dir/scripts.yaml" <<-PLAN
		plan: scripts
		revision: "1"
		type: 400GBASE-DR4
		stage: engineering
		corners:
		  - {name: nominal, case: 25 degC, supply: 3.3 V}
		setup:
		  - {step: power-up, on_fail: stop}
		  - {step: identify, on_fail: stop}
		  - {step: set-corner, on_fail: stop}
		  - {step: bring-up, on_fail: stop}
		main:
		  - {step: own.lua, with: {$1}}
		  - {step: best-fir-tap.lua, for: lanes, with: {rounds: $2}}
		cleanup:
		  - {step: power-down}
	PLAN
}

plan '' 0
run plan check "$dir/scripts.yaml"
ok "a parameter is checked with file and line" says "$dir/err" 'scripts.yaml:14: .*rounds'
plan '' 2
run plan show "$dir/scripts.yaml"
ok "the plan can be shown" says "$dir/out" 'best-fir-tap'
lot scripts S1
run --lot "$dir/scripts.csv"
ok "the unit passes" is "$(verdict S1)" PASS
ok "what the scripts found is in the record" record S1 \
	'len(values("best_fir_tap")) == 4 and min(values("best_fir_gain")) >= 0' \
	'max(values("best_fir_tecq")) < 3' \
	'{s["id"] for s in run["series"]} == {"fir_search"}' \
	'{c["knob"] for c in run["constants"]} == {"fir_pre"}' \
	'[f["name"] for f in run["files"] if f["role"] == "script"] == ["own.lua",
		"best-fir-tap.lua"]' \
	'"VB-QDD-DR4-500 of S1" in notes'
ok "and all is off" is_safe

plan 'go_wrong: "yes"' 1
lot wrong S2
run --lot "$dir/wrong.csv"
ok "a mistake in a script is no fault of the unit" is "$(verdict S2)" ERROR
ok "it is told with file and line" record S2 '"own.lua:21: attempt to index" in run["reason"]'
ok "after a mistake all is off" is_safe
