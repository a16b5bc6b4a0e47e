#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# A site without a loader: people put the units in. The tested one must come out before the next is
# taken to be in.
. "$(dirname "$0")/lib.sh"

ONE_CORNER=1 bench_start
sed -i '/^    loader:/d; s/^time_scale:.*/&\ninsert_limit: 60 s/' "$dir/station.yaml"
lot hand OP-1 OP-2
bench_ctl="virtual-bench ctl --port $control"
drive "$dir/hand.csv" '*unit-wait*"insert OP-1"*' "$bench_ctl insert 1 OP-1" \
	'*unit-wait*take the tested unit out*' "$bench_ctl remove 1" \
	'*unit-wait*"insert OP-2"*' "$bench_ctl insert 1 OP-2"
ok "both units pass" is "$code" 0
ok "the first one passes" is "$(verdict OP-1)" PASS
ok "the second one passes" is "$(verdict OP-2)" PASS
ok "everything is off" is_safe
