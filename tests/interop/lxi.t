#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# lxi-tools as client of the bench: raw TCP. Its VXI-11 asks the portmapper on port 111, which a
# network of its own can have.
. "$STATION_SRC/tests/scripts/tap.sh"
. "$STATION_SRC/tests/interop/bench.sh"

if ! command -v lxi >/dev/null; then
	echo '1..0 # SKIP there is no lxi (package lxi-tools)'
	exit 0
fi
bench_start --buses=vxi11 --instruments=supply=dp832
lxi scpi -a 127.0.0.1 -p "$(bench_port power_meter1)" -r '*IDN?' >"$out/lxi" 2>&1
check_says "$out/lxi" N7745A 'lxi asks the N7745A over raw TCP'
lxi scpi -a 127.0.0.1 -p "$(bench_port supply1)" -r '*IDN?' >"$out/lxi" 2>&1
check_says "$out/lxi" DP832 'lxi asks the DP832 over raw TCP'
bench_stop

what='lxi asks the scope over VXI-11, found by the portmapper'
if ! unshare -rn true 2>/dev/null; then
	tap_skip "$what" 'port 111 needs privileges or a network of its own (unshare -rn)'
else
	cat >"$out/inside" <<'END'
ip link set lo up 2>/dev/null || exit 77
. "$STATION_SRC/tests/interop/bench.sh"
bench_start --buses=vxi11 --portmapper-port=111 --instruments=supply=dp832
lxi scpi -a 127.0.0.1 '*IDN?'
bench_stop
END
	unshare -rn sh "$out/inside" >"$out/lxi" 2>&1
	if [ $? = 77 ]; then
		tap_skip "$what" 'no loopback in a network of its own (package iproute2)'
	else
		check_says "$out/lxi" Keysight "$what"
	fi
fi
tap_done
