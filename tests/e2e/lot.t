#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A lot from the file to the reports: verdicts against the bench's truth, record, exit codes.
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects
E2E002,weak-lane:2
UNITS
bench_start --units "$dir/units.csv"
lot small E2E001 E2E002

run check
ok "check: the station is ready" is "$code" 0
ok "check: names every instrument" says "$dir/out" 'scope1: Keysight'

run --lot "$dir/small.csv" --dry-run
ok "dry run touches nothing" is "$code" 0
ok "dry run names the plan" says "$dir/out" '400g.yaml'

run --lot "$dir/small.csv"
ok "a lot with a failing unit exits 1" is "$code" 1
ok "the good unit passes" is "$(verdict E2E001)" PASS
ok "the weak one fails" is "$(verdict E2E002)" FAIL
ok "and the lane is named" says "$dir/out" 'E2E002.*lane 2'
ok "the counts are printed" says "$dir/out" '^units=2 passed=1 failed=1 errors=0'
ok "and what kept the station" says "$dir/out" '^bottleneck: [a-z]*1, busy [0-9.]* %'
ok "and units per hour" says "$dir/out" '^units per hour: [0-9]'
ctl truth E2E001 >"$dir/truth1"
ctl truth E2E002 >"$dir/truth2"
ok "the truth agrees: good" says "$dir/truth1" '"good" *: *true'
ok "the truth agrees: bad" says "$dir/truth2" '"good" *: *false'
ok "everything is off afterwards" is_safe

html=$(sed -n 's/^report E2E001 *//p' "$dir/out")
ok "the unit has a report" test -s "$html"
ok "which says PASS" says "$html" PASS
ok "and shows TDECQ" says "$html" tx_tdecq
ok "and needs nothing from outside" says_not "$html" '<script\|src="http\|href="http'
ok "the lot has a report" test -s "$dir/reports/small/index.html"

run db verify
ok "the store is as it was stored" is "$code" 0
run report E2E001 --format json
ok "the run document comes from the store" is "$code" 0
cp "$dir/out" "$dir/run.json"
validate()
{
	python3 -c 'import jsonschema' 2>/dev/null || {
		echo "no python3-jsonschema"
		return 1
	}
	python3 - "$STATION_SRC/reports/run.schema.json" "$dir/run.json" <<'PY'
import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))
PY
}
ok "it is valid by its published schema" validate
complete()
{
	python3 - "$dir/run.json" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
seen = {(m["id"], m["lane"]) for m in run["measurements"]}
want = ["tx_avg", "tx_oma", "tx_er", "tx_tdecq", "tx_rlm", "tx_transition_time", "tx_off",
        "tx_tecq", "tx_tdecq_tecq_diff", "tx_overshoot", "tx_undershoot", "tx_power_excursion",
        "tx_rin_oma", "tx_noise_margin", "tx_eye_height_lower", "tx_eye_width_upper",
        "rx_sensitivity", "tx_monitor_error", "rx_monitor_error", "los_assert", "los_deassert"]
missing = [(id, lane) for id in want for lane in (1, 2, 3, 4) if (id, lane) not in seen]
missing += [id for id in ("module_power", "low_power", "temp_monitor_error") if (id, 0) not in seen]
files = {f["role"] for f in run["files"]}
missing += [r for r in ("station", "plan", "limits", "knobs", "lot") if r not in files]
missing += [i["name"] for i in run["instruments"] if not i["model"]]
print(missing)
sys.exit(bool(missing))
PY
}
ok "every quantity, file and instrument is in it" complete
# measured against true: with and without the fibre, which make different light of some lanes
near()
{
	python3 - "$dir/run.json" "$dir/truth1" <<'PY'
import json, sys
run, truth = (json.load(open(f)) for f in sys.argv[1:])
bad = []
for lane in truth["lanes"]:
    for id in ("tecq", "tdecq"):
        seen = [m["value"] for m in run["measurements"]
                if m["id"] == "tx_" + id and m["lane"] == lane["lane"]][-1]
        if not abs(seen - lane[id + "_db"]) < 0.25:
            bad.append((lane["lane"], id, seen, lane[id + "_db"]))
    if lane["tecq_db"] == lane["tdecq_db"]:
        bad.append((lane["lane"], "the fibre does nothing"))
print(bad)
sys.exit(bool(bad))
PY
}
ok "TECQ and TDECQ are near the truth" near
pictures()
{
	python3 - "$dir/run.json" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
eyes = [(e["lane"], e["kind"], e["route"]) for e in run["eyes"]]
corner = [(l, k, "fibre") for l in (1, 2, 3, 4) for k in ("captured", "equalised")]
assert eyes == 3 * corner, eyes
assert len({e["corner"] for e in run["eyes"]}) == 3
for e in run["eyes"]:
    levels, thresholds = e["levels_w"], e["thresholds_w"]
    order = [p for pair in zip(levels, thresholds + [levels[3]]) for p in pair]
    assert order == sorted(order), order
    assert e["y_min_w"] < levels[0] and levels[3] < e["y_max_w"]
    assert abs(e["windows_ui"][1] - e["windows_ui"][0] - 0.1) < 1e-9
    assert abs(sum(e["taps"]) - (e["kind"] == "equalised")) < 1e-6, e["taps"]
for s in run["series"]:
    if s["id"] == "rx_waterfall":
        assert len(s["fit_low"]) == len(s["fit_high"]) == len(s["y_fit"])
        assert all(a < b < c for a, b, c in zip(s["fit_low"], s["y_fit"], s["fit_high"]))
PY
}
ok "eyes have thresholds, windows and taps, waterfalls their band" pictures
run report E2E001 --format csv
ok "measurements as CSV" says "$dir/out" '^.*tx_tdecq'
run report small --format json
ok "the lot as JSON" is "$code" 0
ok "says what kept the station" says "$dir/out" '"bottleneck": "[a-z]*1"'
chart()
{
	python3 - "$dir/run.json" "$dir/reports/small/index.html" <<'PY'
import json, re, sys
run, page = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
uses = run["uses"]
assert len(uses["step"]) > len(run["steps"]) / 2, uses
steps = {run["steps"][s]["kind"] for s in uses["step"] if s >= 0}
assert "tx-measure" in steps and max(uses["instruments"]) < 2 ** len(run["instruments"])
assert uses["step"][-1] == -1 and all(h >= 0 for h in uses["held_ms"])
chart = re.search(r'<svg class="chart gantt".*?</svg>', page, re.S).group(0)
names = [i["name"] for i, bit in zip(run["instruments"], range(99))
         if any(b >> bit & 1 for b in uses["instruments"])]
rows = re.findall(r'class="end axis"[^>]*>([^<]*)<', chart)
assert sorted(rows) == sorted(names + ["site 1"]), (rows, names)
assert re.findall(r"<title>(E2E00\d), site 1, (PASS|FAIL)", chart) == [
    ("E2E001", "PASS"), ("E2E002", "FAIL")], chart[:2000]
PY
}
ok "its page charts who had what" chart
run report --shift today --format json
ok "and so does the day's report" says "$dir/out" '"schema": "station-shift-1"'
ok "with the lot" says "$dir/out" '"name": "small"'
run report --since 2001-01-01 --until 2001-01-02 --format csv
ok "nothing was begun in another time" is "$code:$(wc -l <"$dir/out")" 0:1
run report --since 2001-01-01 --until 2001-01-02 --format stdf -o "$dir/none.stdf"
ok "for which other formats have no word" is "$code" 4
run report --shift tomorrow
ok "a shift that there is not is a usage error" is "$code" 2
run report NOBODY
ok "an unknown serial number is a storage error" is "$code" 7
run report E2E001 --format pfd
ok "an unknown format is a usage error" is "$code" 2
ok "which names the one that was meant" says "$dir/err" 'did you mean "pdf"'

# what a factory's systems read, by readers that are not ours where Debian has one
exports=$STATION_SRC/tests/exports
for format in junit stdf wsjf openhtf pdf; do
	run report small --format $format -o "$dir/small.$format"
	ok "the lot as $format" is "$code" 0
done
ok "JUnit has a suite for each unit, one of them bad" \
	says "$dir/small.junit" '<testsuite name="VB-QDD-DR4-500 E2E002 [^>]*failures="[1-9]'
ok "and is good by its schema" xmllint --noout --schema "$exports/junit.xsd" "$dir/small.junit"
python3 "$exports/read_stdf.py" "$dir/small.stdf" >"$dir/stdf" 2>"$dir/err"
bins=$(sed -n 's/^PRR.*HARD_BIN=\([0-9]\).*PART_ID=\([^ ]*\).*/\2:\1/p' "$dir/stdf" | sort)
ok "STDF has both units in their bins" is "$(echo $bins)" "E2E001:1 E2E002:2"
ok "and TDECQ with its limit" \
	says "$dir/stdf" 'PTR.*TEST_TXT=tx_tdecq lane 1.*HI_LIMIT=3.4 UNITS=dB'
for format in wsjf openhtf; do
	ok "$format is good by its schema" \
		python3 "$exports/check_json.py" "$exports/$format.schema.json" "$dir/small.$format"
done
run report E2E001 --format pdf -o "$dir/unit.pdf"
pdftotext -layout "$dir/unit.pdf" "$dir/unit.txt" 2>"$dir/err"
ok "the unit's PDF says PASS" says "$dir/unit.txt" '^ *PASS'
ok "and has the values with their limits" says "$dir/unit.txt" 'TDECQ .*3.40 dB'
ok "and the waterfalls" says "$dir/unit.txt" 'Lane 1 BER waterfall'
mkdir "$dir/each"
run report small --format wsjf -o "$dir/each"
ok "a folder gets a file for each run" is "$(ls "$dir/each" | wc -l)" 2

# judged again on paper: by the same limits nothing changes, by a tighter one what passed fails
limits=$(sed -n 's/^    limits: *\[\(.*\)\]/\1/p' "$dir/station.yaml" | head -n 1 | tr -d ' ')
python3 - "$dir" $(echo "$limits" | tr , ' ') <<'PY'
import csv, os, sys
def find(name):
    for folder in (sys.argv[1], os.environ["STATION_DATADIR"] + "/limits"):
        if os.path.exists(folder + "/" + name):
            return folder + "/" + name
lines = [l for l in open(find(sys.argv[2]), newline="") if not l.startswith("#")]
rows = list(csv.reader(lines))
column = rows[0].index
new = [rows[0]]
for row in rows[1:]:
    if row[column("measure")] == "tx_tdecq" and row[column("high")]:
        row[column("high")] = "0.5"
    new.append(row)
wrong = rows[1][:]
wrong[column("id")] = wrong[column("measure")] = "never_measured"
csv.writer(open(sys.argv[1] + "/tight.csv", "w", newline="")).writerows(new + [wrong])
PY
rows_of_store()
{
	python3 - "$dir/station.db" <<'PY'
import hashlib, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(hashlib.sha256("".join(db.iterdump()).encode()).hexdigest())
PY
}
sum=$(rows_of_store)
run report --judge "$limits" small --format json
ok "judged again by the very same limits: exit 0" is "$code" 0
same()
{
	python3 - "$dir/out" <<'PY'
import json, sys
tables = {t["name"]: t["rows"] for t in json.load(open(sys.argv[1]))["tables"]}
assert [(u["serial"], u["then"], u["now"], u["change"], u["values"]) for u in tables["units"]] == [
    ("E2E001", "PASS", "PASS", "", 0), ("E2E002", "FAIL", "FAIL", "", 0)], tables["units"]
assert tables["values"] == tables["limits"] == tables["not_judged"] == [], tables
then, now = tables["yield"]
assert then.pop("limits") == "then" and now.pop("limits") == "now" and then == now, (then, now)
PY
}
ok "nothing has another verdict" same
run report --judge "$dir/tight.csv" small
ok "by a tighter limit what passed fails: exit 1" is "$code" 1
ok "the unit is named" says "$dir/out" 'E2E001 .*PASS .*FAIL .*WOULD FAIL'
ok "so are the values, with both bounds" says "$dir/out" 'E2E001 *tx_tdecq .* 0.500 dB .*FAIL'
ok "the row" says "$dir/out" 'other bounds .*<= 3.40 dB .*<= 0.50 dB'
ok "and what nobody measured" says "$dir/out" '^ *never_measured *never_measured *1 '
ok "on paper, by which files" says "$dir/out" \
	"limits now .*tight.csv $(sha256sum <"$dir/tight.csv" | cut -c1-64)"
run report --judge "$dir/tight.csv" small --format csv
ok "as CSV" says "$dir/out" '^small,E2E001,.*,PASS,FAIL,tx_tdecq,'
run report --judge "$dir/tight.csv" E2E001 --format html -o "$dir/judged.html"
ok "as a page" says "$dir/judged.html" 'WOULD FAIL'
ok "the store is what it was" is "$(rows_of_store)" "$sum"

run --lot "$dir/small.csv" --resume --dry-run
ok "--resume leaves judged units alone" says "$dir/out" '0 of 2 units to run'

python3 - "$dir/station.db" <<'PY'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("INSERT INTO touches (serial, station, time_us, who, what) VALUES "
           "('E2E001', 'X', ?, 'ann', 'laser bias')", (int(time.time() * 1e6),))
PY
run --lot "$dir/small.csv" --resume --dry-run
ok "but one that was touched by hand" says "$dir/out" 'E2E001.*(touched by hand since it passed)'
run report E2E001
ok "of which the report says that its PASS does not stand" \
	says "$dir/out" 'by ann (laser bias): its PASS does not stand'
run report small --format csv
ok "and so does its lot's" says "$dir/out" '^small,E2E001,.*,TOUCHED,'
run --shell -c 'run last' --json
ok "the shell marks it" says "$dir/out" '"serial":"E2E001".*"touched":"since"'
run --lot "$dir/small.csv" --resume --stop-after 1 --json
ok "it is tested again, and told why" \
	says "$dir/err" 'E2E001 is tested again: touched by hand .* by ann (laser bias)'
ok "--json writes one object a line" python3 -c '
import json, sys
lines = [json.loads(l) for l in open(sys.argv[1])]
assert lines[0]["schema"] == "station-events-1", lines[0]
kinds = [l.get("event") for l in lines[1:]]
assert kinds.count("run-end") == 1 and "measurement" in kinds, kinds
seq = [l["seq"] for l in lines[1:] if "seq" in l and l["event"] != "lost"]
assert seq == sorted(seq)
end = [l for l in lines[1:] if l["event"] == "run-end"][0]
assert end["verdict"] == "PASS" and end["serial"] == "E2E001", end
last = lines[-1]
left = [l["left_s"] for l in lines if l.get("event") == "forecast"]
assert left[0] > 0 and left[-1] == 0, left
assert last["event"] == "lot-end" and last["units"] == last["passed"] == 1, last
busy = {i["name"]: i["busy_pct"] for i in last["instruments"]}
assert last["busy_pct"] == busy[last["bottleneck"]] == max(busy.values()) > 0, last
assert all(0 <= b <= 100.001 for b in busy.values()), busy
site = last["sites"][0]
assert abs(sum(site[k] for k in site if k.endswith("_s")) - last["lot_s"]) < 1e-3, last
assert abs(last["units_per_hour"] * last["lot_s"] - 3600) < 1e-3, last
' "$dir/out"
