#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# Each text of the sources is in every catalogue, and translated; what is not is told.
cd "${STATION_SRC:?}" || exit 1
. tests/scripts/tap.sh
out=${TMPDIR:-/tmp}/words.$$
mkdir "$out" || exit 1
trap 'rm -rf "$out"' EXIT

tools/po --check >"$out/log" 2>&1
status=$?
ok $status 'the catalogues are complete'
[ $status = 0 ] || explain "$out/log"

# refuses NAME WORDS: a tree of its own, with the fault that the lines before have made
refuses()
{
	! tools/po --check "$out/tree" >"$out/log" 2>&1 && grep -q "$2" "$out/log"
	status=$?
	ok $status "$1 is told"
	[ $status = 0 ] || explain "$out/log"
}

tree()
{
	rm -rf "$out/tree"
	mkdir -p "$out/tree/station/operator" "$out/tree/station/front"
	cp -r station/po "$out/tree/station/po"
	cp station/operator/*.c "$out/tree/station/operator"
	cp station/front/*.c "$out/tree/station/front"
	catalogue=$out/tree/station/po/zh_CN.po
	source=$out/tree/station/operator/new.c
}

tree
echo 'const char *new = N_("A new text");' >"$source"
refuses 'a template that lacks a text' 'station.pot: not what the sources say'
refuses 'a text that is in no catalogue' 'used but not defined'
tools/po "$out/tree" >"$out/log" 2>&1
refuses 'a text without a translation' 'zh_CN.po'
tree
sed -i 's/^msgid "PASS"/#, fuzzy\n&/' "$catalogue"
refuses 'a translation that is only a guess' 'needs to be reviewed'
tree
printf '\nmsgid "Nobody asks for this"\nmsgstr "x"\n' >>"$catalogue"
refuses 'a translation that nobody asks for' 'in no source'
tree
echo 'const char *new = N_("%d units");' >"$source"
tools/po "$out/tree" >"$out/log" 2>&1
sed -i '/^msgid "%d units"/{n;s/.*/msgstr "%s"/}' "$catalogue"
refuses 'a format that is not that of the text' 'format specifications'
sed -i '/^msgid "%d units"/{n;s/.*/msgstr "%d x"/}' "$catalogue"
tools/po --check "$out/tree" >"$out/log" 2>&1
ok $? 'and what was put right is accepted'

tap_done
