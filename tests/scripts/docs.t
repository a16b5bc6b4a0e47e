#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The documents say what is true: commands marked "sh test" run, tables and manual pages agree with
# the sources, links lead somewhere.
cd "${STATION_SRC:?}" || exit 1
: "${STATION_BIN:?}" "${STATION_BUILD:?}"
PATH=$STATION_BIN:$PATH
. tests/scripts/tap.sh
out=${TMPDIR:-/tmp}/docs.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT
pages='README.md INSTALL.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md'

# --- commands: each block in a shell and a folder of its own -----------------------------------

# the n-th marked block of a page
block()
{
	awk -v wanted="$2" '
		/^```sh test$/ { n++; inside = n == wanted; next }
		/^```/ { inside = 0 }
		inside' "$1"
}
for page in $pages; do
	count=$(grep -c '^```sh test$' "$page")
	n=0
	while [ "$n" -lt "$count" ]; do
		n=$((n + 1))
		mkdir "$out/$page.$n"
		# kill %1 in a document is job control, as at a prompt
		{ echo 'set -em'; block "$page" "$n"; } >"$out/block"
		(cd "$out/$page.$n" && timeout 120 bash "$out/block") >"$out/log" 2>&1
		status=$?
		ok $status "the commands of $page, block $n"
		[ $status = 0 ] || explain "$out/log"
	done
done

# --- links ------------------------------------------------------------------------------------

for page in $pages docs/*.md; do
	grep -o '](\([^)#]*\)' "$page" | sed 's/](//' | grep -v '^https*:' | while read -r link; do
		[ -e "$(dirname "$page")/$link" ] || echo "$page: $link is not there"
	done
done >"$out/links"
[ ! -s "$out/links" ]
ok $? 'links lead to files that are there'
[ ! -s "$out/links" ] || explain "$out/links"

# paths that comments and documents name; a line that ends in .c or .h may be a file of the reader
grep -ohE '\b(docs|tools|tests)/[a-z0-9_./-]+\.(md|t|in|sh|[1-9])\b' -r base signal limits \
	instruments fixtures reports station bench docs ./*.md | sort -u | while read -r path; do
	[ -e "$path" ] || [ -e "$path.in" ] || echo "$path"
done >"$out/paths"
[ ! -s "$out/paths" ]
ok $? 'files of docs, tools and tests that are mentioned are there'
[ ! -s "$out/paths" ] || explain "$out/paths"

# --- ARCHITECTURE.md prints the table that the checker reads ------------------------------------

sed -n '/^<!-- layers/,/^<!-- end/s/^| `\(.*\)` | \(.*\) |$/\1: \2/p' ARCHITECTURE.md |
	sed 's/[`,]//g; s/ anything$/ */; s/ nothing$//' >"$out/told"
sed -n '/^[a-z]/s/ *$//p' tools/layers >"$out/true"
if cmp -s "$out/told" "$out/true"; then
	ok 0 'the layers of ARCHITECTURE.md are those of tools/layers'
else
	ok 1 'the layers of ARCHITECTURE.md are those of tools/layers'
	diff "$out/true" "$out/told" | sed 's/^/# /'
fi
folders=$(find base signal limits instruments fixtures reports station bench -name '*.c' \
	-exec dirname {} + | sort -u)
for folder in $folders; do
	[ "$folder" != station ] || continue
	grep -q "^| \`${folder%%/*}\` \|^| \`$folder\` " ARCHITECTURE.md || echo "$folder"
done >"$out/folders"
[ ! -s "$out/folders" ]
ok $? 'ARCHITECTURE.md knows every folder'
grep -oE '^ .*(station|instruments|limits|signal|reports)/[a-z/_]+\.c' ARCHITECTURE.md |
	grep -oE '[a-z/_]+\.c$' | while read -r file; do
	[ -e "$file" ] || echo "$file"
done >"$out/way"
[ ! -s "$out/way" ]
ok $? 'the way of a measurement leads through files that are there'
[ ! -s "$out/way" ] || explain "$out/way"

# --- manual pages -----------------------------------------------------------------------------

# keys PAGE SOURCE...: the keys that a reader asks for are all in its page
keys()
{
	page=$1
	shift
	reader='(yaml_[a-z_]+|load_(channel|text|word)|find_file)'
	grep -ohE "$reader"'\((config, )?[a-z]+, "[a-z_]+"' "$@" |
		sed 's/.*"\(.*\)"/\1/' | sort -u >"$out/keys"
	test -s "$out/keys" || echo "no keys in $*"
	while read -r key; do
		grep -qE "(^|[^a-z_])$key([^a-z_]|\$)" "$page" || echo "$key"
	done <"$out/keys"
}
keys docs/man/station.yaml.5.in station/engine/config*.c station/engine/operator_policy.c \
	station/factory/*.c \
	>"$out/missing"
[ ! -s "$out/missing" ]
ok $? 'every key of the configuration is in its manual page'
[ ! -s "$out/missing" ] || explain "$out/missing"
keys docs/man/station-plan.5.in station/engine/plan.c >"$out/missing"
[ ! -s "$out/missing" ]
ok $? 'every key of a plan is in its manual page'
[ ! -s "$out/missing" ] || explain "$out/missing"

keys docs/man/station-board.5.in fixtures/board_file.c >"$out/missing"
[ ! -s "$out/missing" ]
ok $? 'every key of a board file is in its manual page'
[ ! -s "$out/missing" ] || explain "$out/missing"

sed -n 's/^\t\[WAVE_[A-Z_]*\] = {"\([a-z_]*\)".*/\1/p' signal/wave_keys.c >"$out/keys"
while read -r key; do
	grep -qE "(^|[^a-z_])$key([^a-z_]|\$)" docs/man/station.1.in || echo "$key"
done <"$out/keys" >"$out/missing"
[ -s "$out/keys" ] && [ ! -s "$out/missing" ]
ok $? 'every key of a waveform file is in station(1)'
explain "$out/missing"

sed -n '/^static const char \*const columns/,/;/p' limits/limit.c |
	grep -o '"[a-z_]*"' | tr -d '"' |
	while read -r column; do
		grep -qE "^\.(B|BR) .*$column" docs/man/station-limits.5.in || echo "$column"
	done >"$out/missing"
[ ! -s "$out/missing" ]
ok $? 'every column of limits is in its manual page'
[ ! -s "$out/missing" ] || explain "$out/missing"

sed -n 's/^\tEXIT_CODE_[A-Z]* = \([0-9]*\),.*/\1/p' station/front/front.h | grep -v 128 |
	while read -r code; do
		grep -qx "\.B $code" docs/man/station.1.in || echo "$code"
	done >"$out/missing"
[ ! -s "$out/missing" ] && grep -q 'EXIT_CODE_OK = 0' station/front/front.h
ok $? 'every exit code is in station(1)'

sed 's/\\-/-/g' "$STATION_BUILD/man/virtual-bench.1" >"$out/bench.1"
{
	virtual-bench --help | grep -oE '(^|[ ,])--[a-z-]+' | grep -v 'help\|version' | tr -d ' ,'
	virtual-bench --help | tr ' ,.' '\n\n\n' |
		grep -xE '(weak|dead|noisy|slow|compressed|bad|corrupt|wrong|i2c|dirty)-[a-z-]+'
	virtual-bench ctl --help | sed -n 's/^  \([a-z-]*\) .*  [a-z].*/\1/p' | grep -v '^virtual'
	virtual-bench ctl --help | tr '\n' ' ' |
		sed -n 's/.*KIND is one of: \([a-z -]*\)\. .*/\1/p' | tr ' ' '\n'
} | sort -u >"$out/words"
while read -r word; do
	grep -qE -- "(^|[^a-z-])$word([^a-z-]|\$)" "$out/bench.1" || echo "$word"
done <"$out/words" >"$out/missing"
[ ! -s "$out/missing" ] && [ "$(wc -l <"$out/words")" -gt 25 ]
ok $? 'every option, defect, command and fault of the bench is in virtual-bench(1)'
explain "$out/missing"

for page in "$STATION_BUILD"/man/*.[1-9]; do
	name=$(basename "$page")
	! grep -q '^@\|@version@' "$page" && grep -q '^\.SH NAME' "$page"
	ok $? "$name is filled in"
	if command -v groff >/dev/null; then
		groff -man -Tutf8 -wall -z "$page" >"$out/log" 2>&1
		[ ! -s "$out/log" ]
		ok $? "$name formats without a warning"
		explain "$out/log"
	fi
done

tap_done
