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
own,own_power,2,,-20,9,dBm,0,GATE,*,a test,C
LIMITS
# every function that there is, and what they say to each other
cat >"$dir/own.lua" <<'LUA'
local function near(a, b, most)
	return math.abs(a - b) <= most
end

local function check(id, good, what)
	step.check(id, good, tostring(what))
end

local function look_at_module()
	local who, now = module.identity(), module.monitors()
	local state, paths = module.state()
	local raw, text = module.read("module.state")
	step.note(who.part_number .. " of " .. step.serial())
	check("own_ready", state == "ModuleReady" and text == state and raw == 3, text)
	check("own_path", paths[1] == "DPActivated", paths[1])
	check("own_page", module.bytes(0, 0, 148, 16):match("^%S+") ==
		module.read("vendor.part_number"), "part number")
	check("own_monitors", near(now.supply_v, step.supply_v(), 0.2) and
		#now.tx_bias_a >= step.lanes(), now.supply_v)
	check("own_flags", module.flags().tx_failure == 0)
	module.write_bytes(0, 0x10, 129, module.bytes(0, 0x10, 129, 1))
	module.tx_disable(2)
	local left_dbm = power_meter.read(2)
	check("own_dark", not left_dbm or left_dbm < -20, left_dbm)
	module.write("lane.tx_output_disable", 2, 0)
	module.pattern_off()
	module.pattern("PRBS13Q")
end

local function look_at_light()
	local name, facts = step.type()
	switch.route(2)
	local line = wavelength.read(2)
	check("own_colour", near(line.centre_m, facts.wavelength_m[2], 10e-9), line.centre_m)
	local eye = scope.measure(2, {tdecq = false, pattern = "PRBS13Q"})
	local power_dbm = power_meter.read(2)
	check("own_scope", near(eye.power_dbm, power_dbm, 1) and not eye.tdecq_db)
	step.measure("own_power", power_dbm, "dBm", 0.2, 2)
	local verdict, bounds = step.judge("own_power", power_dbm, "dBm", 0.2, 2)
	check("own_judged", verdict == "PASS" and bounds.low == -20, verdict)
end

local function look_at_receivers()
	light.on()
	light.set(3, -4)
	check("own_set", near(attenuator.get(3), light.most(3) + 4, 40))
	check("own_aligned", bert.align(3), "no pattern")
	local bits, errors, locked = bert.count(3, 0.01)
	check("own_count", locked and bits > 1e6 and errors / bits < 1e-4, errors)
	attenuator.close(3)
	attenuator.set(3, 10)
	attenuator.open(3)
	for _, row in ipairs {{light.set, light.most(1) + 3}, {attenuator.set, -40}} do
		local ok, refused = pcall(row[1], 1, row[2])
		check("own_guard", not ok and (refused.kind == "refused" or
			refused.kind == "range"), refused)
	end
	light.off()
end

local function run()
	step.progress(0, "begun")
	assert(step.part_number() == "VB-QDD-DR4-500" and step.lane() == 0)
	look_at_module()
	look_at_light()
	look_at_receivers()
	local part = step.run("module-power", {settle = "10 ms"})
	check("own_within", part[1].id == "module_max_power" and part[2].value > 1)
	check("own_head", near(thermal.read(), step.case_degc(), 5))
	local volt, ampere = supply.measure()
	supply.set(3.2)
	check("own_supply", supply.measure() < volt - 0.05 and ampere > 0.5)
	module.keep_knob("fir_pre", 1)
	module.set_knob("fir_pre", 1, 0.0625)
	check("own_knob", module.knob("fir_pre", 1) == 0.0625)
	if step.param("go_wrong") == "fail" then
		step.fail("on purpose")
	elseif step.param("go_wrong") == "error" then
		local nothing
		return nothing.at_all
	end
end

return {help = "what there is", scope = "unit", limit_s = 60, run = run,
	needs = {"power-meter", "supply", "bert", "attenuator", "scope", "optical-switch",
		"wavelength-meter", "thermal"},
	params = {{name = "go_wrong", default = "no", help = "fail, error: in which way"}}}
LUA
cat >"$dir/after.lua" <<'LUA'
return {help = "what is left", scope = "unit", limit_s = 60, needs = {"supply"},
	run = function()
		step.measure("after_knob", module.knob("fir_pre", 1), "1")
		step.measure("after_supply", supply.measure(), "V")
	end}
LUA

# plan WITH ROUNDS: a script beside the plan with these parameters, and the shipped one
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
		  - {step: after.lua}
		  - {step: best-fir-tap.lua, for: lanes, with: {rounds: $2}}
		cleanup:
		  - {step: power-down}
	PLAN
}

plan '' 0
run plan check "$dir/scripts.yaml"
ok "a parameter is checked with file and line" says "$dir/err" 'scripts.yaml:15: .*rounds'
plan '' 2
run plan show "$dir/scripts.yaml"
ok "the plan can be shown" says "$dir/out" 'best-fir-tap'
lot scripts S1
run --lot "$dir/scripts.csv"
ok "the unit passes" is "$(verdict S1)" PASS
ok "what the scripts found is in the record" record S1 \
	'values("after_knob") == [0.0625] and len(values("best_fir_tap")) == 4' \
	'min(values("best_fir_gain")) >= 0' \
	'max(values("best_fir_tecq")) < 3' \
	'{s["id"] for s in run["series"]} == {"fir_search"}' \
	'{c["knob"] for c in run["constants"]} == {"fir_pre"}' \
	'[f["name"] for f in run["files"] if f["role"] == "script"] == ["own.lua",
		"after.lua", "best-fir-tap.lua"]' \
	'"VB-QDD-DR4-500 of S1" in notes'
ok "and all is off" is_safe

plan 'go_wrong: fail' 1
lot failing S2
run --lot "$dir/failing.csv"
ok "what a script says of the unit fails it" is "$(verdict S2)" FAIL
ok "what it moved was put back" record S2 'values("after_knob") == [0]' \
	'3.25 < values("after_supply")[0] < 3.35' '"on purpose" in run["reason"]'

plan 'go_wrong: error' 1
lot wrong S3
run --lot "$dir/wrong.csv"
ok "a mistake in a script is no fault of the unit" is "$(verdict S3)" ERROR
ok "it is told with file and line" record S3 \
	'"own.lua:80: attempt to index" in run["reason"]' 'not values("after_knob")'
ok "after a mistake all is off" is_safe

cat >"$dir/hostile.lua" <<'LUA'
local function loop()
	while true do
		pcall(loop)
	end
end
return {help = "never ends", scope = "unit", limit_s = 0.5, needs = {"bert", "attenuator"},
	run = function()
		light.on()
		light.set(1, -4)
		loop()
	end}
LUA
sed -i 's/step: own.lua.*/step: hostile.lua}/' "$dir/scripts.yaml"
lot hostile S4
run --lot "$dir/hostile.csv"
ok "a script that never ends is ended" record S4 'run["verdict"] == "ERROR"' \
	'run["reason"] == "hostile: hostile.lua: out of time"'
ok "and all is off" is_safe
