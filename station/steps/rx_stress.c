/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/rx_stress.h"

#include <math.h>

/* Interference need not be hit: noise makes up for what it lacks. */
#define HALF_TOLERANCE_DB 0.3
/* No step goes nearer to an end of the bracket than this part of it. */
#define INSIDE 0.1

/* One of the two, the other held. */
struct knob {
	double *value; /* in the result's stress */
	double most, first;
	const char *name;
};

static gboolean measure(const struct rx_stress_problem *p, struct rx_stress_result *r,
                        GError **error)
{
	r->measurements++;
	return p->measure(&r->stress, &r->secq_db, p->data, error);
}

static void give_up(struct rx_stress_result *r, const char *what, const struct knob *knob,
                    double goal_db)
{
	g_snprintf(r->why, sizeof r->why, "%s: %s %.4f makes SECQ %.2f dB, wanted are %.2f dB",
	           what, knob->name, *knob->value, r->secq_db, goal_db);
}

/* Where to look next between low, too little, and high, too much (high_db infinite: not known how
 * much). */
static double between(double low, double low_db, double high, double high_db, double goal_db)
{
	double part = isfinite(high_db) ? (goal_db - low_db) / (high_db - low_db) : 0.5;

	return low + (high - low) * CLAMP(part, INSIDE, 1.0 - INSIDE);
}

/*
 * Raises a knob from 0 until SECQ is there. What it makes of 0 is known to be too little. FALSE
 * with r->why empty when a measurement failed.
 */
static gboolean raise_to(const struct rx_stress_problem *p, const struct knob *knob, double goal_db,
                         double tolerance_db, struct rx_stress_result *r, GError **error)
{
	double low = 0.0, low_db = r->secq_db, high = NAN, high_db = INFINITY;

	*knob->value = fmin(knob->first, knob->most);
	for (;;) {
		if (r->measurements >= p->measurements) {
			give_up(r, "too many measurements", knob, goal_db);
			return FALSE;
		}
		if (!measure(p, r, error))
			return FALSE;
		if (fabs(r->secq_db - goal_db) <= tolerance_db)
			return TRUE;
		if (r->secq_db < goal_db) {
			low = *knob->value;
			low_db = r->secq_db;
		} else { /* NaN is a closed eye too */
			high = *knob->value;
			high_db = r->secq_db;
		}
		if (isnan(high) && low >= knob->most) {
			give_up(r, "the generator cannot give more", knob, goal_db);
			return FALSE;
		}
		*knob->value = isnan(high) ? fmin(2.0 * low, knob->most)
		                           : between(low, low_db, high, high_db, goal_db);
	}
}

gboolean rx_stress_find(const struct rx_stress_problem *p, struct rx_stress_result *r,
                        GError **error)
{
	const struct knob isi = {&r->stress.isi, p->most.isi,
	                         p->guess.isi > 0.0 ? p->guess.isi : 0.3 * p->most.isi, "ISI"};
	const struct knob noise = {&r->stress.noise, p->most.noise,
	                           p->guess.noise > 0.0 ? p->guess.noise : 0.2 * p->most.noise,
	                           "noise"};
	double tolerance_db = p->tolerance_db;

	*r = (struct rx_stress_result){0};
	if (!measure(p, r, error))
		return FALSE;
	if (!(r->secq_db < p->target_db + tolerance_db)) {
		g_snprintf(r->why, sizeof r->why,
		           "without any stress SECQ is %.2f dB already, wanted are %.2f dB",
		           r->secq_db, p->target_db);
		return TRUE;
	}
	if (r->secq_db < p->target_db - tolerance_db) {
		double half_db = (r->secq_db + p->target_db) / 2;

		if (!raise_to(p, &isi, half_db, fmax(HALF_TOLERANCE_DB, tolerance_db), r, error))
			return r->why[0] != '\0';
		if (fabs(r->secq_db - p->target_db) > tolerance_db &&
		    !raise_to(p, &noise, p->target_db, tolerance_db, r, error))
			return r->why[0] != '\0';
	}
	r->converged = TRUE;
	return TRUE;
}
