/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_CAUSES_H
#define STATION_OPERATOR_CAUSES_H

#include <glib.h>

/* One line of the Pareto: what went wrong, how often. */
struct desk_cause {
	char what[96];
	guint count;
};

/*
 * The lines from what the store tells (array of struct store_cause; null: none): by the value that
 * failed, else by the step. One value may fail in several steps: to people it is one cause. Array
 * of struct desk_cause, the most frequent first.
 */
GArray *causes_new(const GPtrArray *stored);

#endif
