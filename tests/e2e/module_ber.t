#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The module's own bit error counters beside the error detectors.
TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in"
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects,model
M-false,false-checker:3,dr4
UNITS
bench_start --sites dr4,fr4,lr4-6,lr4-10,sr4 --units "$dir/units.csv"
sed -i 's/plan: 400g.yaml/plan: ber.yaml/; s/limits: \[.*\]/limits: [few.csv]/' "$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
module_ber,module_ber,*,,,,1,0,INFO,*,a test,C
LIMITS
cat >"$dir/ber.yaml" <<'PLAN'
plan: own counters
revision: "1"
types: {400GBASE-DR4: {}, 400GBASE-FR4: {}, 400GBASE-LR4-6: {}, 400G-LR4-10: {}, 400GBASE-SR4: {}}
stage: final
corners: [{name: room, case: 25 degC, supply: 3.3 V}]
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
  - {step: bring-up, on_fail: stop}
main:
  - {step: module-ber, with: {power: -7 dBm}}
  - {step: module-vdm, with: {power: -6 dBm}}
cleanup:
  - {step: power-down}
PLAN
cat >"$dir/lot.csv" <<'LOT'
serial,part_number,site
M-good,VB-QDD-DR4-500,1
M-false,VB-QDD-DR4-500,1
M-fr4,VB-QDD-FR4-2K,2
M-sr4,VB-OSFP-SR4-100,5
LOT
run --lot "$dir/lot.csv"
cp "$dir/out" "$dir/table"

for unit in M-good M-fr4; do
	ok "$unit passes" says_verdict "$unit" PASS
	ok "both count the same" record "$unit" 'len(values("module_ber")) == 4' \
		'min(values("module_ber")) > 1e-7' 'values("module_ber_agrees") == [1] * 4' \
		'values("module_ber_consistent") == [1] * 4' \
		'max(abs(d) for d in values("module_ber_difference")) < 0.5' \
		'len(values("module_snr")) == 4' '10 < min(values("module_snr")) < 25'
done
ok "what else the module observes" record M-good 'len(values("vdm_snr_media")) == 4' \
	'len(values("vdm_snr_host")) == 8' 'min(values("vdm_ber_min_media")) > 0' \
	'all(map(lambda a, b: a <= b, values("vdm_ber_min_media"), values("vdm_ber_mean_media")))' \
	'all(map(lambda a, b: a <= b, values("vdm_ber_mean_media"), values("vdm_ber_max_media")))' \
	'max(values("vdm_ber_max_media")) < 0.1' 'values("vdm_laser_temperature") == []'
ok "a checker that misses errors fails the unit" says_verdict M-false FAIL
ok "with both ratios" record M-false \
	'"lane 3: module_ber_agrees the module counts a bit error ratio of" in run["reason"]'
ok "a module without checkers is not compared" record M-sr4 'values("module_ber") == []' \
	'"not compared: the module does not check PRBS31Q" in notes' \
	'values("vdm_snr_media") == []'
for site in 1 2 5; do
	ok "everything is off at site $site" is_safe "$site"
done
