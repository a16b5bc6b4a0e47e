#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A line with a site for each kind of light path: every unit of a mixed lot finds its site, is
# judged by the limits of its own type, and passes.
. "$(dirname "$0")/lib.sh"

# five sites share the machine: a simulated second must not be too short for it
SITES=dr4,fr4,lr4-6,lr4-10,sr4 TIME_SCALE=300 \
	TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in" bench_start
cat >"$dir/mixed.csv" <<'LOT'
serial,part_number
A5,VB-OSFP-SR4-100
A4,VB-QDD-LR4-10K
A3,VB-QDD-LR4-6K
A2,VB-QDD-FR4-2K
A1,VB-QDD-DR4-500
LOT
run --lot "$dir/mixed.csv" --dry-run
ok "all types are in the lot" says "$dir/out" 'A4 .*400G-LR4-10'
run --lot "$dir/mixed.csv"
ok "one of each type passes" says "$dir/out" '^units=5 passed=5 failed=0 errors=0'
for n in 1 2 3 4 5; do
	ok "unit A$n went to site $n" says "$dir/err" "site $n *A$n"
done

# rows SERIAL PATTERN: what of it was measured
rows()
{
	run report "$1" --format csv
	grep -o "$2" "$dir/out" | sort -u | tr '\n' ' '
}
ok "WDM: total power and lane difference" \
	is "$(rows A2 'tx_total_power\|tx_lane_difference\|tx_rms_width')" \
	'tx_lane_difference tx_total_power '
ok "multimode: width of the spectrum" \
	is "$(rows A5 'tx_total_power\|tx_smsr\|tx_rms_width')" 'tx_rms_width '

printf 'serial,part_number,site\nA9,VB-QDD-FR4-2K,3\n' >"$dir/wrong.csv"
run --lot "$dir/wrong.csv"
ok "a unit for another site: exit 3" is "$code" 3
ok "a unit for another site: told why" says "$dir/err" \
	'wrong.csv:2: .*site 3: its fibre has 6000 m, TDECQ of 400GBASE-FR4 wants 2000 m'
ok "everything is off" is_safe
