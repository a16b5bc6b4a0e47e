#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The udev rules are well formed: by udev's own judge where it is there, by ours everywhere.
cd "${STATION_SRC:?}" || exit 1
. tests/scripts/tap.sh
out=${TMPDIR:-/tmp}/udev.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT
rules=station/udev/60-station.rules

# prints what is not a rule: KEY OPERATOR "VALUE", separated by commas, from the keys that we use;
# each GOTO has its LABEL
judge()
{
	awk '
		/^#/ || /^$/ { next }
		# udev puts a line and the next together where it ends so
		sub(/\\$/, "") { begun = begun $0; next }
		{
			rest = begun $0
			begun = ""
			while (rest != "") {
				if (!match(rest, /^[A-Z]+(\{[A-Za-z_]+\})?(==|!=|\+=|=)"[^"]*"/)) {
					print FILENAME ":" FNR ": " rest
					break
				}
				token = substr(rest, 1, RLENGTH)
				rest = substr(rest, RLENGTH + 1)
				key = op = value = token
				sub(/[^A-Z].*/, "", key)
				sub(/".*/, "", op); sub(/^[^=!+]*/, "", op)
				sub(/^[^"]*"/, "", value); sub(/"$/, "", value)
				matches = key ~ /^(ACTION|SUBSYSTEM|KERNEL|ATTR|ENV)$/
				sets = key ~ /^(GROUP|MODE|GOTO|LABEL|IMPORT)$/
				lists = key == "SYMLINK"
				if (!(matches && op ~ /^(==|!=)$/ || sets && op == "=" ||
				      lists && op == "+="))
					print FILENAME ":" FNR ": " token
				if (key == "GOTO") wanted[value] = FNR
				if (key == "LABEL") label[value] = FNR
				if (rest != "" && !sub(/^, +/, "", rest)) {
					print FILENAME ":" FNR ": no comma before " rest
					break
				}
			}
		}
		END {
			for (name in wanted)
				if (!(label[name] > wanted[name]))
					print FILENAME ": no label " name " further down"
		}' "$1"
}

judge $rules >"$out/log"
[ ! -s "$out/log" ]
ok $? 'every line is a rule'
[ ! -s "$out/log" ] || explain "$out/log"

# a judge that finds nothing is worth nothing
for bad in 's/, GROUP/ GROUP/' 's/GROUP=/GROUP==/' 's/KERNEL==/KERNEL=/' 's/^LABEL.*//' \
	's/MODE="0660"/MODE="0660/' 's/SUBSYSTEM/Subsystem/'; do
	sed "$bad" $rules >"$out/bad"
	judge "$out/bad" >"$out/log"
	[ -s "$out/log" ]
	ok $? "refused: $bad"
done

sed -e ':a' -e '/\\$/N;s/\\\n//;ta' $rules >"$out/joined"
for what in usbtmc gpiochip i2c-dev tty; do
	grep "$what" "$out/joined" | grep -q 'GROUP="station", MODE="0660"'
	ok $? "a rule gives $what to the group"
done

if udevadm verify --help >/dev/null 2>&1; then
	udevadm verify --no-style $rules >"$out/log" 2>&1
	status=$?
	ok $status 'udevadm verify'
	[ $status = 0 ] || explain "$out/log"
else
	ok 0 'udevadm verify # SKIP this udev has no verify'
fi

tap_done
