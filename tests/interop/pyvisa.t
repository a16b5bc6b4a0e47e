#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# PyVISA with pyvisa-py as client of the bench.
. "$STATION_SRC/tests/scripts/tap.sh"
. "$STATION_SRC/tests/interop/bench.sh"

python=/usr/bin/python3
if ! $python -c 'import pyvisa, pyvisa_py' 2>/dev/null; then
	echo '1..0 # SKIP there is no pyvisa-py (package python3-pyvisa-py)'
	exit 0
fi
bench_start --buses=hislip,vxi11 --instruments=supply=dp832
cat >"$out/ask.py" <<'END'
import sys
import pyvisa
from pyvisa_py.protocols import rpc, vxi11
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
if port:  # instead of asking the portmapper at port 111
    rpc.TCPPortMapperClient.get_port = lambda self, mapping: port
visa = pyvisa.ResourceManager("@py")
with visa.open_resource(sys.argv[1], read_termination="\n", write_termination="\n") as device:
    device.timeout = 5000
    for _ in range(20):
        identity = device.query("*IDN?")
    print(identity)
    if port:
        print("status", device.read_stb())
        device.clear()
        print("cleared", device.query("*IDN?"))
END
for name in power_meter1 supply1; do
	$python "$out/ask.py" "TCPIP::127.0.0.1::$(bench_port $name)::SOCKET" >"$out/said" 2>&1
	check_says "$out/said" "$([ $name = supply1 ] && echo DP832 || echo N7745A)" \
		"PyVISA asks $name over raw TCP"
	$python "$out/ask.py" 'TCPIP::127.0.0.1::inst0::INSTR' "$(bench_port ${name}_vxi11)" \
		>"$out/said" 2>&1
	check_says "$out/said" "$([ $name = supply1 ] && echo DP832 || echo N7745A)" \
		"PyVISA asks $name over VXI-11"
done
what='PyVISA asks power_meter1 over HiSLIP'
if ! $python -c 'import pyvisa_py.protocols.hislip' 2>/dev/null; then
	tap_skip "$what" 'this pyvisa-py has no HiSLIP (0.6.0 and later have)'
else
	port=$(bench_port power_meter1_hislip)
	$python "$out/ask.py" "TCPIP::127.0.0.1::hislip0,$port::INSTR" >"$out/said" 2>&1
	check_says "$out/said" N7745A "$what"
fi
tap_done
