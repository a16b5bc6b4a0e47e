#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Ten times the fibre that the standard asks for: TDECQ is that of the dispersed light, all else is
# as without. Then a station without any: its plan tells TECQ under its own name, and no TDECQ.
. "$(dirname "$0")/lib.sh"

bench_start --fibre-length 5000
sed -i 's/fibre_loss: 5.65 dB/fibre_loss: 7.22 dB/' "$dir/station.yaml"
lot far FAR1
run --lot "$dir/far.csv"
ok "through 5 km the unit is measured" says "$dir/out" '^FAR1 .*\(PASS\|FAIL\)'
ctl truth FAR1 >"$dir/truth"
run report FAR1 --format json
dispersed()
{
	python3 - "$dir/out" "$dir/truth" <<'PY'
import json, sys
run, truth = (json.load(open(f)) for f in sys.argv[1:])
# the truth of the lanes is that at 25 degC: wavelength and dispersion are others when it is warm
seen = {(m["id"], m["lane"]): m["value"] for m in run["measurements"]
        if m["corner"].startswith("25C")}
bad = []
for lane in truth["lanes"]:
    number = lane["lane"]
    moved = lane["tdecq_db"] - lane["tecq_db"]
    if not abs(moved) > 0.05:
        bad.append((number, "true difference", moved))
    if not abs(seen["tx_tdecq_tecq_diff", number] - moved) < 0.05:
        bad.append((number, "difference", seen["tx_tdecq_tecq_diff", number], moved))
    for id in ("tecq", "tdecq"):
        if not abs(seen["tx_" + id, number] - lane[id + "_db"]) < 0.25:
            bad.append((number, id, seen["tx_" + id, number], lane[id + "_db"]))
print(bad)
sys.exit(bool(bad))
PY
}
ok "and its TDECQ is away from TECQ by what the dispersion does" dispersed

sed -i '/fibre_channel:/d; s/plan: 400g.yaml/plan: direct.yaml/' "$dir/station.yaml"
cat >"$dir/direct.yaml" <<'PLAN'
plan: transmitters without fibre
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
lot direct TECQ1
run --lot "$dir/direct.csv"
ok "limits that ask for TDECQ cannot be judged" says "$dir/out" '^TECQ1 .*ERROR.*tx_tdecq was not'

sed '/tx_tdecq/d' "$STATION_SRC/limits/400gbase-dr4.csv" >"$dir/without.csv"
sed -i 's/limits: \[400gbase-dr4.csv/limits: [without.csv/' "$dir/station.yaml"
run --lot "$dir/direct.csv" --again
run report TECQ1 --format json
ok "there is a record" is "$code" 0
direct()
{
	python3 - "$dir/out" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
lanes = {}
for m in run["measurements"]:
    lanes.setdefault(m["id"], {})[m["lane"]] = m["value"]
assert not [id for id in lanes if id.startswith("tx_tdecq")], sorted(lanes)
for lane in (1, 2, 3, 4):
    assert abs(lanes["tx_tecq"][lane] - lanes["tx_tecq_scope"][lane]) < 0.5
    assert lanes["tx_eye_height_middle"][lane] > 0
eyes = [(e["lane"], e["kind"], e["route"]) for e in run["eyes"]]
assert eyes == [(l, k, "direct") for l in (1, 2, 3, 4) for k in ("captured", "equalised")], eyes
PY
}
ok "TECQ and eyes of every lane, without fibre; no TDECQ" direct
ok "everything is off" is_safe
