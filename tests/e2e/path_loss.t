#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Path losses are calibrated with a source in place of the module, dated, and expire. A path that
# has aged is found; what a unit is then measured as is what it truly is.
. "$(dirname "$0")/lib.sh"

TEMPLATE="$STATION_SRC/station/examples/virtual-bench-all.yaml.in" \
	SITES=dr4,fr4,lr4-6,lr4-10,sr4 bench_start
cp "$dir/station.yaml" "$dir/nominal.yaml"
sed -i 's/^  - site: [12] .*/&\n    path_loss: paths-@.yaml/' "$dir/station.yaml"
sed -i '0,/paths-@/s/paths-@/paths-1/; s/paths-@/paths-2/' "$dir/station.yaml"

# --- losses agree with what the bench is made of -------------------------------------------------

run check
ok "a file that is named and not there is refused" is "$code" 3
ok "and it says who makes it" says "$dir/err" 'station check --path-loss 1'
ctl age 1 2 0.8 >/dev/null
ctl age 2 3 0.7 rx >/dev/null
run check --path-loss --no-input
ok "every site with a file is calibrated" is "$code" 0
ok "with how long it takes" says "$dir/err" \
	'receive fibre of lane 4 .*, connection 5 of 5 (39 of 40, [0-9]* s left)'

# The nominal losses of the example are those of the bench but for the spread of its parts (0.03 dB
# an element, three of them and an instrument), and for what has aged.
agrees()
{
	python3 - "$dir" <<'PY'
import re, sys
folder = sys.argv[1]
text = open(folder + "/nominal.yaml").read()
aged = {(1, 2, "tx"): 0.8, (2, 3, "rx"): 0.7}
SPREAD = 2 * 0.03 * 4 ** 0.5
bad = []
for site in (1, 2):
    part = re.split(r"\n  - site: ", text)[site]
    measured = open("%s/paths-%d.yaml" % (folder, site)).read()
    lanes = re.split(r"  - lane: ", measured)[1:]
    assert len(lanes) == 4, measured
    for number, lane in enumerate(lanes, 1):
        row = re.search(r"\{lane: %d,(.*?)\}" % number, part, re.S).group(1)
        for path in ("meter", "scope", "fibre", "rx", "total"):
            found = re.search(path + r": \{loss: (\S+) dB, uncertainty: (\S+) dB", lane)
            if path == "total":
                assert bool(found) == (site == 2), (site, lane)
                nominal = re.search(r"total_loss: (\S+) dB", part) if found else None
            else:
                nominal = re.search(path + r"_loss: (\S+) dB", row)
            if not nominal:
                continue
            side = "rx" if path == "rx" else "tx"
            want = float(nominal.group(1))
            # the tap is no lane's
            if path != "total":
                want += aged.get((site, number, side), 0)
            loss, u = float(found.group(1)), float(found.group(2))
            if not (0.1 < u < 0.35 and abs(loss - want) < (u ** 2 + SPREAD ** 2) ** 0.5):
                bad.append((site, number, path, loss, want, u))
print(bad)
sys.exit(bool(bad))
PY
}
ok "losses are those of the bench within their uncertainty, the aged ones too" agrees
ok "all is dark, source and probe are taken away" is_safe
cp "$dir/paths-1.yaml" "$dir/first.yaml"

# --- what comes of it ----------------------------------------------------------------------------

cat >"$dir/short.yaml" <<'PLAN'
plan: transmitters
revision: "1"
type: 400GBASE-DR4
stage: final
corners:
  - {name: 25C 3.300V, case: 25 degC, supply: 3.3 V}
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
  - {step: set-corner, on_fail: stop}
  - {step: bring-up, on_fail: stop}
main:
  - group: transmitter
    for: lanes
    steps:
      - {step: tx-measure-direct}
cleanup:
  - {step: power-down}
PLAN
sed -n '/^id,/p; /^tx_avg/p' "$STATION_SRC/limits/400gbase-dr4.csv" >"$dir/average.csv"
sed -i '0,/plan: 400g.yaml/s//plan: short.yaml/
	0,/limits: \[.*\]/s//limits: [average.csv]/' "$dir/station.yaml"
lot good PATH1
run --lot "$dir/good.csv" --site 1
ctl truth PATH1 >"$dir/truth"
run report PATH1 --format json
true_power()
{
	python3 - "$dir/out" "$dir/truth" <<'PY'
import json, sys
run, truth = (json.load(open(f)) for f in sys.argv[1:])
seen = {m["lane"]: m for m in run["measurements"] if m["id"] == "tx_avg"}
bad = []
for lane in truth["lanes"]:
    m = seen[lane["lane"]]
    if not abs(m["value"] - lane["avg_dbm"]) < m["uncertainty"]:
        bad.append((lane["lane"], m["value"], lane["avg_dbm"], m["uncertainty"]))
print(bad)
sys.exit(bool(bad))
PY
}
recorded()
{
	python3 - "$dir/out" "$dir/paths-1.yaml" <<'PY'
import hashlib, json, sys
run = json.load(open(sys.argv[1]))
sha = hashlib.sha256(open(sys.argv[2], "rb").read()).hexdigest()
files = [f["sha256"] for f in run["files"] if f["role"] == "path-loss"]
print(files, sha)
sys.exit(files != [sha])
PY
}
ok "through the aged path a unit is measured as what it is" true_power
ok "the file is in the record" recorded

# --- refusals ------------------------------------------------------------------------------------

ctl age 1 2 2.3 >/dev/null
run check --path-loss 1 --reconnect 2
ok "a change of more than 1 dB is not written" is "$code" 5
ok "it is told where" says "$dir/err" 'lane 2, meter: +1\.[45].* dB since the last'
ok "and what to do" says "$dir/err" 'nothing is written.*--accept'
ok "the file is as before" cmp "$dir/paths-1.yaml" "$dir/first.yaml"
run check --path-loss 1 --reconnect 2 --accept
ok "with --accept it is" is "$code" 0
kept=$(sed -n 's/^the losses before: //p' "$dir/out")
ok "the one before is beside it" cmp "$kept" "$dir/first.yaml"
ok "the change is in the table" says "$dir/out" '^ *2 meter .*+1\.[45]'
ctl age 1 2 0.8 >/dev/null

cp "$dir/first.yaml" "$dir/paths-1.yaml"
ctl insert 1 PATH1 >/dev/null
run check --path-loss 1 --reconnect 2
ok "with a module in the socket nothing is done" is "$code" 5
ok "it is told to take it out" says "$dir/err" 'take it out'
ctl remove 1 >/dev/null
sed 's/power: 0 dBm/power: -9 dBm/' "$dir/station.yaml" >"$dir/weak.yaml"
code=0
station --config "$dir/weak.yaml" check --path-loss 1 >"$dir/out" 2>"$dir/err" </dev/null || code=$?
ok "a loss below zero is refused" is "$code" 5
ok "it says what to look at" says "$dir/err" 'lane 1, meter: more light arrives than was sent'
ctl swap 1 1 2 >/dev/null
run check --path-loss 1 --reconnect 2
ok "a swapped fibre is refused" is "$code" 5
ok "it says where" says "$dir/err" 'lane 1, meter: next to no light'
ctl swap 1 1 2 >/dev/null
ok "all is dark" is_safe
ok "the file is still as before" cmp "$dir/paths-1.yaml" "$dir/first.yaml"

# --- people instead of a command -----------------------------------------------------------------

sed '/^    reference: /d' "$dir/station.yaml" >"$dir/people.yaml"
code=0
station --config "$dir/people.yaml" check --path-loss 1 --no-input >"$dir/out" 2>"$dir/err" ||
	code=$?
ok "without a command --no-input is refused" is "$code" 5
code=0
station --config "$dir/people.yaml" check --path-loss 1 >"$dir/out" 2>"$dir/err" </dev/null ||
	code=$?
ok "so it is when nobody answers" is "$code" 5
ok "who is asked, and for what" says "$dir/err" \
	'put the source VB-SOURCE (0.00 dBm, 1311.0 nm) on the transmit fibre of lane 1'

# lane 1 is connected by hand, lane 2 is not
ctl source 1 1 >/dev/null
code=0
printf '\nyes\n\n' | station --config "$dir/people.yaml" check --path-loss 1 --reconnect 2 \
	>"$dir/out" 2>"$dir/err" || code=$?
ctl source 1 off >/dev/null
ok "what is answered but not done is seen" is "$code" 5
ok "and told" says "$dir/err" 'lane 2, meter: next to no light'
ok "the source is to be taken away again" says "$dir/err" 'site 1: take the source away'

for wrong in "--accept" "--path-loss --reconnect 1" "--path-loss x" "--path-loss 9" "2"; do
	run check $wrong
	ok "check $wrong: wrong use" is "$code" 2
done
run check --path-loss 3
ok "a site without a file to write is a matter of the configuration" is "$code" 3
sed '/^reference_source/,/calibration_due/s/2099-12-31/2026-01-31/' "$dir/station.yaml" \
	>"$dir/old.yaml"
code=0
station --config "$dir/old.yaml" check --path-loss >"$dir/out" 2>"$dir/err" </dev/null || code=$?
ok "a source whose calibration has expired is refused" is "$code" 8
ok "and named" says "$dir/err" 'reference_source: calibration was due 2026-01-31'

# --- an end in the middle ------------------------------------------------------------------------

# SIGNAL: ends a calibration in the middle
ends()
{
	station --config "$dir/station.yaml" check --path-loss 1 --reconnect 50 >"$dir/out" \
		2>"$dir/err" </dev/null &
	pid=$!
	tries=0
	until grep -q "$2" "$dir/err" || [ "$tries" -gt 600 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	kill "-$1" "$pid"
	code=0
	wait "$pid" || code=$?
}
# while the shutter of a lane is opened and closed, one fibre after the other
ends TERM 'receive fibre of lane 2'
ok "a signal ends it" is "$code" 143
ok "and all is dark" is_safe
ok "the old file is there" cmp "$dir/paths-1.yaml" "$dir/first.yaml"
ends KILL 'transmit fibre of lane 2'
ok "killed it leaves the old file too" cmp "$dir/paths-1.yaml" "$dir/first.yaml"
ctl source 1 off >/dev/null

# --- and its end ---------------------------------------------------------------------------------

soon=$(date -u -d '+5 days' +%Y-%m-%d)
sed -i "s/^due: .*/due: $soon/" "$dir/paths-1.yaml"
run check
ok "soon due is told" says "$dir/out" "^ok .*site 1: path losses of .*due $soon: soon"
ok "and no problem" is "$code" 0
run --lot "$dir/good.csv" --again --site 1 --dry-run
ok "a lot tells it too" says "$dir/err" "site 1: calibration of the path losses is due $soon"
sed -i 's/^due: .*/due: 2026-01-31/' "$dir/paths-1.yaml"
run check
ok "expired: a problem" is "$code" 8
ok "and what to do" says "$dir/out" \
	'PROBLEM site 1: path losses were due 2026-01-31; "station check --path-loss 1"'
run --lot "$dir/good.csv" --again --site 1
ok "a lot is refused" is "$code" 8
ok "with the same advice" says "$dir/err" 'path losses were due 2026-01-31'
