#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# What the station finds by itself, on the virtual bench: a script stands in for avahi-browse and
# announces what the bench serves.
. "$(dirname "$0")/lib.sh"

cat >"$dir/template" <<'EOF'
scope=@scope1@
scope_hislip=@scope1_hislip@
scope_vxi11=@scope1_vxi11@
meter=@power_meter1@
EOF
TEMPLATE=$dir/template bench_start --buses hislip,vxi11
. "$dir/station.yaml"

# announce TYPE NAME ADDRESS PORT [TEXTS]
announce()
{
	printf '%s\n' "+;lo;IPv4;$2;$1;local" "=;lo;IPv4;$2;$1;local;bench.local;$3;$4;${5-}"
} >>"$dir/announced.$1"

mkdir "$dir/bin"
cat >"$dir/bin/avahi-browse" <<EOF
#!/bin/sh
for type; do :; done
[ ! -f "$dir/hang" ] || { touch "$dir/hanging"; exec sleep 60; }
cat "$dir/announced.\$type" 2>/dev/null || exit 0
EOF
chmod +x "$dir/bin/avahi-browse"

find_them()
{
	code=0
	PATH="$dir/bin:$PATH" station discover --loopback --only "${ONLY:-mdns}" "$@" \
		>"$dir/out" 2>"$dir/err" </dev/null || code=$?
}

# json EXPRESSION: of d, the objects in $dir/out
json()
{
	python3 -c "import json, sys
d = [json.loads(line) for line in open('$dir/out')]
sys.exit(not ($1))"
}

find_them
ok "nothing announced: exit 0" is "$code" 0
ok "nothing announced: nothing printed" is "$(cat "$dir/out")" ""
ok "nothing announced: said" says "$dir/err" 'no instrument was found'

announce _scpi-raw._tcp 'The\032scope' 127.0.0.1 "$scope"
announce _vxi-11._tcp 'The\032scope' 127.0.0.1 "$scope_vxi11"
announce _hislip._tcp 'The\032scope' 127.0.0.1 "$scope_hislip" '"txtvers=1" "Model=liar"'
announce _scpi-raw._tcp 'The\032meter' 127.0.0.1 "$meter"
announce _lxi._tcp 'A\032toaster' 127.0.0.2 80 \
	'"txtvers=1" "Manufacturer=ACME" "Model=T\0351" "SerialNumber=7" "FirmwareVersion=2"'
announce _scpi-raw._tcp elsewhere 192.0.2.1 5025

find_them
ok "three: exit 0" is "$code" 0
ok "three: nothing else to say" is "$(cat "$dir/err")" ""
ok "the scope: its item" says "$dir/out" '^  - name: scope1$'
ok "the scope: its driver" says "$dir/out" '^    driver: keysight-scope$'
ok "the scope: HiSLIP first" says "$dir/out" \
	"^    resource: TCPIP::127.0.0.1::hislip0,$scope_hislip::INSTR\$"
ok "the scope: also by VXI-11" says "$dir/out" \
	"^  # also TCPIP::127.0.0.1::inst0@$scope_vxi11::INSTR, by mDNS \"The scope\"\$"
ok "the scope: also by socket" says "$dir/out" "^  # also TCPIP::127.0.0.1::$scope::SOCKET, by "
ok "the scope: once" is "$(grep -c 'name: scope' "$dir/out")" 1
ok "the scope: by its own answer" says_not "$dir/out" liar
ok "the meter: its item" says "$dir/out" '^    driver: keysight-power-meter$'
ok "the toaster: who it is" says "$dir/out" \
	'^  # ACME T#1 (not by its own answer), serial 7, firmware 2$'
ok "the toaster: no driver" says "$dir/out" '^  # no driver knows it$'
ok "other hosts are left out" says_not "$dir/out" '192\.0\.2\.1'

# the lines are a configuration's: the station can work with what it found
{
	echo "station: found"
	echo "store: $dir/station.db"
	echo "sites: []"
	echo "products: []"
	echo "instruments:"
	cat "$dir/out"
} >"$dir/found.yaml"
code=0
station --config "$dir/found.yaml" check >"$dir/out" 2>"$dir/err" || code=$?
ok "the lines are taken for instruments" says "$dir/out" '^ok .*scope1'

find_them --json
ok "JSON: exit 0" is "$code" 0
ok "JSON: three" json 'len(d) == 3'
ok "JSON: the scope" json \
	'd[0]["drivers"][0]["driver"] == "keysight-scope" and d[0]["answered"] and d[0]["serial"]'
ok "JSON: its ways" json \
	'[w["bus"] for w in d[0]["ways"]] == ["hislip", "vxi11", "socket"]'
ok "JSON: the toaster" json 'd[2]["resource"] is None and d[2]["maker"] == "ACME"'

bench_stop
find_them --timeout 2
ok "gone: exit 0" is "$code" 0
ok "gone: why there is no answer" says "$dir/out" '; no answer: '
ok "gone: nothing for the configuration" says_not "$dir/out" '^  - name'

echo rubbish >>"$dir/announced._lxi._tcp"
find_them --timeout 2
ok "rubbish: told" says "$dir/err" '1 line of avahi-browse for _lxi._tcp not understood'
ok "rubbish: the others are found" says "$dir/out" ACME

touch "$dir/hang"
find_them --timeout 1
ok "a program that hangs is ended" is "$code" 0
rm "$dir/hanging"
PATH="$dir/bin:$PATH" station discover --loopback --only mdns --timeout 60 \
	>"$dir/out" 2>"$dir/err" &
searching=$!
while [ ! -f "$dir/hanging" ] && kill -0 $searching; do sleep 0.05; done
kill -INT $searching
code=0
wait $searching || code=$?
ok "ended by SIGINT" is "$code" 130

code=0
PATH=$dir "$STATION_BIN/station" discover --loopback --only mdns >"$dir/out" 2>"$dir/err" || code=$?
ok "no avahi-browse: exit 0" is "$code" 0
ok "no avahi-browse: the package that has it, once" is "$(grep -c avahi-utils "$dir/err")" 1

ONLY=vxi11,usb,serial find_them --timeout 0.4
ok "the other sources: exit 0" is "$code" 0
