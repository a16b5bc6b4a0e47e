#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Firmware that a product accepts, refuses or upgrades, and what the record says of both images.
TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in"
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects,model
F-old,old-image,dr4
F-flash,old-image+bad-flash,dr4
F-stuck,old-image+cdb-stuck,dr4
F-sum,corrupt-checksum,dr4
UNITS
bench_start --sites dr4,fr4,lr4-6,lr4-10,sr4 --units "$dir/units.csv"
python3 - "$dir" <<'PY'
import binascii, struct, sys, re
folder = sys.argv[1]
payload = bytes(i * 7 % 256 for i in range(20000))
header = struct.pack(">4sBBHIH16s", b"VBFW", 1, 5, 3, len(payload),
                     binascii.crc_hqx(payload, 0xffff), b"VB-QDD-DR4-500")
header += struct.pack(">H", binascii.crc_hqx(header, 0xffff))
open(folder + "/vb-1.5.bin", "wb").write(header + payload)
text = open(folder + "/station.yaml").read()
text = re.sub("plan: 400g.yaml", "plan: firmware.yaml", text)
text = re.sub(r"limits: \[.*\]", "limits: [few.csv]", text)
policies = {
    "vb-qdd-dr4.yaml": 'accept: ["1.4"], password: 0x1011,\n'
    '      upgrade: {from: ["1.2", "1.3"], to: "1.5", image: vb-1.5.bin}',
    "vb-qdd-fr4.yaml": 'accept: ["2.0", "2.1"]',
}
for knobs, policy in policies.items():
    text = re.sub("knobs: " + knobs, "knobs: " + knobs + "\n    firmware: {" + policy + "}",
                  text)
open(folder + "/station.yaml", "w").write(text)
PY
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
power_up_time,power_up_time,*,,,,s,0,INFO,*,a test,C
firmware_update_time,firmware_update_time,*,,,,s,0,INFO,*,a test,C
LIMITS
cat >"$dir/firmware.yaml" <<'PLAN'
plan: firmware
revision: "1"
types: {400GBASE-DR4: {}, 400GBASE-FR4: {}, 400GBASE-LR4-6: {}, 400G-LR4-10: {}, 400GBASE-SR4: {}}
stage: final
corners: [{name: room, case: 25 degC, supply: 3.3 V}]
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
  - {step: firmware, on_fail: stop}
main:
  - {step: bring-up}
cleanup:
  - {step: power-down}
PLAN
cat >"$dir/lot.csv" <<'LOT'
serial,part_number,site
F-good,VB-QDD-DR4-500,1
F-old,VB-QDD-DR4-500,1
F-flash,VB-QDD-DR4-500,1
F-stuck,VB-QDD-DR4-500,1
F-fr4,VB-QDD-FR4-2K,2
F-sr4,VB-OSFP-SR4-100,5
LOT
run --lot "$dir/lot.csv"
cp "$dir/out" "$dir/table"

ok "firmware that is accepted" says_verdict F-good PASS
ok "is left alone" record F-good 'values("firmware_accepted") == [1]' \
	'"A 1.4.0 running committed; B 1.3.0" in notes' 'values("firmware_update_time") == []'
ok "an old one passes" says_verdict F-old PASS
ok "because it is upgraded" record F-old 'run["identity"]["firmware"] == "1.5"' \
	'"before: A 1.2.0 running committed; B 1.1.0;" in notes' \
	'"after: A 1.2.0; B 1.5.3 running committed" in notes' \
	'[f for f in run["files"] if f["role"] == "firmware"][0]["name"] == "vb-1.5.bin"' \
	'len(values("firmware_update_time")) == 1'
ok "the password is in no record" record F-old '"1011" not in json.dumps(run["notes"])'
ok "an image that cannot be verified fails the unit" says_verdict F-flash FAIL
ok "and the record says what it holds" record F-flash \
	'"the module holds A 1.2.0 running committed; B not whole" in run["reason"]' \
	'"after: A 1.2.0 running committed; B not whole" in notes'
ok "so does one that is busy for ever" says_verdict F-stuck FAIL
ok "it is reset, and answers" record F-stuck '"B not whole" in notes' \
	'"the module was reset" in notes'
ok "firmware that the product does not know is refused" says_verdict F-fr4 FAIL
ok "with both versions" record F-fr4 \
	'"runs firmware 1.4, the product is built with 2.0, 2.1" in run["reason"]'
ok "without a policy all is good" says_verdict F-sr4 PASS
for site in 1 2 5; do
	ok "everything is off at site $site" is_safe "$site"
done

# the next time the old one has the new firmware
printf 'serial,part_number,site\nF-old,VB-QDD-DR4-500,1\n' >"$dir/again.csv"
run --lot "$dir/again.csv"
ok "upgraded once" record F-old '"before" not in notes' \
	'"A 1.2.0; B 1.5.3 running committed" in notes'

# what a module does otherwise than the standard is put up with where a row says so
printf 'serial,part_number,site\nF-sum,VB-QDD-DR4-500,1\n' >"$dir/sum.csv"
run --lot "$dir/sum.csv"
cp "$dir/out" "$dir/table"
ok "a wrong checksum fails a unit" says_verdict F-sum FAIL
cat >"$dir/quirks.yaml" <<'QUIRKS'
quirks:
  - {vendor: "VIRTUAL*", part_number: "VB-QDD-DR4-*", firmware: "1.4", quirk: checksum,
     value: 0, reason: "the first lots were written so", source: "a test"}
  - {vendor: "VIRTUAL*", quirk: identity, script: ours.lua, reason: "another", source: "a test"}
QUIRKS
printf 'return function(is) return {revision = "Z" .. #is.serial} end\n' >"$dir/ours.lua"
run --lot "$dir/sum.csv" --again
cp "$dir/out" "$dir/table"
ok "with a row for it, it passes" says_verdict F-sum PASS
ok "and the record tells the row" record F-sum \
	'"quirk checksum" in notes' '"the first lots were written so (a test)" in notes' \
	'[f for f in run["files"] if f["role"] == "quirks"][0]["name"] == "quirks.yaml"'
ok "a script reads the identity otherwise, and both are told" record F-sum \
	'run["identity"]["revision"] == "Z5"' '"taken as \"Z5\"" in notes' \
	'[f for f in run["files"] if f["role"] == "quirk-script"][0]["name"] == "ours.lua"'
printf 'return function(is) end end\n' >"$dir/ours.lua"
"$STATION_BIN/station" --config "$dir/station.yaml" check >"$dir/out" 2>&1
ok "a script that is wrong is told by file and line" says "$dir/out" 'ours.lua:1:'
sed 's/reason/why/' "$dir/quirks.yaml" >"$dir/bad" && mv "$dir/bad" "$dir/quirks.yaml"
"$STATION_BIN/station" --config "$dir/station.yaml" check >"$dir/out" 2>&1
ok "a row without a reason is refused" says "$dir/out" 'quirks.yaml:'
rm "$dir/quirks.yaml"

sed 's/others.*//; s/to: "1.5"/to: "1.2"/' "$dir/station.yaml" >"$dir/wrong.yaml"
"$STATION_BIN/station" --config "$dir/wrong.yaml" check >"$dir/out" 2>&1
ok "a policy that goes in circles is refused" says "$dir/out" '1.2 is one of those it is made of'
sed 's/vb-1.5.bin/vb-1.6.bin/' "$dir/station.yaml" >"$dir/wrong.yaml"
"$STATION_BIN/station" --config "$dir/wrong.yaml" check >"$dir/out" 2>&1
ok "an image that is not there is" says "$dir/out" 'vb-1.6.bin is not there'
