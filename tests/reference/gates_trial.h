/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_GATES_TRIAL_H
#define TESTS_REFERENCE_GATES_TRIAL_H

#include <glib.h>

/*
 * Units of four lanes whose error ratio is known, judged by gates that may end early and by full
 * ones, of the same errors. Half of the units are drawn around the limit and judged at the rate and
 * with the settings that plans have by default; the others have lanes at the edges of what is
 * indifferent, all good or one bad, and few bits, where the risks are largest: errors each alone,
 * ten at once, and in bursts of drawn lengths. The errors come from a generator of its own.
 */
struct gates_totals {
	guint units;
	guint disagree;          /* units that pass by one and fail by the other */
	guint good, good_failed; /* lanes at or below the good ratio, and those that early gates
	                            failed */
	guint bad, bad_passed;
	double time;     /* of all units, in full gates */
	GString *faults; /* what is not as stated, a line each; "" */
	GString *lines;  /* a line for each kind of unit */
};

/* told FALSE: bursts come as they do, and the gates are told that there are none. Free with
 * gates_totals_clear. */
void gates_run(guint units, guint64 seed, gboolean told, struct gates_totals *totals);
void gates_totals_clear(struct gates_totals *totals);

/* Words and numbers of the last line; free with g_free. */
char *gates_line(const struct gates_totals *totals);

/* P(X >= k) of n trials with probability p, summed term by term. */
double gates_binomial_tail(guint k, guint n, double p);

#endif
