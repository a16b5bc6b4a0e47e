#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A site whose fixture is a board of this computer's own lines: what station check says of it.
. "$(dirname "$0")/lib.sh"

bench_start
sed -i 's|fixture: controller:.*|fixture: board:file=socket.yaml|' "$dir/station.yaml"

# socket FORM: a board on a chip that no computer has
socket()
{
	cat >"$dir/socket.yaml" <<BOARD
form: $1
serial_number: FX-1
bus: {device: /dev/i2c-0, clock: 400 kHz}
pins:
  ResetL: {chip: no-such-chip, line: 0}
  LPMode: {chip: no-such-chip, line: 1}
  ModSelL: {chip: no-such-chip, line: 2}
  ModPrsL: {chip: no-such-chip, line: 3}
  IntL: {chip: no-such-chip, line: 4}
insertions: {file: socket.count}
BOARD
}

socket QSFP-DD
run check
cat "$dir/out" "$dir/err" >"$dir/all"
ok "no such chip: exit not 0" test "$code" -ne 0
ok "no such chip: told with site, file, pin and chip" says "$dir/all" \
	'site 1: .*board:file=.*/socket.yaml: pin ResetL: no GPIO chip "no-such-chip"; there are:'
ok "the instruments are there all the same" says "$dir/all" 'ok .*thermal1:'

socket SFP
run check
cat "$dir/out" "$dir/err" >"$dir/all"
ok "bad board file: told with its line" says "$dir/all" \
	'socket.yaml:1: form: expected QSFP-DD or OSFP, found "SFP"'

rm "$dir/socket.yaml"
run check
cat "$dir/out" "$dir/err" >"$dir/all"
ok "no board file: told" says "$dir/all" 'socket.yaml: .*No such file'

socket QSFP-DD
lot one B0000001
run --lot "$dir/one.csv" --record "$dir/recording"
cat "$dir/out" "$dir/err" >"$dir/all"
ok "a board cannot be recorded: told" says "$dir/all" \
	'ERROR .*socket.yaml: only a fixture'
