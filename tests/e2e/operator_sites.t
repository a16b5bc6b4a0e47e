#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Two and four sites at one terminal: a grid, one of them shown large, scans for a named site, units
# at all of them at once, each with its own verdict.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

# sites N: the shipped example so many times over; names and ports that end in 1 end in 2 and so on
sites()
{
	example=$STATION_SRC/station/examples/virtual-bench.yaml.in
	python3 - "$example" "$1" >"$dir/$1.yaml.in" <<'PY'
import re, sys
text, n = open(sys.argv[1]).read(), int(sys.argv[2])
head, rest = text.split("instruments:\n", 1)
instruments, rest = rest.split("\nsites:\n", 1)
sites, products = rest.split("\nproducts:\n", 1)
names = "meter attenuator scope bert supply switch thermal osa".split()

def twin(part, k):
    part = re.sub(r"@([a-z_]+)1@", r"@\g<1>%d@" % k, part)
    part = re.sub(r"\b(%s)1\b" % "|".join(names), r"\g<1>%d" % k, part)
    return part.replace("- site: 1", "- site: %d" % k)

every = range(1, n + 1)
print(head + "instruments:\n" + "".join(twin(instruments, k) for k in every) + "\n\nsites:\n" +
      "\n".join(twin(sites, k) for k in every) + "\nproducts:\n" + products, end="")
PY
	ONE_CORNER=1 SITES=$1 TEMPLATE="$dir/$1.yaml.in" bench_start --units "$dir/units.csv"
}

cat >"$dir/units.csv" <<'UNITS'
serial,defects
W-1,weak-lane:1
UNITS

# --- two ------------------------------------------------------------------------------------------

sites 2
operator_setup
lots D1 A-1 A-2 W-1
operator_start 80 24
hear
login >"$dir/log"
scan D1
screen_wait 'Lot D1, 3 units' >"$dir/log"
ok "both sites are shown" says_screen 'Site 1 .*Site 2'
ok "a unit for which no site is named" refused A-1 'Which site is A-1 for'
scan SITE:2
ok "a named site waits for a unit" screen_wait 'Site 2: scan the unit'
scan A-1
scan SITE:1
scan W-1
ok "one fails" screen_wait 'Unit failed' 60
scan SITE:1
ok "which wants to be seen at its site" refused A-2 'Site 1: press Enter'
# a Tab just behind a scan would be the scanner's
screen_key F1
screen_wait 'What it does' >"$dir/log"
screen_key F1
screen_wait_gone 'What it does' >"$dir/log"
screen_key Tab
ok "Tab shows the other one" screen_wait 'Unit passed' 60
ok "as it was" says_screen 'A-1 '
screen_key Tab
ok "and then both" screen_wait_gone 'Unit passed'
ok "each with its unit" says_screen 'W-1 .*A-1'
ok "each has its verdict at its site" is \
	"$(stored 'SELECT serial, site, verdict FROM runs ORDER BY site' | tr '\n' ' ')" \
	'W-1|1|FAIL A-1|2|PASS '
screen_key Enter
ok "Enter is for the only one that wants it" screen_until 30 has_deed ':acknowledge:W-1'
ok "site 1 is off" is_safe 1
ok "site 2 is off" is_safe 2
screen_key F12
screen_wait 'Close the terminal?' >"$dir/log"
screen_key Enter
operator_ended 0 >"$dir/log"
bench_stop
rm -rf "$dir"/station.db* "$dir/lots" "$dir/users.yaml"

# --- four -----------------------------------------------------------------------------------------

sites 4
operator_setup
lots V1 A-1 A-2 A-3 A-4
operator_start 132 43
login >"$dir/log"
scan V1
screen_wait 'Lot V1, 4 units' >"$dir/log"
ok "four tiles" says_screen 'Site 3 .*Site 4'
for n in 1 2 3 4; do
	scan "SITE:$n"
	scan "A-$n"
done
ok "all are tested" screen_wait 'Units 4  Pass 4' 100
ok "each at its site" is \
	"$(stored 'SELECT serial, site, verdict FROM runs ORDER BY site' | tr '\n' ' ')" \
	'A-1|1|PASS A-2|2|PASS A-3|3|PASS A-4|4|PASS '
for n in 1 2 3 4; do
	ok "site $n is off" is_safe $n
done
