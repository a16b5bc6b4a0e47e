#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Captured waveforms analysed without a bench or a configuration. The captures are made here, from
# the definition of PRBS13Q, not by the program's own code.
. "$(dirname "$0")/lib.sh"

# capture NAME TIME-CONSTANT-UI NOISE-W [MORE]: symbols through one pole, white noise, as CSV
capture()
{
	python3 - "$dir/$1" "$2" "$3" "${4-}" <<'PY'
import math, random, sys

register = [0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1]
bits = []
for _ in range(2 * 8191):
    new = register[0] ^ register[1] ^ register[11] ^ register[12]
    register = [new] + register[:-1]
    bits.append(new)
gray = {(0, 0): 0, (0, 1): 1, (1, 1): 2, (1, 0): 3}
symbols = [gray[pair] for pair in zip(bits[0::2], bits[1::2])]
assert "".join(map(str, symbols[:16])) == "1031320220111130"

name, pole_ui, noise_w, more = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
rng, samples, spu, power = random.Random(name[-9:]), [], 16, 0.0
step = 1 - math.exp(-1 / spu / pole_ui)
for symbol in symbols[-20:] + symbols:
    for _ in range(spu):
        power += step * (0.2e-3 + 0.8e-3 * symbol / 3 - power)
        samples.append(power)
with open(name, "w") as out:
    out.write("# symbol_rate: 53.125 GBd\n# samples_per_symbol: 16\n" + more)
    out.writelines("%.9g\n" % (w + rng.gauss(0, noise_w)) for w in samples[20 * spu:])
PY
}

wave()
{
	code=0
	(cd "$dir" && station waveform "$@" >out 2>err </dev/null) || code=$?
}

# json EXPRESSION: of d, the document in $dir/out
json()
{
	python3 -c "import json, sys
d = json.load(open('$dir/out'))
v = [f.get('values') for f in d['files']]
sys.exit(not ($1))"
}

capture fast.csv 0.15 4e-6
capture slow.csv 0.35 4e-6
printf '# symbol_rate: 53.125 GBd\n1e-3\nbright\n' >"$dir/broken.csv"

wave fast.csv --pattern PRBS13Q --apply-filter
ok "a file: exit 0" is "$code" 0
ok "a file: OMA" says "$dir/out" '^  OMA, outer levels  *-[01]\.[0-9][0-9]  *dBm'
ok "a file: TDECQ" says "$dir/out" '^  TDECQ  *[01]\.[0-9][0-9]  *dB'
ok "a file: taps" says "$dir/out" '^  Equaliser, main tap [1-3] of 5: '
ok "no terminal, no progress" is "$(cat "$dir/err")" ""

wave fast.csv slow.csv --pattern auto --apply-filter --json --as secq
ok "JSON: exit 0" is "$code" 0
ok "JSON: schema" json 'd["schema"] == "station-waveform-1"'
ok "JSON: both in their order" json '[f["file"] for f in d["files"]] == ["fast.csv", "slow.csv"]'
ok "JSON: pattern found" json 'all(f["pattern"] == "PRBS13Q" for f in d["files"])'
ok "JSON: OMA of both as made" json \
	'all(abs(x["oma_outer_dbm"]["value"] + 0.969) < 0.05 for x in v)'
ok "JSON: average as made" json \
	'all(abs(x["average_power_dbm"]["value"] + 2.218) < 0.01 for x in v)'
ok "JSON: the slow one is worse" json \
	'v[0]["tdecq_db"]["value"] + 0.3 < v[1]["tdecq_db"]["value"] < 5'
ok "JSON: no value is null and says why" json 'all(x["rise_time_s"]["value"] is None
	and x["rise_time_s"]["status"] == "no-feature" and x["rise_time_s"]["reason"] for x in v)'
ok "JSON: what is from memory" json '"main tap" in d["settings"]["from_memory"]'
ok "JSON: under the name asked for" json 'd["settings"]["quantity"] == "SECQ"'

wave fast.csv slow.csv --pattern auto --filter 26.5625GHz --compare --html both.html
ok "comparison: exit 0" is "$code" 0
ok "comparison: TDECQ differs" says "$dir/out" '^  TDECQ  .*BEYOND the uncertainty of '
ok "comparison: average power does not" says "$dir/out" '^  Average .*within the uncertainty of '
ok "comparison: a page" says "$dir/both.html" '<h2>Comparison</h2>'
ok "comparison: four eyes on it" is "$(grep -o 'data:image/png' "$dir/both.html" | wc -l)" 4

wave slow.csv --pattern auto --apply-filter --write slow.npy --brief
ok "conversion: exit 0" is "$code" 0
grep -o '[0-9.]* dB ' "$dir/out" >"$dir/first"
wave slow.npy --pattern auto --noise-in-samples --brief
ok "conversion: read again, the same" is "$(grep -o '[0-9.]* dB ' "$dir/out")" \
	"$(cat "$dir/first")"

wave fast.csv
ok "not SSPRQ: exit 4" is "$code" 4
ok "not SSPRQ: named, and what to do" says "$dir/err" '(wrong-length); give --pattern'
wave fast.csv --pattern auto
ok "not filtered: still a result" is "$code" 0
ok "not filtered: what to do" says "$dir/out" 'not-filtered: give --filter'
wave broken.csv fast.csv --pattern auto --brief
ok "broken file: exit 3" is "$code" 3
ok "broken file: file and line" says "$dir/err" 'broken\.csv:3: '
ok "broken file: the other one is analysed" says "$dir/out" '^fast\.csv  *-2\.2. dBm'
wave absent.csv
ok "absent file: exit 3" is "$code" 3
wave fast.csv --patern auto
ok "wrong option: exit 2" is "$code" 2
ok "wrong option: suggestion" says "$dir/err" 'did you mean "--pattern"'
wave --help
ok "--help: examples" says "$dir/out" '^examples:'
