#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Two sites side by side, each with instruments of its own: every unit is judged right, both work.
. "$(dirname "$0")/lib.sh"

# The shipped example twice over: names and ports that end in 1 get a twin that ends in 2.
python3 - "$STATION_SRC/station/examples/virtual-bench.yaml.in" >"$dir/two.yaml.in" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
head, rest = text.split("instruments:\n", 1)
instruments, rest = rest.split("\nsites:\n", 1)
sites, products = rest.split("\nproducts:\n", 1)
names = "meter attenuator scope bert supply switch thermal osa".split()

def twin(part):
    part = re.sub(r"@([a-z_]+)1@", r"@\g<1>2@", part)
    part = re.sub(r"\b(%s)1\b" % "|".join(names), r"\g<1>2", part)
    return part.replace("- site: 1", "- site: 2")

print(head + "instruments:\n" + instruments + twin(instruments) + "\n\nsites:\n" + sites +
      "\n" + twin(sites) + "\nproducts:\n" + products, end="")
PY
cat >"$dir/units.csv" <<'UNITS'
serial,defects
TS-3,weak-lane:1
UNITS
ONE_CORNER=1 SITES=2 TEMPLATE="$dir/two.yaml.in" bench_start --units "$dir/units.csv"
lot two TS-1 TS-2 TS-3 TS-4 TS-5 TS-6
run check
ok "check: sixteen instruments, two fixtures" is "$(grep -c '^ok' "$dir/out")" 20
run --lot "$dir/two.csv"
ok "a failing unit among six: exit 1" is "$code" 1
ok "five pass" says "$dir/out" '^units=6 passed=5 failed=1 errors=0'
ok "the weak one fails" is "$(verdict TS-3)" FAIL
ok "site 1 worked" says "$dir/err" 'site 1 .*PASS'
ok "site 2 worked" says "$dir/err" 'site 2 .*PASS'
ok "site 1 is off" is_safe
