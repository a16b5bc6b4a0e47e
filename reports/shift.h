/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_SHIFT_H
#define REPORTS_SHIFT_H

#include "reports/json_text.h"
#include "reports/markup.h"
#include "reports/report.h"

/*
 * What a report of a span has and a lot's has not: the lots that were worked on, who worked, and
 * when nothing was under test.
 */
struct shift_share {      /* of a lot, or of an operator */
	const char *name; /* borrowed from the records; "": none was told */
	guint runs, passed, failed, errors, aborted; /* runs */
};

struct shift_stop { /* longer than SHIFT_STOP_S without a unit under test at any site */
	gint64 from_us, to_us;
	const struct run_record *before; /* the last run that ended before it; null: none */
};
#define SHIFT_STOP_S 300.0

struct shift_summary {
	GArray *lots, *operators; /* struct shift_share, as they first appear */
	GArray *stops;            /* struct shift_stop, in order */
	double stopped_s;
};

/* Of a report with a span. Until the end of the span, or now. Free with shift_summary_free. */
struct shift_summary *shift_summarise(const struct lot_report *report);
void shift_summary_free(struct shift_summary *summary); /* null is allowed */

/* What ended before a stop as far as it tells why: "SN7: ERROR, dca1: no answer"; "" when the last
 * run judged its unit. Free with g_free. */
char *shift_stop_text(const struct shift_stop *stop);

/* Sections of a page, members of an open object. */
void shift_write_html(struct markup *markup, const struct lot_report *report);
void shift_write_json(struct json_text *json, const struct lot_report *report);

#endif
