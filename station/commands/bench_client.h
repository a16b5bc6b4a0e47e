/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_BENCH_CLIENT_H
#define STATION_COMMANDS_BENCH_CLIENT_H

#include "station/shell/value.h"

#include <gio/gio.h>

/* The control port of a virtual bench: virtual-bench(1), CONTROL. One request, one reply. */

struct bench_argument {
	const char *member;
	const char *text;
	gboolean is_number; /* sent as one when the text is one */
};

/*
 * A value of the reply. Members of objects have their names with a dot between, an array's elements
 * are counted from 1 (0: not in one; of arrays within each other the innermost, the others are in
 * the name: "corners.2.lanes.oma"). A name that ends in a unit ("_dbm") is told without, and the
 * value has it.
 */
struct bench_item {
	char *name;
	guint index;
	struct value value; /* number, text or flag; none: null */
};

/*
 * Array of struct bench_item, owning; without "ok". All of it is bounded by some seconds.
 * STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL; REFUSED with what the bench says.
 */
GPtrArray *bench_client_ask(guint16 port, const char *command,
                            const struct bench_argument *arguments, guint n, GCancellable *stop,
                            GError **error);

#endif
