# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# What the end-to-end tests share: TAP, a bench of one's own, and looking at what came out.
# Wants STATION_BIN, STATION_SRC and STATION_DATADIR (the Makefile sets them).

set -u
: "${STATION_BIN:?}" "${STATION_SRC:?}" "${STATION_DATADIR:?}"
PATH="$STATION_BIN:$PATH"
export PATH STATION_DATADIR
dir=$(mktemp -d)
tap=0
bench=

bench_stop()
{
	[ -n "$bench" ] || return 0
	kill "$bench" 2>/dev/null
	wait "$bench" 2>/dev/null
	bench=
}

finish()
{
	bench_stop
	rm -rf "$dir"
	echo "1..$tap"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ok WORDS COMMAND...: one test; on failure shows what there is to see
ok()
{
	words=$1
	shift
	tap=$((tap + 1))
	if "$@" >"$dir/ok.out" 2>&1; then
		echo "ok $tap $words"
	else
		echo "not ok $tap $words"
		{
			echo "# not ok $tap $words"
			sed 's/^/# /' "$dir/ok.out"
			echo "# command: $*"
			for file in err out; do
				[ ! -f "$dir/$file" ] || cut -c1-200 "$dir/$file" |
					sed "s/^/# $file: /" | tail -n 6
			done
		} >&2
	fi
}

is()
{
	[ "$1" = "$2" ] || {
		echo "got \"$1\", wanted \"$2\""
		return 1
	}
}

says()
{
	grep -q -e "$2" "$1" || {
		echo "no \"$2\" in $1"
		return 1
	}
}

is_not()
{
	[ "$1" != "$2" ]
}

says_not()
{
	! grep -e "$2" "$1"
}

# Starts a bench with one site ($SITES; more words: further options) and makes $dir/station.yaml
# from the shipped example ($TEMPLATE). ONE_CORNER=1: with a plan that is three times shorter.
bench_start()
{
	virtual-bench --sites "${SITES:-1}" --seed "${SEED:-7}" --time-scale "${TIME_SCALE:-1000}" \
		--template "${TEMPLATE:-$STATION_SRC/station/examples/virtual-bench.yaml.in}" \
		--out "$dir/station.yaml" "$@" >"$dir/bench.log" 2>&1 &
	bench=$!
	tries=0
	until grep -qs '^virtual-bench: ready' "$dir/bench.log"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 400 ] || ! kill -0 "$bench" 2>/dev/null; then
			echo "Bail out! the virtual bench did not start"
			sed 's/^/# /' "$dir/bench.log"
			exit 1
		fi
		sleep 0.05
	done
	control=$(sed -n 's/^virtual-bench: ready control=\([0-9]*\).*/\1/p' "$dir/bench.log")
	[ -z "${ONE_CORNER:-}" ] || sed -i \
		"s|^    plan: 400g.yaml|    plan: $STATION_SRC/tests/data/one_corner.yaml|" \
		"$dir/station.yaml"
}

ctl()
{
	virtual-bench ctl --port "$control" "$@"
}

# lot NAME SERIAL...: writes a lot file of units of the virtual module
lot()
{
	file="$dir/$1.csv"
	shift
	echo "serial,part_number" >"$file"
	for serial in "$@"; do
		echo "$serial,VB-QDD-DR4-500" >>"$file"
	done
}

# station with the bench's configuration; output in $dir/out and $dir/err, exit code in $code
run()
{
	code=0
	station --config "$dir/station.yaml" "$@" >"$dir/out" 2>"$dir/err" </dev/null || code=$?
}

# drive LOT GLOB COMMAND [GLOB COMMAND]: runs a lot and acts on its events, see drive.py. The table
# of results in $dir/out, exit code in $code
drive()
{
	code=0
	python3 "$STATION_SRC/tests/e2e/drive.py" "$dir" "$@" || code=$?
	cp "$dir/err" "$dir/out"
}

# verdict SERIAL: from the table of the last run
verdict()
{
	awk -v s="$1" '$1 == s { for (i = 2; i <= NF; i++)
		if ($i ~ /^(PASS|FAIL|ERROR|ABORTED|SKIPPED)$/) { print $i; exit } }' "$dir/out"
}

# record SERIAL EXPRESSION...: Python's, all true of the document of the unit's last run
record()
{
	serial=$1
	shift
	run report "$serial" --format json
	python3 - "$dir/out" "$@" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
def values(id):
    return [m["value"] for m in run["measurements"] if m["id"] == id]
notes = " ".join(run["notes"])
for expression in sys.argv[2:]:
    assert eval(expression), (expression, run["verdict"], run["reason"], notes)
PY
}

# says_verdict SERIAL VERDICT: of the lot whose table was kept in $dir/table
says_verdict()
{
	cp "$dir/table" "$dir/out"
	is "$(verdict "$1")" "$2"
}

# is_safe [SITE]: light, supply and shutters as they truly are
is_safe()
{
	ctl state "${1:-1}" >"$dir/state"
	state_is_safe "$dir/state"
}

# state_is_safe FILE: as they were when ctl state wrote the file
state_is_safe()
{
	python3 - "$1" <<'PY'
import json, sys
state = json.load(open(sys.argv[1]))
bad = []
if any(p is not None and p > -50 for p in state["tx_light"]):
    bad.append("the module emits light")
if any(p is not None and p > -50 for p in state["rx_light"]):
    bad.append("light reaches the receivers")
if any(state["attenuator_open"]):
    bad.append("a shutter is open")
if state["supply_on"]:
    bad.append("the supply is on")
print(bad, state)
sys.exit(bool(bad))
PY
}
