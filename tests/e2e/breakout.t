#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Modules as several links: each data path dark, down and up while the others run; and an
# application for another kind of host.
TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in"
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects,model
B-dead,dead-lane:2,dr4
UNITS
bench_start --sites dr4,fr4,lr4-6,lr4-10,sr4 --units "$dir/units.csv"
sed -i 's/plan: 400g.yaml/plan: breakout.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
low_power,low_power,*,,0,2,W,0,GATE,*,a test,C
breakout_ber,breakout_ber,*,,,2.4e-4,1,0,INFO,*,a test,C
ndr_ber,application_ber,*,,,,1,0,INFO,*,a test,C
LIMITS
cat >"$dir/breakout.yaml" <<'PLAN'
plan: links
revision: "1"
types: {400GBASE-DR4: {}, 400GBASE-FR4: {}, 400GBASE-LR4-6: {}, 400G-LR4-10: {}, 400GBASE-SR4: {}}
stage: final
corners: [{name: room, case: 25 degC, supply: 3.3 V}]
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
  - {step: bring-up, on_fail: stop}
main:
  - {step: breakout}
  - {step: application-ber, with: {hosts: InfiniBand NDR}}
  # nothing but the default application has all lanes in one data path: the rate is told by that
  - {step: rx-waterfall, with: {points: 4}}
cleanup:
  - {step: power-down}
PLAN
cat >"$dir/links.csv" <<'LOT'
serial,part_number,site
B-dr4,VB-QDD-DR4-500,1
B-dead,VB-QDD-DR4-500,1
B-fr4,VB-QDD-FR4-2K,2
B-sr4,VB-OSFP-SR4-100,5
LOT
run --lot "$dir/links.csv"
cp "$dir/out" "$dir/table"
ok "400GBASE-DR4 passes" says_verdict B-dr4 PASS
ok "400GBASE-FR4 passes" says_verdict B-fr4 PASS
ok "400GBASE-SR4 passes" says_verdict B-sr4 PASS
ok "a dead lane fails" says_verdict B-dead FAIL
ok "for what is wrong with its link" record B-dead \
	'"lane 2: breakout_isolated 100GAUI-2 to 100GBASE-DR: dark" in run["reason"]'
ok "DR4: four data paths of 100G" record B-dr4 'values("breakout_paths") == [4]' \
	'values("breakout_isolated") == [1] * 4' 'len(values("breakout_ber")) == 4' \
	'max(values("breakout_ber")) < 2.4e-4' '0 < values("breakout_gate")[0] < 0.2' \
	'abs(values("breakout_crosstalk")[0]) < 0.1'
ok "SR4: four of 100G and two of 200G" record B-sr4 'values("breakout_paths") == [6]' \
	'values("breakout_isolated") == [1] * 4'
ok "SR4: the ratio with an NDR host, and its margin" record B-sr4 \
	'len(values("application_ber")) == 4' 'min(values("application_ber_margin")) > 0'
ok "FR4 is one link" record B-fr4 'values("breakout_paths") == []' \
	'values("application_ber") == []'
ok "what comes next finds all lanes" record B-sr4 'len(values("rx_sensitivity")) == 4'
for site in 1 2 5; do
	ok "everything is off at site $site" is_safe "$site"
done
