#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Sweeps: maps, charts and eyes of what was swept, everything put back, and what is asked for in
# vain is told before anything is moved.
. "$(dirname "$0")/lib.sh"

# at 1000 times a starved head swings
TIME_SCALE=250 bench_start
sed -i 's/plan: 400g.yaml/plan: sweeps.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
module_power,module_power,*,,0,14,W,0,GATE,*,a test,C
LIMITS
# plan STEP...: a plan with these lines in main
plan()
{
	{
		cat <<'PLAN'
plan: sweeps
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
  - {step: module-power}
PLAN
		printf '  - %s\n' "$@"
		printf 'cleanup:\n  - {step: power-down}\n'
	} >"$dir/sweeps.yaml"
}

plan '{step: eye-sweep, with: {x: fir_pre, x_from: -0.1, x_to: 0.1, x_points: 3,
     y: fir_post, y_from: -0.1, y_to: 0.1, y_points: 3, pictures: 16, contour: 3.4 dB}}' \
	'{step: ber-sweep, with: {y: attenuation, y_from: 9.5 dB, y_to: 6.5 dB, y_points: 5,
     x: supply, x_values: "3.135 V, 3.465 V", gate: 2 ms}}' \
	'{step: eye-sweep, name: bias, with: {x: laser_bias, x_from: 50 mA, x_to: 90 mA,
     x_points: 3, quantity: "oma, er", pictures: 0}}'
run plan show "$dir/sweeps.yaml"
ok "the plan can be shown" is "$code" 0
lot sweeps S1
run --lot "$dir/sweeps.csv"
ok "the unit passes" is "$(verdict S1)" PASS
run report S1 --format json
document()
{
	python3 - "$dir/out" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
maps = {(m["id"], m["lane"]): m for m in run["maps"]}
counted = [v["value"] for v in run["measurements"] if v["id"] == "ber_sweep_gate"]
assert len(counted) == 1 and 0.02 <= counted[0] < 0.2, counted
assert any(n.startswith("ber_sweep_gate: 10 gates, ") for n in run["notes"]), run["notes"]
for lane in 1, 2, 3, 4:
    m = maps["eye_sweep_tecq_map", lane]
    assert (m["x_name"], m["y_name"], m["line_z"]) == ("fir_pre", "fir_post", 3.4), m
    assert len(m["x"]) == len(m["y"]) == 3 and len(m["z"]) == 9, m
    values = [z for z in m["z"] if z is not None]
    assert len(values) >= 5 and min(values) < 3, m
    best = m["z"][m["y"].index(m["best_y"]) * 3 + m["x"].index(m["best_x"])]
    assert best == min(values), m
    value = [v for v in run["measurements"] if v["id"] == "eye_sweep_best_tecq"
             and v["lane"] == lane]
    assert len(value) == 1 and value[0]["value"] == best, value
    assert len(maps["eye_sweep_oma_map", lane]["z"]) == 9
    # errors grow as the light goes away, whatever the supply
    b = maps["ber_sweep_map", lane]
    assert b["log_z"] and b["x_name"] == "attenuation" and b["y"] == [3.135, 3.465], b
    for row in b["z"][:5], b["z"][5:]:
        seen = [z for z in row if z]
        assert len(seen) >= 3 and seen == sorted(seen, reverse=True), row
    falls = [s for s in run["series"] if s["id"] == "ber_sweep_waterfall" and s["lane"] == lane]
    assert [s["label"] for s in falls] == ["3.135 V", "3.465 V"], falls
    for s in falls:
        assert all(lo <= y <= hi for lo, y, hi in zip(s["y_low"], s["y"], s["y_high"])), s
    assert any(v["id"] == "ber_sweep_sensitivity" and v["lane"] == lane
               and -9 < (v["value"] or 0) < -3 for v in run["measurements"])
    oma = [s for s in run["series"] if s["id"] == "eye_sweep_oma" and s["lane"] == lane]
    assert len(oma) == 1 and len(oma[0]["x"]) == 3 and oma[0]["y"] == sorted(oma[0]["y"]), oma
eyes = run["eyes"]
assert 4 <= len(eyes) <= 16 and len(eyes) % 4 == 0, len(eyes)
assert all(e["x_name"] == "fir_pre" and e["note"].startswith("TECQ ") for e in eyes)
back = [c for c in run["constants"] if c["source"] == "swept, and put back"]
assert {c["knob"] for c in back} >= {"fir_pre", "fir_post", "laser_bias"}, back
assert all(c["before"] == c["wanted"] == c["stored"] for c in back), back
PY
}
ok "maps, waterfalls, charts and eyes are in the document, all settings are back" document
ok "everything is off" is_safe
run report S1 --format html -o "$dir/page.html"
ok "the page has the maps" says "$dir/page.html" 'class="chart map"'

# refused LINE WORDS: a sweep that cannot be
refused()
{
	plan "$1"
	lot "refused$tap" "R$tap"
	run --lot "$dir/refused$tap.csv"
	says "$dir/out" "$2"
}
ok "a knob with a slip" refused \
	'{step: eye-sweep, with: {x: fir_pro, x_from: 0, x_to: 1}}' \
	'x: "fir_pro" cannot be swept here (did you mean "fir_pre"?)'
ok "beyond what a knob takes" refused \
	'{step: eye-sweep, with: {x: fir_pre, x_from: 0, x_to: 0.9}}' \
	'x_to: fir_pre can be -0.25 to 0.25, not 0.9'
ok "more light than a receiver may get" refused \
	'{step: ber-sweep, with: {x: oma, x_from: -8 dBm, x_to: 8 dBm}}' \
	'x: 8.00 dBm OMA is more than lane 1 can be given'
ok "everything is off" is_safe


plan '{step: eye-sweep, with: {x: temperature, x_values: "25 degC, 50 degC", y: supply,
     y_values: "3.2 V, 3.4 V", quantity: oma, pictures: 0}}' \
	'{step: sensor-read}' \
	'{step: ber-sweep, with: {x: pattern, x_values: "PRBS13Q, PRBS31Q, SSPRQ", oma: -6 dBm}}' \
	'{step: ber-sweep, name: by swing, with: {x: oma, x_from: -4 dBm, x_to: -7 dBm, x_points: 4,
     y: host_swing, y_values: "0, 1, 3"}}' \
	'{step: ber-sweep, name: by pattern, with: {x: pattern, x_values: "PRBS13Q, PRBS31Q",
     y: oma, y_from: -6 dBm, y_to: -8 dBm, y_points: 4, gate: 1 ms}}'
lot corners S2
run --lot "$dir/corners.csv"
ok "a unit over temperature and supply passes" is "$(verdict S2)" PASS
run report S2 --format json
over_corners()
{
	python3 - "$dir/out" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
maps = [m for m in run["maps"] if m["id"] == "eye_sweep_oma_map"]
assert len(maps) == 4
for m in maps:
    assert (m["x"], m["y"]) == ([25, 50], [3.2, 3.4]) and None not in m["z"], m
    # a laser is weaker where it is hot
    assert m["z"][1] < m["z"][0] and m["z"][3] < m["z"][2], m
# the next step finds the unit where the plan thinks it is
# the noise of the analyser shows at the smallest swing to it, and leaves a floor
for lane in 1, 2, 3, 4:
    m, = [m for m in run["maps"] if m["id"] == "ber_sweep_map" and m["lane"] == lane]
    assert m["y_name"] == "host swing" and m["y"] == [0, 1, 3], m
    assert 1.1e-5 < m["z"][0] < 1.4e-5 and m["z"][4] < 2e-6 and m["z"][8] < 2e-6, m
    labels = [s["label"] for s in run["series"] if s["id"] == "ber_sweep_waterfall"
              and s["lane"] == lane and s["label"].startswith("code")]
    assert labels == ["code 0", "code 1", "code 3"], labels
back = [c for c in run["constants"] if c["knob"] == "host_swing"]
assert [(c["lane"], c["before"], c["stored"]) for c in back] == [(n, 2, 2) for n in range(1, 9)]
at = {m["id"]: m["value"] for m in run["measurements"] if m["id"].endswith("_reference")}
assert abs(at["cal_temp_reference"] - 25) < 2 and abs(at["cal_vcc_reference"] - 3.3) < 0.03, at
falls = [s for s in run["series"] if s["id"] == "ber_sweep_waterfall" and s["lane"] == 1
         and not s["label"].startswith("code")]
# the analyser knows one pattern at the rate of host lanes: the others have no values, and a note
assert [s["label"] for s in falls] == ["", "PRBS31Q"], falls
assert falls[0]["x"] == [2] and falls[0]["x_name"] == "pattern 1 PRBS13Q, 2 PRBS31Q, 3 SSPRQ"
assert falls[1]["x"][0] == -6 and len(falls[1]["x"]) == 4
assert sum("no pattern on any lane" in n for n in run["notes"]) == 3, run["notes"]
assert len([v for v in run["measurements"] if v["id"] == "ber_sweep_worst"]) == 4
PY
}
ok "maps over temperature and supply, waterfalls by swing and by pattern" over_corners
ok "everything is off" is_safe

plan '{step: eye-sweep, with: {x: fir_pre, x_from: -0.1, x_to: 0.1, x_points: 41, pictures: 0,
     quantity: oma}}'
lot abort S3
drive "$dir/abort.csv" '*"progress"*point 5 of 41, about*' "kill -TERM \$pid"
ok "aborted in the middle" is "$code" 143
run report S3 --format json
undone()
{
	python3 - "$dir/out" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
assert run["verdict"] == "ABORTED", run["verdict"]
back = [c for c in run["constants"] if c["source"] == "swept, and put back"]
assert len(back) == 4 and all(c["before"] == c["stored"] for c in back), back
charts = [s for s in run["series"] if s["id"] == "eye_sweep_oma"]
assert len(charts) == 4 and all(3 <= len(s["x"]) < 41 for s in charts), charts
PY
}
ok "settings are back, and what was measured is there" undone
ok "everything is off" is_safe

sed -i "s/plan: sweeps.yaml/plan: characterise.yaml/" "$dir/station.yaml"
cp "$STATION_SRC/station/plans/characterise.yaml" "$dir"
run plan show "$dir/characterise.yaml"
ok "the plan that is shipped can be shown" is "$code" 0
