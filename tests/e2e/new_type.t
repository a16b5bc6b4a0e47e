#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# A module of a type that no program knows is calibrated and tested: type, limits, plan, knob map
# and site are files, and so is the module of the virtual bench.
. "$STATION_SRC/tests/e2e/lib.sh"
data=$STATION_SRC/tests/data/new_type

# the shipped files of another type, where a maker would begin
mkdir "$dir/types"
cp "$data/200g-xr2.yaml" "$dir/types/"
cp "$data/200g-xr2.csv" "$dir/"
sed -e 's/^name: .*/name: new-qdd-xr2/' -e 's/VB-QDD-DR4-500/NEW-QDD-XR2-1K/' \
	"$STATION_SRC/fixtures/modules/vb-qdd-dr4.yaml" >"$dir/new-qdd-xr2.yaml"
sed -e 's/^  400GBASE-DR4:/  200G-XR2:/' "$STATION_SRC/station/plans/400g.yaml" >"$dir/200g.yaml"
sed -e 's/length: 500 m/length: 1 km/' -e 's/fibre_loss: 5.65 dB/fibre_loss: 5.82 dB/' \
	-e '/^ *- {lane: 3/,/^products/{/^products/!d;}' -e '/^products/,$d' \
	"$STATION_SRC/station/examples/virtual-bench.yaml.in" >"$dir/line.yaml.in"
cat >>"$dir/line.yaml.in" <<YAML
products:
  - part_number: NEW-QDD-XR2-1K
    type: 200G-XR2
    form_factor: QSFP-DD
    plan: 200g.yaml
    limits: [200g-xr2.csv, calibrate.csv]
    edition: "1"
    knobs: new-qdd-xr2.yaml
YAML
TEMPLATE=$dir/line.yaml.in
SITES=xr2
bench_start --models "$data/models.yaml"

run check
ok "the configuration stands" is "$code" 0

cat >"$dir/new.csv" <<CSV
serial,part_number
XR0001,NEW-QDD-XR2-1K
XR0002,NEW-QDD-XR2-1K
CSV
ctl insert 1 XR0002 slow-driver:2 >"$dir/made"
ctl remove 1 >>"$dir/made"
run --lot "$dir/new.csv"
ok "a lot of it ends with a failed unit" is "$code" 1
ok "a good unit passes" is "$(verdict XR0001)" PASS
ok "a slow driver is found" is "$(verdict XR0002)" FAIL
for serial in XR0001 XR0002; do
	ctl truth "$serial" >"$dir/truth.$serial"
done
ok "the first is good in truth" says "$dir/truth.XR0001" '"good" *: *true'
ok "and the second is not" says "$dir/truth.XR0002" '"good" *: *false'
station --config "$dir/station.yaml" report XR0001 --format json >"$dir/run.json" 2>"$dir/err"
cat >"$dir/look.py" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
lanes = {m["lane"] for m in run["measurements"] if m["id"] == "tx_tdecq"}
assert run["type"] == "200G-XR2", run["type"]
assert lanes == {1, 2}, lanes
colours = [m["value"] for m in run["measurements"] if m["id"] == "tx_wavelength"]
assert colours and all(1.28e-6 < value < 1.3e-6 for value in colours), colours
assert any(c["knob"] == "bias_table" for c in run["constants"])
assert {f["role"] for f in run["files"]} >= {"type", "plan", "limits", "knobs"}
PY
ok "the record has its two lanes, its wavelength and its tables" \
	python3 "$dir/look.py" "$dir/run.json"
ok "the bench is safe" is_safe 1
