/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_SIGNAL_COUNTS_H
#define TESTS_UNIT_SIGNAL_COUNTS_H

#include "tests/unit/signal_wave.h" /* struct maker_rng */

#include <glib.h>
#include <math.h>

/* Poisson counts: a product of uniform numbers, in parts; for large means rounded normal. */
static inline guint64 draw_poisson(struct maker_rng *rng, double mean)
{
	guint64 count = 0;

	if (mean > 2000.0)
		return (guint64)fmax(0.0, rint(mean + sqrt(mean) * maker_normal(rng)));
	while (mean > 0.0) {
		double part = fmin(mean, 20.0), limit = exp(-part), product = maker_uniform(rng);

		for (; product > limit; count++)
			product *= maker_uniform(rng);
		mean -= part;
	}
	return count;
}

/* True when `hits` of `trials` are within 4 standard deviations of a probability. */
static inline gboolean is_near(guint hits, guint trials, double probability)
{
	double spread = sqrt(trials * probability * (1.0 - probability));

	return fabs(hits - trials * probability) <= 4.0 * spread + 1.0;
}

#endif
