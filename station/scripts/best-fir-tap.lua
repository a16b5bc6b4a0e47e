-- SPDX-License-Identifier: Apache-2.0
-- SPDX-FileCopyrightText: 2026 The station authors
--
-- A step of a plan, written in Lua: finds the setting of one tap of the transmitter's FIR at which
-- the eye is best, and leaves the module there. Copy it beside your plan and change it:
--
--     main:
--       - {step: best-fir-tap.lua, for: lanes, with: {tap: fir_post, span: 0.1}}
--
-- "station plan check" reads this file with the plan; docs/scripting.md has every function.

-- What is local to the file is there in every function below. The file is read twice: once for the
-- table that it returns at its end, and again for each run. Nothing is kept from one run to the
-- next, and nothing can be measured out here: only `run` has a unit.

-- What a knob is: its limits and its smallest step.
local function facts_of(name)
	for _, knob in ipairs(module.knobs()) do
		if knob.name == name then
			return knob
		end
	end
	-- An error without words about the unit is an error of the station: the verdict is ERROR,
	-- and the unit is not blamed for a plan that asks for what it does not have.
	error("the product has no knob " .. name)
end

-- TECQ at the lane's present settings, dB. Where the eye is closed there is none: then this is
-- nil, and such a setting is simply no place to stay. Every other trouble (no scope, no answer
-- from the module) is an error that ends the step; nothing has to be done about it here.
local function tecq_db()
	step.wait(step.param("settle"))
	local eye = scope.measure(nil, {pattern = "PRBS13Q", passes = step.param("passes")})
	return eye and eye.tdecq_db
end

local function run()
	local tap = step.param("tap")
	local knob = facts_of(tap)

	-- What was there before. From here on, whatever ends this step too early (an error, an
	-- abort, its time) the station writes the old value back: a script that is stopped cannot.
	local old = module.keep_knob(tap)

	local looks = {}  -- {setting, TECQ}, in the order in which they were made
	local best, best_db
	local seen = {}   -- settings that were tried, by their number of steps

	-- One setting. The module rounds to its own steps: two settings that are the same one to it
	-- are looked at once.
	local function look(setting)
		local steps = math.floor(setting / knob.step + 0.5)
		setting = steps * knob.step
		if seen[steps] or setting < knob.min or setting > knob.max then
			return
		end
		seen[steps] = true
		module.set_knob(tap, nil, setting)
		local db = tecq_db()
		if not db then
			return
		end
		looks[#looks + 1] = {setting, db}
		step.point("fir_search", tap, knob.unit, setting, db)
		if not best_db or db < best_db then
			best, best_db = setting, db
		end
	end

	-- Coarse to fine: five settings around the best known one, each round half as wide. TECQ
	-- over a tap is a bowl, so the best of a round lies next to the floor.
	local rounds = step.param("rounds")
	local width = step.param("span")
	look(old)
	local first_db = best_db
	for round = 1, rounds do
		step.progress((round - 1) / rounds, string.format("within %.4f", width))
		local centre = best or old
		for _, part in ipairs {-1, -0.5, 0.5, 1} do
			look(centre + part * width)
		end
		width = width / 2
	end

	-- The curve for the report, by setting. Its marker is the place that was found.
	table.sort(looks, function(a, b) return a[1] < b[1] end)
	looks.marker_x = best
	step.series("fir_search", tap, knob.unit, "TECQ", "dB", looks)

	-- No eye anywhere: the unit is why, and a limit on the value FAILs it.
	if not best then
		step.no_value_by_unit("best_fir_tecq", "dB", "no eye at any setting of " .. tap)
		module.set_knob(tap, nil, old)
		return
	end

	-- Values have an id, which rows of the limits name. The script does not judge.
	step.measure("best_fir_tap", best, knob.unit)
	step.measure("best_fir_tecq", best_db, "dB")
	if first_db then
		step.measure("best_fir_gain", first_db - best_db, "dB")
	end

	if step.param("leave") == "old" then
		module.set_knob(tap, nil, old)
	else
		-- A value that stays is recorded with what it was before and where it comes from;
		-- store-constants commits it later with all others.
		module.settle_knob(tap, nil, best,
			string.format("the best of %d settings by TECQ", #looks))
	end
end

-- The declaration: what a plan can be checked against before anything runs.
return {
	help = "one tap of the transmitter's FIR to the least TECQ, coarse to fine",
	scope = "lane",
	needs = {"scope", "optical-switch"},
	limit_s = 120, -- real time; then the step is stopped, whatever it is doing
	params = {
		{name = "tap", default = "fir_pre", help = "which knob is searched"},
		{name = "span", unit = "1", default = 0.08,
			help = "how far around the present setting is looked, part of full scale"},
		{name = "rounds", unit = "count", default = 3, min = 1, max = 8,
			help = "rounds of four settings, each half as wide as the one before"},
		{name = "passes", unit = "count", default = 1, min = 1, max = 256,
			help = "sweeps averaged per look"},
		{name = "settle", unit = "s", default = "50 ms",
			help = "from a change to the look"},
		{name = "leave", default = "best",
			help = "what the module is left at: best, or old for a look only"},
	},
	run = run,
}
