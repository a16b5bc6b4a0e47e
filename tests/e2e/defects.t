#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Every named defect of the bench: the right verdict, for the right reason, by the bench's truth.
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects
DF-dead,dead-lane:1
DF-noisy,noisy-laser:4
DF-compressed,compressed-levels:2
DF-rssi,bad-rssi:3
DF-part,wrong-part-number
DF-nack,i2c-nack
DF-dirty,dirty-connector:2
DF-slow,slow-driver:1
DF-check,corrupt-checksum
UNITS
ONE_CORNER=1 bench_start --units "$dir/units.csv"
lot defects DF-dead DF-noisy DF-compressed DF-rssi DF-part DF-nack DF-dirty DF-slow DF-check

run --lot "$dir/defects.csv"
ok "no unit was left unjudged" is "$code" 1
expect()
{
	ok "$1 is $2" is "$(verdict "DF-$1")" "$2"
	[ -z "${3:-}" ] || ok "$1: the reason says $3" says "$dir/out" "^DF-$1 .*$3"
}
expect dead FAIL 'lane 1'
expect noisy FAIL 'lane 4'
expect compressed FAIL 'lane 2'
expect rssi FAIL 'lane 3'
expect part FAIL 'the module says "VB-QDD-FR4'
expect nack FAIL 'acknowledge'
expect dirty PASS
expect slow FAIL 'lane 1'
expect check FAIL 'checksum'
for serial in DF-dead DF-noisy DF-compressed DF-rssi DF-slow; do
	ctl truth "$serial" >"$dir/truth"
	ok "$serial: the truth agrees" says "$dir/truth" '"good" *: *false'
done
ok "everything is off afterwards" is_safe
