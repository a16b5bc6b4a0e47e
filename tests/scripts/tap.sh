# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# shellcheck shell=sh
#
# TAP for shell tests: source it, call ok and not_ok or check_*, end with tap_done.
tap_n=0
tap_failed=0

# ok STATUS NAME: the case passed when STATUS is 0
ok()
{
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_n - $2"
	fi
}

# explain FILE: the file's lines as diagnostics
explain()
{
	sed 's/^/# /' "$1"
}

# check_says FILE TEXT NAME: the file contains the text
check_says()
{
	if grep -qF -- "$2" "$1"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		echo "# wanted: $2"
		explain "$1"
	fi
}

tap_skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

tap_done()
{
	echo "1..$tap_n"
	[ "$tap_failed" = 0 ] || exit 1
	exit 0
}
