#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A module's memory as other programs wrote it, decoded without a bench or a configuration.
. "$(dirname "$0")/lib.sh"

# Lower memory and page 00h of a module of our own: ready, 40 degC, right checksum.
python3 - "$dir/raw" "$dir/ethtool" <<'PY'
import sys

memory = bytearray(256)
memory[0:4] = 0x18, 0x50, 0x80, 0x06
memory[14:18] = 40, 0, 0x80, 0xE8
memory[85:90] = 2, 0x11, 0x1C, 0x84, 0x01
memory[90] = 0xFF
memory[128] = 0x18
memory[129:145] = b"A MAKER".ljust(16)
memory[222] = sum(memory[128:222]) & 0xFF
open(sys.argv[1], "wb").write(memory)
with open(sys.argv[2], "w") as out:
    out.write("Offset\t\tValues\n------\t\t------\n")
    for at in range(0, 256, 16):
        out.write("0x%04x:\t\t%s \n" % (at, memory[at:at + 16].hex(" ")))
PY

decode()
{
	code=0
	(cd "$dir" && station module decode "$@" >out 2>err) || code=$?
}

decode - <"$dir/ethtool"
ok "a dump of ethtool, from a pipe" says "$dir/out" '^- (ethtool -m, hex): QSFP-DD, CMIS 5.0'
ok "state" says "$dir/out" '^module.state: ModuleReady'
ok "units" says "$dir/out" 'module.temperature .* 28 00 .* 40 degC'
ok "applications" says "$dir/out" '^1 .*400GAUI-8.* 1C 400GBASE-DR4.* 8 to 4'
ok "checksum" says "$dir/out" '^checksum of 00h:128-221: .*, right'
ok "a page that is missing" says "$dir/out" '^checksum of 01h:130-254: not in this image'
cp "$dir/out" "$dir/piped"
decode raw
sed -i 1d "$dir/out" "$dir/piped"
ok "raw bytes say the same" cmp "$dir/out" "$dir/piped"
decode raw --field 'vendor.*' --json
ok "JSON" python3 - "$dir/out" <<'PY'
import json, sys
told = json.load(open(sys.argv[1]))
assert told["map"] == "CMIS" and told["format"] == "raw bytes", told
names = {field["name"]: field for field in told["fields"]}
assert all(name.startswith("vendor.") for name in names), names
assert names["vendor.name"]["values"][0]["text"] == "A MAKER"
assert names["vendor.name"]["address"] == "00h:129-144"
assert told["checksums"][0]["computed"] == told["checksums"][0]["stored"]
assert told["checksums"][1] == {"address": "01h:130-254", "in_image": False}
PY
sed 's/^0x0010:/:/' "$dir/ethtool" >"$dir/damaged"
decode damaged
ok "a damaged row" says "$dir/err" '^station: damaged:4: a row of ethtool is'
ok "is no image" [ "$code" = 3 ]
decode nowhere
ok "no such file" [ "$code" = 3 ]
