#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A laser's spectrum: what a good one shows, and the lane that a bad one is failed for.
. "$(dirname "$0")/lib.sh"

cat >"$dir/units.csv" <<'UNITS'
serial,defects
S2,wide-spectrum:3
S3,off-wavelength:2
S4,dead-lane:4
UNITS
bench_start --units "$dir/units.csv"
sed -i 's/plan: 400g.yaml/plan: spectrum.yaml/; s/limits: \[.*\]/limits: [few.csv]/' \
	"$dir/station.yaml"
cat >"$dir/few.csv" <<'LIMITS'
id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark
tx_wavelength,tx_wavelength,*,,1304.5e-9,1317.5e-9,m,0.02e-9,GATE,*,a test,C
tx_smsr,tx_smsr,*,,30,,dB,1,GATE,*,a test,C
LIMITS
cat >"$dir/spectrum.yaml" <<'PLAN'
plan: spectrum
revision: "1"
type: 400GBASE-DR4
stage: final
corners:
  - {name: 25C 3.300V, case: 25 degC, supply: 3.3 V}
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
  - {step: bring-up, on_fail: stop}
main:
  - group: spectrum
    for: lanes
    steps:
      - {step: tx-spectrum}
cleanup:
  - {step: power-down}
PLAN
lot spectra S1 S2 S3 S4
run --lot "$dir/spectra.csv"
ok "the good one passes" is "$(verdict S1)" PASS
ok "side modes fail their lane" says "$dir/out" '^S2 .*FAIL .*lane 3.*: tx_smsr'
ok "a wrong wavelength fails its lane" says "$dir/out" '^S3 .*FAIL .*lane 2.*: tx_wavelength'
ok "a dark lane fails" says "$dir/out" '^S4 .*FAIL .*lane 4.*no light'
run report S1 --format json
values()
{
	python3 - "$dir/out" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
found = {(m["id"], m["lane"]): m for m in run["measurements"]}
for lane in range(1, 5):
    wavelength, smsr = found["tx_wavelength", lane], found["tx_smsr", lane]
    assert 1304.5e-9 < wavelength["value"] < 1317.5e-9, wavelength
    assert wavelength["unit"] == "m" and abs(wavelength["uncertainty"] - 20e-12) < 1e-15
    assert 30 < smsr["value"] < 60 and smsr["unit"] == "dB", smsr
assert not [m for m in run["measurements"] if m["id"] == "tx_rms_width"]
PY
}
ok "wavelength and side modes of four lanes" values

# a broken analyser is the station's fault, not the unit's
lot broken S5
ctl fault wavelength_meter1 garbage 200 >/dev/null
run --lot "$dir/broken.csv"
ok "a broken analyser is an ERROR" is "$(verdict S5)" ERROR
ok "and is named" says "$dir/out" 'osa1'
