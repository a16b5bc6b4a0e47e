#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What people get wrong in files: exit 3 with file, line and what was meant. Nothing is connected.
. "$(dirname "$0")/lib.sh"

sed 's/@[a-z_0-9]*@/1/' "$STATION_SRC/station/examples/virtual-bench.yaml.in" >"$dir/good.yaml"
lot good A1 A2

# bad WORDS SED-SCRIPT EXPECTED: one edit of the configuration
bad()
{
	sed "$2" "$dir/good.yaml" >"$dir/station.yaml"
	run --lot "$dir/good.csv"
	ok "$1: exit 3" is "$code" 3
	ok "$1: told where" says "$dir/err" "station.yaml:[0-9]*: .*$3"
	ok "$1: nothing on standard output" is "$(cat "$dir/out")" ""
}

bad "unknown key" 's/^store:/stroe:/' 'did you mean.*store\|store'
bad "unit missing" 's/scope_loss: 5.35 dB/scope_loss: 5.35/' 'dB'
bad "wrong unit" 's/scope_loss: 5.35 dB/scope_loss: 5.35 V/' 'dB'
bad "not a number" 's/scope_loss: 5.35 dB/scope_loss: four dB/' 'four'
bad "half a fibre" 's/fibre_channel: 6, //' 'fibre_channel'
bad "unknown driver" 's/driver: keysight-bert/driver: keysight-bret/' 'keysight-bert'
bad "absent limits" 's/400gbase-dr4.csv/400gbase-dr5.csv/' '400gbase-dr5.csv'
bad "key twice" 's/^store: station.db/store: station.db\nstore: x.db/' 'store'
bad "no YAML" 's/^instruments:/instruments: [/' '.'

# TDECQ is not TECQ: without the fibre the plan does not begin
sed 's/fibre_channel: 6, fibre_loss: 5.65 dB,//' "$dir/good.yaml" >"$dir/station.yaml"
run --lot "$dir/good.csv"
ok "no fibre: exit 3" is "$code" 3
ok "no fibre: told" says "$dir/err" 'site 1, lane 2 has no fibre_channel, which tx-measure'

# what only a step wants that is done while the head ramps is missed before anything begins, too
cat >"$dir/ramping.yaml" <<'PLAN'
plan: needs a tester on the way
revision: "1"
type: 400GBASE-DR4
stage: final
corners: {case: [0 degC, 25 degC], supply: [3.3 V]}
setup:
  - {step: power-up}
main:
  - group: corners
    for: corners
    while_ramping: [{step: breakout}]
    steps: [{step: module-power}]
cleanup: []
PLAN
sed 's/plan: 400g.yaml/plan: ramping.yaml/; s/bert1, //' "$dir/good.yaml" >"$dir/station.yaml"
run --lot "$dir/good.csv"
ok "needed while ramping: exit 3" is "$code" 3
ok "needed while ramping: told" says "$dir/err" 'site 1 has no bert, which the plan'
sed 's/plan: 400g.yaml/plan: ramping.yaml/; s/, thermal1//' "$dir/good.yaml" >"$dir/station.yaml"
run --lot "$dir/good.csv"
ok "needed to enter a corner: told" says "$dir/err" 'site 1 has no thermal, which the plan'

cp "$dir/good.yaml" "$dir/station.yaml"
bad_lot()
{
	printf '%b' "$2" >"$dir/bad.csv"
	run --lot "$dir/bad.csv"
	ok "lot, $1: exit 3" is "$code" 3
	ok "lot, $1: told where" says "$dir/err" "bad.csv:*[0-9]*: .*$3"
}
bad_lot "serial twice" 'serial,part_number\nA,VB-QDD-DR4-500\nA,VB-QDD-DR4-500\n' 'twice'
bad_lot "unknown part" 'serial,part_number\nA,VB-QDD-DR4-50\n' 'did you mean "VB-QDD-DR4-500"'
bad_lot "unknown column" 'serial,part_nubmer\nA,VB-QDD-DR4-500\n' 'part_number'
bad_lot "too few fields" 'serial,part_number\nA\n' '.'
bad_lot "unknown site" 'serial,part_number,site\nA,VB-QDD-DR4-500,9\n' 'site'
run --lot "$dir/absent.csv"
ok "absent lot file: exit 3" is "$code" 3
ok "absent lot file: named" says "$dir/err" 'absent.csv'

# a plan and limits of the user's own beside the configuration
own()
{
	sed 's/plan: 400g.yaml/plan: own.yaml/; s/\[400gbase-dr4.csv/[own.csv/' \
		"$dir/good.yaml" >"$dir/station.yaml"
	sed "$1" "$STATION_SRC/station/plans/400g.yaml" >"$dir/own.yaml"
	sed "$2" "$STATION_SRC/limits/400gbase-dr4.csv" >"$dir/own.csv"
	run --lot "$dir/good.csv"
}
own 's/step: tx-off/step: tx-of/' ''
ok "plan: unknown step: exit 3" is "$code" 3
ok "plan: unknown step: suggested" says "$dir/err" 'own.yaml:[0-9]*: .*tx-off'
own 's/target_oma: 1.0 dBm/target_oma: 1.0/' ''
ok "plan: unit missing: exit 3" is "$code" 3
ok "plan: unit missing: told where" says "$dir/err" 'own.yaml:[0-9]*: .*target_oma'
own '' 's/tx_tdecq - 2/tx_tdecq - /'
own '' 's/^\(tx_er,[^,]*,[^,]*,[^,]*,\)[^,]*,/\13.5.1,/'
ok "limits: bad number: exit 3" is "$code" 3
ok "limits: bad number: told where" says "$dir/err" 'own.csv:[0-9]*: '
run plan check "$dir/absent.yaml"
ok "plan check: absent file" is "$code" 3
run plan check "$STATION_SRC/station/plans/400g.yaml"
ok "plan check: the shipped plan is good" is "$code" 0
run plan show 400g.yaml
ok "plan show: prints every lane" says "$dir/out" 'lane 4 .*tx-measure'

sed 's/2099-12-31/2020-01-01/' "$dir/good.yaml" >"$dir/station.yaml"
run --lot "$dir/good.csv"
ok "expired calibration: exit 8" is "$code" 8
ok "expired calibration: named" says "$dir/err" 'meter1: calibration was due 2020-01-01'

for words in "" "--lot" "--lot $dir/good.csv --sites 1" "chekc" "plan" "report" "check now"; do
	# shellcheck disable=SC2086
	run $words
	ok "usage \"$words\": exit 2" is "$code" 2
done
for command in --lot check plan report; do
	run $command --help
	ok "$command --help: exit 0" is "$code" 0
	ok "$command --help: has examples" says "$dir/out" '^examples:'
done
run --version
ok "--version" says "$dir/out" '^station [0-9]'
