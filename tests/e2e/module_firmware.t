#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Firmware by hand: what a module holds, downloads and what interrupts them, the station's end too.
TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in"
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects,model
F-1,old-image,dr4
F-flash,old-image+bad-flash,dr4
UNITS
bench_start --sites dr4,fr4,lr4-6,lr4-10,sr4 --units "$dir/units.csv"
python3 - "$dir" <<'PY'
import binascii, struct, sys
folder = sys.argv[1]
for name, size in (("vb-1.5.bin", 20000), ("long.bin", 250000)):
    payload = bytes(i * 7 % 256 for i in range(size))
    header = struct.pack(">4sBBHIH16s", b"VBFW", 1, 5, 3, len(payload),
                         binascii.crc_hqx(payload, 0xffff), b"VB-QDD-DR4-500")
    header += struct.pack(">H", binascii.crc_hqx(header, 0xffff))
    open(folder + "/" + name, "wb").write(header + payload)
PY
echo 0x00001011 >"$dir/password"
echo secret >"$dir/words"

# firmware WORDS...: of unit $serial at site 1, "$code" is the exit code
serial=F-1
firmware()
{
	"$STATION_BIN/station" --config "$dir/station.yaml" module firmware "$@" --site 1 \
		--serial "$serial" >"$dir/out" 2>"$dir/err"
	code=$?
}
call()
{
	"$STATION_BIN/station" --config "$dir/station.yaml" module "$@" >"$dir/out" 2>"$dir/err"
	code=$?
}

firmware
ok "what a module holds is shown" says "$dir/out" 'firmware: A 1.2.0 running committed; B 1.1.0'
ok "and who it is" says "$dir/out" 'VB-QDD-DR4-500, serial F-1, CMIS'
ok "and how it takes a download" says "$dir/out" 'blocks of 2048 bytes by the extended payload'
ok "with exit code 0" is "$code" 0
ok "everything is off afterwards" is_safe 1

firmware download "$dir/vb-1.5.bin"
ok "without the password it is refused" says "$dir/err" 'a password is wanted'
ok "with exit code 1" is "$code" 1
ok "nothing has changed" says "$dir/out" 'now: A 1.2.0 running committed; B 1.1.0'
firmware download "$dir/vb-1.5.bin" --password-file "$dir/password" --version 1.6
ok "a file of another version is not taken for it" \
	says "$dir/err" 'the image says version 1.5, not 1.6'
firmware download "$dir/vb-1.5.bin" --password-file "$dir/password" --version 1.5
ok "a download goes into the other image" says "$dir/out" 'now: A 1.2.0 running committed; B 1.5.3'
ok "its progress is told" says "$dir/err" 'write  *[0-9]* % ('
ok "the password is not" sh -c '! grep -q 1011 "$1" "$2"' sh "$dir/out" "$dir/err"
firmware run --password-file "$dir/password"
ok "it can be tried" says "$dir/out" 'now: A 1.2.0 committed; B 1.5.3 running'
firmware show
ok "until the next power-on" says "$dir/out" 'firmware: A 1.2.0 running committed; B 1.5.3'
firmware commit --password-file "$dir/password"
ok "and kept" says "$dir/out" 'now: A 1.2.0; B 1.5.3 running committed'
firmware show
ok "it is kept" says "$dir/out" 'firmware: A 1.2.0; B 1.5.3 running committed'

# the station ends in the middle: by Ctrl-C, and at once
interrupted()
{
	"$STATION_BIN/station" --config "$dir/station.yaml" module firmware download \
		"$dir/long.bin" --site 1 --serial F-1 --password-file "$dir/password" \
		>"$dir/out" 2>"$dir/err" &
	pid=$!
	until grep -q 'write  *[1-9]' "$dir/err" || ! kill -0 $pid 2>/dev/null; do
		sleep 0.05
	done
	kill -"$1" $pid
	wait $pid 2>/dev/null
	code=$?
}
interrupted INT
ok "Ctrl-C in the middle of a download ends it" is "$code" 130
ok "and tells what the module holds" \
	says "$dir/out" 'now: A not whole; B 1.5.3 running committed'
ok "everything is off" is_safe 1
interrupted KILL
ok "a station that is killed has no last words" is "$code" 137
firmware show
ok "the module answers the next one" \
	says "$dir/out" 'firmware: A not whole; B 1.5.3 running committed'
firmware download "$dir/vb-1.5.bin" --password-file "$dir/password" --commit
ok "and takes the download" says "$dir/out" 'now: A 1.5.3 running committed; B 1.5.3'
serial=F-flash
firmware download "$dir/vb-1.5.bin" --password-file "$dir/password" --commit
ok "a flash that fails is told" \
	says "$dir/err" 'the module holds A 1.2.0 running committed; B not whole'
ok "with exit code 1" is "$code" 1

call firmware
ok "a site is wanted" says "$dir/err" 'which site? --site N'
ok "that is usage" is "$code" 2
call firmware --site 99
ok "a site that is there" says "$dir/err" 'the configuration has no site 99'
call firmware download --site 1
ok "a file is wanted" says "$dir/err" 'download wants a FILE'
call firmware download /nowhere.bin --site 1
ok "a file that is there" says "$dir/err" '/nowhere.bin'
ok "else it is exit code 3" is "$code" 3
call firmware upload --site 1
ok "words that are known" says "$dir/err" '"upload": show, download FILE, run or commit'
call firmware download "$dir/vb-1.5.bin" --site 1 --password-file "$dir/words"
ok "a password is hexadecimal" says "$dir/err" 'not a number of 1 to 8 hexadecimal digits'
ok "and is not shown" sh -c '! grep -q secret "$1"' sh "$dir/err"
call firmware --help
ok "help has examples" says "$dir/out" 'station module firmware download'
