#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# A large lot on the virtual bench: good units and every named defect, verdicts against the truth.
# UNITS (100), SEED and TIME_SCALE may be set. Says, beside the counts that tools/demo prints, how
# many bad units passed (escapes) and how many good ones failed.
set -eu
: "${STATION_BIN:?}" "${STATION_SRC:?}" "${STATION_DATADIR:?}"

units=${UNITS:-100}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
set -- weak-lane dead-lane noisy-laser slow-driver compressed-levels bad-rssi corrupt-checksum \
	wrong-part-number i2c-nack dirty-connector
echo "serial,part_number" >"$dir/hundred.csv"
echo "serial,defects" >"$dir/units.csv"
i=1
while [ "$i" -le "$units" ]; do
	serial=$(printf 'HU%05d' "$i")
	echo "$serial,VB-QDD-DR4-500" >>"$dir/hundred.csv"
	# every fourth unit has something wrong, the defects in turn
	if [ $((i % 4)) -eq 0 ]; then
		k=$((i / 4 % $#))
		eval "defect=\${$((k + 1))}"
		echo "$serial,$defect" >>"$dir/units.csv"
	fi
	i=$((i + 1))
done

echo 1..3
code=0
LOT=$dir/hundred.csv UNITS=$dir/units.csv TIME_SCALE=${TIME_SCALE:-1000} \
	SITES=1 TEMPLATE=virtual-bench.yaml.in \
	"$STATION_SRC/tools/demo" "$STATION_BIN" "$dir/run" >"$dir/out" 2>&1 || code=$?
grep '^demo:\|^units=' "$dir/out" | cut -c1-300 | sed 's/^/# /'
wrong=$(grep '^demo: HU' "$dir/out" || true)
escapes=$(printf '%s\n' "$wrong" | grep -c 'says PASS.*"good":false' || true)
overkill=$(printf '%s\n' "$wrong" | grep -c 'says FAIL.*"good":true' || true)
verdict()
{
	[ "$2" = 0 ] && echo "ok $1 - $3" || echo "not ok $1 - $3"
}
verdict 1 "$escapes" "no bad unit passed (escapes=$escapes)"
verdict 2 "$overkill" "no good unit failed (overkill=$overkill)"
verdict 3 "$code" "every verdict agrees with the truth"
tail -n 1 "$dir/out" | sed 's/^/# /'
