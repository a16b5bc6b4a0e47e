#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# sigrok-cli as client of the bench's DP832 over raw TCP.
. "$STATION_SRC/tests/scripts/tap.sh"
. "$STATION_SRC/tests/interop/bench.sh"

if ! command -v sigrok-cli >/dev/null; then
	echo '1..0 # SKIP there is no sigrok-cli (package sigrok-cli)'
	exit 0
fi
bench_start --instruments=supply=dp832
driver="scpi-pps:conn=tcp-raw/127.0.0.1/$(bench_port supply1)"
sigrok-cli -d "$driver" --scan >"$out/scan" 2>&1
check_says "$out/scan" DP832 'sigrok-cli finds the DP832'
sigrok-cli -d "$driver" -g 1 --show >"$out/show" 2>&1
check_says "$out/show" voltage_target 'sigrok-cli knows what it can do'
tap_done
