/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_CORNER_H
#define REPORTS_CORNER_H

#include "reports/record.h"

/* A corner as the record names it: "25C 3.300V". */
struct corner {
	double case_degc, supply_v;
};

/* FALSE when the text names none, as "" does. */
gboolean corner_parse(const char *text, struct corner *corner);

/* Below, at or above 0 as `a` stands before, with or behind `b`: the colder first, then the lower
 * supply; what names no corner stands before all, by its text. */
int corner_compare(const char *a, const char *b);

/* Likewise for g_array_sort and g_ptr_array_sort of const char *. */
int corner_compare_pointers(gconstpointer a, gconstpointer b);

/* As people read it: "25 degC", or "25 degC, 3.135 V" where the run had more than one supply. What
 * names no corner as it is. Free with g_free. */
char *corner_text(const struct run_record *record, const char *corner);

/* The corner itself, or that of the step where it is "". Borrowed. */
const char *corner_of(const struct run_record *record, const char *corner, guint step);

#endif
