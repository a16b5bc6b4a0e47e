#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The same lot on benches with different seeds: other units behind the same serial numbers, so other
# values, and the verdicts right all the same.
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects
SD-2,slow-driver:2
UNITS
lot seed SD-1 SD-2
for seed in 21 22; do
	ONE_CORNER=1 SEED=$seed bench_start --units "$dir/units.csv"
	rm -rf "$dir"/station.db*
	run --lot "$dir/seed.csv"
	ok "seed $seed: the good unit passes" is "$(verdict SD-1)" PASS
	ok "seed $seed: the slow one fails" is "$(verdict SD-2)" FAIL
	run report SD-1 --format csv
	grep 'tx_tdecq,' "$dir/out" >"$dir/tdecq-$seed"
	ok "seed $seed: TDECQ of four lanes" is "$(wc -l <"$dir/tdecq-$seed")" 4
	bench_stop
done
differ()
{
	python3 - "$dir/tdecq-21" "$dir/tdecq-22" <<'PY'
import csv, sys
VALUE = 10 # column of a report's CSV
a, b = ([row[VALUE] for row in csv.reader(open(name))] for name in sys.argv[1:])
print(a, b)
sys.exit(any(x == y for x, y in zip(a, b)))
PY
}
ok "every lane reads another value" differ
