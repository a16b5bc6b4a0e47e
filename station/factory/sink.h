/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SINK_H
#define STATION_FACTORY_SINK_H

#include "base/deadline.h"
#include "reports/record.h"

#include <glib.h>

/*
 * Somebody who is told of runs: a line's database, a program, a web service, a folder, a broker. A
 * sink is told of a run at least once, in the order of the store, by one thread (sender.h); telling
 * it the same run twice must be the same as telling it once, which the run's id is for.
 */
enum sink_answer {
	SINK_TAKEN,   /* it has the run, for good */
	SINK_LATER,   /* not now: it does not answer, or says so */
	SINK_REFUSED, /* never this run: it was understood and is not wanted */
};

struct sink;
struct run_link; /* station/store/outbox.h */

/* A run as it is told. */
struct sink_run {
	const struct run_record *record;
	const char *document; /* what the record was read from, byte by byte as the store has it */
	const struct run_link *link; /* in the store's chain; null: it has none */
};

/* A mark of a unit that was touched by hand (station/store/touch.h). */
struct sink_touch {
	const char *station; /* of the store that has it; with `number` it is unique */
	gint64 number;
	const char *serial;
	const struct record_touch *touch;
};

struct sink_ops {
	const char *kind; /* "postgresql", "program", "https", "folder", "mqtt", "cfx" */
	/* Within bounds. For LATER and REFUSED *words gets why, in one line; free with g_free. */
	enum sink_answer (*send)(struct sink *sink, const struct sink_run *run,
	                         const struct bounds *bounds, char **words);
	/* The same of a touch; null: such a sink is not told of touches. */
	enum sink_answer (*touch)(struct sink *sink, const struct sink_touch *touch,
	                          const struct bounds *bounds, char **words);
	/* Whether it could be sent to now, for `station check`; no run is sent. *words gets why
	 * not; g_free. Null: that cannot be told. */
	gboolean (*is_reachable)(struct sink *sink, const struct bounds *bounds, char **words);
	/* When nothing is to be sent for now; may be null. */
	void (*rest)(struct sink *sink);
	void (*free)(struct sink *sink);
};

/* Each kind puts it first in a struct of its own. */
struct sink {
	const struct sink_ops *ops;
	char *name; /* as the configuration calls it; the kind frees it */
};

#endif
