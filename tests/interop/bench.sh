# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# shellcheck shell=sh
#
# bench_start OPTION..., bench_port NAME, bench_stop; $out is a folder that goes with the script.
out=$(mktemp -d)
bench_pid=
bench_stop()
{
	[ -z "$bench_pid" ] || { kill "$bench_pid"; wait "$bench_pid"; } 2>/dev/null
	bench_pid=
}
trap 'bench_stop; rm -rf "$out"' EXIT

bench_start()
{
	virtual-bench "$@" >"$out/ready" 2>&1 &
	bench_pid=$!
	tries=100
	while ! grep -q ready "$out/ready" && [ $tries -gt 0 ]; do
		sleep 0.1
		tries=$((tries - 1))
	done
}

bench_port()
{
	tr ' ' '\n' <"$out/ready" | sed -n "s/^$1=//p"
}
