/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_FORMAT_H
#define REPORTS_FORMAT_H

#include "reports/export.h"

/* The formats of reports: one row each. A format is for runs, for lots, or for both. */
struct report_format {
	const char *name;
	const char *extension; /* of its files: "xml" */
	gboolean is_binary;    /* nothing for a terminal */
	/* writers of text, and one for runs and lots alike; null: not for these */
	char *(*run)(const struct run_record *record);
	char *(*lot)(const struct lot_report *lot);
	GBytes *(*set)(const struct report_set *set);
};

/* Ends with a row whose name is null. */
extern const struct report_format report_formats[];

/*
 * Null when there is none of that name for a run (or, is_lot, for a lot): STATION_ERROR_CONFIG says
 * which there are and which was probably meant.
 */
const struct report_format *report_format_find(const char *name, gboolean is_lot, GError **error);

/*
 * The run, or the lot, written in a format that is for it. Writers of sets get a PASS that does not
 * stand (run_record's `touched`) as no verdict, with that for a reason.
 */
GBytes *report_format_write(const struct report_format *format, const struct report_set *set);

#endif
