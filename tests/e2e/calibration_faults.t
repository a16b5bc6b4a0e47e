#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What goes wrong while a unit is being calibrated: a verdict that names it, everything off, and no
# module that claims to be calibrated.
TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in"
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects,model
resets,resets,dr4
stuck,stuck-knob:2,dr4
forgets,forgetful,dr4
kinked,kinked-laser:3,dr4
hot,hot-laser:1,dr4
dead,dead-lane:2,dr4
old,old-firmware,dr4
qsfp28,qsfp28,dr4
cmis3,cmis3,dr4
UNITS
bench_start --sites dr4,fr4,lr4-6,lr4-10,sr4 --units "$dir/units.csv"
sed -i 's/plan: 400g.yaml/plan: short.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
cal_tx_oma_error,cal_tx_oma_error,*,,-0.3,0.3,dB,0.05,GATE,*,a test,C
cal_tx_er_error,cal_tx_er_error,*,,-0.3,0.3,dB,0.05,GATE,*,a test,C
LIMITS

# plan [CURRENT_LIMIT [CURRENT_LIMIT_LATER]]: the way of a calibration, as short as it goes
plan()
{
	cat >"$dir/short.yaml" <<PLAN
plan: short calibration
revision: "1"
types: {400GBASE-DR4: {}, 400GBASE-FR4: {}, 400GBASE-LR4-6: {}, 400G-LR4-10: {}, 400GBASE-SR4: {}}
stage: calibrate
corners: [{name: room, case: 25 degC, supply: 3.3 V}, {name: hot, case: 70 degC, supply: 3.3 V}]
corner: {current_limit: ${2:-4.5 A}}
setup:
  - {step: power-up, on_fail: stop, with: {current_limit: ${1:-4.5 A}}}
  - {step: identify, on_fail: stop}
  - {step: set-corner, on_fail: stop, with: {current_limit: ${1:-4.5 A}}}
  - {step: bring-up, on_fail: stop}
main:
  - {step: calibrate-begin, on_fail: stop}
  - {step: lane-check, on_fail: stop}
  - {step: tx-calibrate, for: lanes}
  - group: over temperature
    for: corners
    steps:
      - {step: sensor-read}
      - {step: tx-li, for: lanes}
      - {step: tx-calibrate, for: lanes, with: {knobs: tables}}
  - {step: sensor-calibrate}
  - {step: tx-tables}
  - {step: store-constants, on_fail: stop}
cleanup:
  - {step: power-down}
PLAN
}

# start SERIAL [PART_NUMBER SITE]
start()
{
	printf 'serial,part_number,site\n%s,%s,%s\n' "$1" "${2:-VB-QDD-DR4-500}" "${3:-1}" \
		>"$dir/lot-$1.csv"
	run --lot "$dir/lot-$1.csv" --again
}

is_calibrated()
{
	ctl truth "$1" >"$dir/truth"
	says "$dir/truth" "\"calibrated\" *: *$2"
}

# expect SERIAL VERDICT WORDS [PART_NUMBER SITE]
expect()
{
	start "$1" ${4:+"$4" "$5"}
	ok "$1: $2" is "$(verdict "$1")" "$2"
	run report "$1" --format json
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["reason"])' "$dir/out" \
		>"$dir/reason"
	ok "$1: the reason says $3" says "$dir/reason" "$3"
	ok "$1: not marked as calibrated" is_calibrated "$1" false
	ok "$1: everything is off" is_safe "${5:-1}"
}

plan
start sound
ok "a sound unit passes" is "$(verdict sound)" PASS
ok "and is calibrated" is_calibrated sound true

# the module
expect resets FAIL 'tx-calibrate: knob .*: it restarted by itself'
expect stuck FAIL 'knob laser_bias, lane 2: module: reads back 2000 after 1400 was written'
expect forgets FAIL 'constants_kept after the power cycle the module had lost mod_swing of lane 1'
expect kinked FAIL 'lane 3: tx_no_kink the light departs from a smooth curve'
expect hot FAIL 'lane 1: tx_laser_works a threshold of'
expect dead FAIL 'lane 2: tx_light no light'
expect old FAIL 'page layout is 0100h.*no knob was touched'
expect qsfp28 FAIL 'identify: a QSFP28 module (SFF-8636).*this station tests CMIS modules'
expect cmis3 FAIL 'the module says CMIS 3.0; .* it is not driven'
# no table is made of what a laser gave that needs less current the warmer it is
run report hot --format json
ok "hot: the table does not rise throughout" says "$dir/out" 'tx_table_monotonic'

# the supply
plan '300 mA'
expect starved FAIL "power-up: the supply is at its current limit, 0.30 A"
plan '1 A'
expect hungry FAIL "bring-up: the supply is at its current limit, 1.00 A"
plan '4.5 A' '1 A'
expect tripped FAIL \
	'corner-soak: the supply is at its current limit, 1.00 A, and gives .*no acknowledge'
plan

# the station
ctl thermal-stuck 1 on >/dev/null
expect still ERROR 'head did not reach 70.0 degC within 900 s: it is at [0-9.]* degC, the module'
ctl thermal-stuck 1 off >/dev/null
ctl swap 1 1 2 >/dev/null
expect crossed ERROR 'the light of lane 1 is where lane 2.s belongs: the fibres of lanes 1 and 2'
ctl swap 1 1 2 >/dev/null
ctl rx-swap 1 3 4 >/dev/null
expect rxcrossed ERROR 'the received light of lane 3 is where lane 4.s belongs'
ctl rx-swap 1 3 4 >/dev/null
ctl demux 2 lwdm >/dev/null
expect grid ERROR 'is the demultiplexer of site 2 the one for 400GBASE-FR4' VB-QDD-FR4-2K 2
ctl demux 2 own >/dev/null
ctl swap 2 2 3 >/dev/null
expect outputs ERROR 'the light of lane 2 is where lane 3.s belongs' VB-QDD-FR4-2K 2
ctl swap 2 2 3 >/dev/null

# a further attempt begins where the first did, not where that was left
sed -i 's/step: tx-li, for: lanes/&, retries: 1/' "$dir/short.yaml"
lot further further
drive "$dir/further.csv" \
	'*step-start*"tx-li"*' "virtual-bench ctl --port $control fault power_meter1 garbage 1"
ok "tx-li tried again: the unit passes" is "$(verdict further)" PASS
ok "tx-li tried again: it was" says "$dir/events" '"tx-li".*"attempt" *: *2'
plan

# the program: killed in mid-calibration, started again
ctl truth sound >"$dir/before"
lot killed sound
drive "$dir/killed.csv" '*step-start*"tx-li"*' \
	"virtual-bench ctl --port $control state 1 >$dir/killed-at; kill -9 \$pid"
ok "killed: it was in the middle of it" says "$dir/killed-at" '"supply_on" *: *true'
ok "killed: by the signal" is "$code" 137
# the loader is called when the station has made everything safe, and before it energises anything
cat >"$dir/loader" <<LOADER
[ "\$1" != load ] || virtual-bench ctl --port $control state 1 >"$dir/started-at"
exec virtual-bench ctl --port $control "\$@"
LOADER
cp "$dir/station.yaml" "$dir/station.kept"
sed -i "s|^    loader: .*|    loader: [sh, $dir/loader, '{action}', '{site}', '{serial}']|" \
	"$dir/station.yaml"
lot next next
run --lot "$dir/next.csv"
cp "$dir/station.kept" "$dir/station.yaml"
ok "killed: the next start makes it safe" says "$dir/started-at" '"supply_on" *: *false'
ok "killed: and runs the next unit" is "$(verdict next)" PASS
ctl truth sound >"$dir/after"
ok "killed: the unit's constants are the old ones" cmp "$dir/before" "$dir/after"

# a calibrated unit once more: its tables and its stored constants are no obstacle
start sound
ok "again: passes" is "$(verdict sound)" PASS
ok "again: is calibrated" is_calibrated sound true
ok "again: everything is off" is_safe
