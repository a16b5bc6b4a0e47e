#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A site with its instruments on HiSLIP, VXI-11 and GPIB behind an adapter: a unit passes, and a bus
# that breaks off is told as what it is.
. "$(dirname "$0")/lib.sh"

# on PLACE RESOURCE: in the template, RESOURCE in the place of the raw socket of PLACE
on()
{
	sed -i "s|^    resource: TCPIP::127.0.0.1::@$1@::SOCKET|    resource: $2|" "$TEMPLATE"
}

TEMPLATE="$dir/template"
cp "$STATION_SRC/station/examples/virtual-bench.yaml.in" "$TEMPLATE"
on scope1 'TCPIP::127.0.0.1::hislip0,@scope1_hislip@::INSTR'
on bert1 'TCPIP::127.0.0.1::hislip0,@bert1_hislip@::INSTR'
on power_meter1 'TCPIP::127.0.0.1::inst0@@power_meter1_vxi11@::INSTR'
on attenuator1 'TCPIP::127.0.0.1::inst0@@attenuator1_vxi11@::INSTR'
on supply1 'PRLGX-TCPIP::127.0.0.1::@prologix1@::GPIB::5::INSTR'
ONE_CORNER=1 bench_start --buses=hislip,vxi11,prologix
# no further attempts: a fault that ends with the first one must end the run
sed 's/, retries: [0-9]*, before_retry: clean//' "$STATION_SRC/tests/data/one_corner.yaml" \
	>"$dir/once.yaml"
sed -i "s|^    plan: .*|    plan: $dir/once.yaml|" "$dir/station.yaml"

# --- a good unit ---------------------------------------------------------------------------------

lot good G-1
run --lot "$dir/good.csv"
ok "a good unit passes" is "$(verdict G-1)" PASS
ok "and the exit code is 0" is "$code" 0
ok "everything is off" is_safe
python3 - "$dir/reports/good/G-1-"*.json >"$dir/instruments" <<'PY'
import json, sys
for one in json.load(open(sys.argv[1]))["instruments"]:
    print(one["name"], one["resource"], one["serial"])
PY
host=127.0.0.1
ok "the record has the scope on HiSLIP" \
	says "$dir/instruments" "^scope1 TCPIP::$host::hislip0,[0-9]*::INSTR [^ ]"
ok "the error detector too" \
	says "$dir/instruments" "^bert1 TCPIP::$host::hislip0,[0-9]*::INSTR [^ ]"
ok "the meter on VXI-11" \
	says "$dir/instruments" "^meter1 TCPIP::$host::inst0@[0-9]*::INSTR [^ ]"
ok "the attenuator too" \
	says "$dir/instruments" "^attenuator1 TCPIP::$host::inst0@[0-9]*::INSTR [^ ]"
ok "the supply on GPIB" \
	says "$dir/instruments" "^supply1 PRLGX-TCPIP::$host::[0-9]*::GPIB::5::INSTR [^ ]"

# --- a bus that breaks off -----------------------------------------------------------------------

n=0
# broken DEVICE NAME STEP: the connection ends once, when the step has begun
broken()
{
	n=$((n + 1))
	lot "broken-$n" "B$n"
	drive "$dir/broken-$n.csv" \
		"*step-start*\"$3\"*" "virtual-bench ctl --port $control fault $1 disconnect 1"
	ok "$2 breaks off: exit 4" is "$code" 4
	ok "$2 breaks off: the unit is not judged" is "$(verdict "B$n")" ERROR
	grep '^  "reason"' "$dir/reports/broken-$n/B$n-"*.json >"$dir/reason"
	ok "$2 breaks off: it is named" says "$dir/reason" "$2: "
	ok "$2 breaks off: everything is off" is_safe
}

broken scope1 scope1 tx-calibrate
broken power_meter1 meter1 tx-monitor-calibrate
broken supply1 supply1 module-power
