/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_DESK_STORE_H
#define STATION_OPERATOR_DESK_STORE_H

#include "limits/verdict.h"

#include <glib.h>

/* What the desk is told from the store. */
struct store_counts {
	guint units, runs;
	guint passed, failed, errors, aborted; /* of units, by the latest run of each */
	guint first_tries, first_passed;       /* units judged at the first try; passed there */
};

struct store_run_row {
	char *run_id, *serial, *part_number, *lot, *reason, *first_failing_step;
	int site;
	enum verdict verdict;
	gboolean marginal;
	gint64 start_us; /* UTC */
	double seconds;
};

#endif
