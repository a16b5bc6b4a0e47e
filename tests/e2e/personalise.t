#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Modules that are told who they are: what is written, what is left alone, what is refused, and what
# becomes of a module whose power fails in it.
. "$(dirname "$0")/lib.sh"

bench_start
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
power_up_time,power_up_time,*,,,,s,0,INFO,*,a test,C
LIMITS
cat >"$dir/personal.yaml" <<'PLAN'
plan: personal
revision: "1"
types: {400GBASE-DR4: {}, 400GBASE-FR4: {}, 400GBASE-LR4-6: {}, 400G-LR4-10: {}, 400GBASE-SR4: {}}
stage: final
corners: [{name: room, case: 25 degC, supply: 3.3 V}]
setup:
  - {step: power-up, on_fail: stop}
  - {step: recover, on_fail: stop}
  - {step: identify, on_fail: stop}
main:
  - {step: bring-up}
  - {step: personalise}
cleanup:
  - {step: power-down}
PLAN
sed -e 's/plan: 400g.yaml/plan: personal.yaml/' -e 's/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml" >"$dir/base.yaml"

# product FIELDS: the configuration whose DR4 product personalises so; none without
product()
{
	cp "$dir/base.yaml" "$dir/station.yaml"
	[ -z "$1" ] || sed -i "s|^\( *\)knobs: vb-qdd-dr4.yaml|&\n\1personalise: {$1}|" \
		"$dir/station.yaml"
}
writes="$dir/station.db.writes/P-1"
open_files() { ls "$writes" | grep -c 'open\.jsonl$'; }
fields='vendor_name: ACME, revision: B7, serial: $serial, date_code: $date, clei: WOTRCK0AAA'
bytes='{page: 0x03, byte: 130, text: lot $lot}, {page: 0x00, byte: 230, hex: "c0ffee"}'
all="fields: {$fields}, bytes: [$bytes]"

lot L P-1
product ""
run --lot "$dir/L.csv"
ok "without a word of the product nothing is written" record P-1 \
	'"the product does not allow it" in notes' 'run["verdict"] == "PASS"' \
	'run["writes"] == [] and run["identity"]["vendor"] == "VIRTUAL BENCH"'

product "$all"
run --lot "$dir/L.csv" --again
ok "a module is told who it is" record P-1 'run["verdict"] == "PASS"' \
	'run["identity"]["vendor"] == "ACME"' 'run["identity"]["revision"] == "B7"' \
	'values("personalised") == [1]' '"read again after a power cycle" in notes' \
	'{w["how"] for w in run["writes"]} == {"verified"}' \
	'"6c6f74204c" in [w["after"] for w in run["writes"] if w["address"] == "03h:130-134"]' \
	'any(w["address"].startswith("00h:222") for w in run["writes"])'
ok "the checksum is that of what it then has" record P-1 'values("id_checksum") == [1]'
run --lot "$dir/L.csv" --again
ok "what is right is not written again" record P-1 '"all was right, 0 bytes written" in notes' \
	'run["writes"] == []' 'values("id_checksum") == [1]'

# the power goes in the middle of it
product "fields: {vendor_name: OTHER NAME INC, clei: ZZZZZZZZZZ}"
ctl cut-power 1 2 0.5 >/dev/null
run --lot "$dir/L.csv" --again
cp "$dir/out" "$dir/table"
ok "a module that loses its power in it does not pass" is_not "$(verdict P-1)" PASS
ok "and the record names it" record P-1 '"may be half-written: identity" in notes'
product "$all"
run --lot "$dir/L.csv" --again
ok "the next run gives back what had been there" record P-1 'run["verdict"] == "PASS"' \
	'run["identity"]["vendor"] == "ACME"' 'values("memory_whole") == [1]' \
	'values("id_checksum") == [1]' '"all are again as before" in notes'
ok "and nothing is open" is "$(open_files)" 0

# a module without a name may get one
product 'fields: {serial: ""}'
run --lot "$dir/L.csv" --again
product ""
run --lot "$dir/L.csv" --again
ok "a module without a serial number is not the lot's" is "$(verdict P-1)" FAIL
product 'fields: {serial: $serial}'
run --lot "$dir/L.csv" --again
ok "but one that is about to get it" record P-1 'run["verdict"] == "PASS"' \
	'run["identity"]["serial"] == "P-1"'

product 'password: 0x1234, fields: {vendor_name: NOBODY}'
run --lot "$dir/L.csv" --again
ok "with a wrong password it fails" is "$(verdict P-1)" FAIL
ok "and says which field was refused" record P-1 \
	'"vendor_name (00h:129-144) was not taken by the module" in run["reason"]' \
	'"1234" not in json.dumps(run["notes"])'
product ""
run --lot "$dir/L.csv" --again
ok "nothing of it was written" record P-1 'run["verdict"] == "PASS"' \
	'"all bytes are what they had been" in notes'

# refused PERSONALISE WORDS: by station check, with the line
refused()
{
	product "$1"
	run check
	is "$code" 3 && says "$dir/err" "station.yaml:[0-9]*: .*$2"
}
ok "a text that is too long" refused 'fields: {revision: B77}' '3 characters long, .* room for 2'
ok "one that is not ASCII" refused 'fields: {vendor_name: "Ä"}' 'not printable ASCII'
ok "a field that there is not" refused 'fields: {vendor_nam: A}' 'did you mean "vendor_name"'
ok "an unknown substitution" refused 'fields: {serial: $seriall}' 'is none of \$serial'
ok "a place that is not to be written" refused \
	'bytes: [{page: 0x00, byte: 200, hex: "ff"}]' '00h:221 and 223-255'
ok "a place with neither text nor hex" refused 'bytes: [{page: 0x03, byte: 200}]' \
	'either text or hex'
ok "nothing to write" refused 'block: 4' 'wants fields or bytes'
ok "everything is off" is_safe
