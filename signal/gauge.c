/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/gauge.h"

#include "signal/anova.h"

#include <math.h>

static const double pool_above_p = 0.25;
static const double categories = 1.41;

struct study {
	const double *values;
	guint parts, places, repeats;
	double mean;
};

/* Mean of the values of a part, a place, or one part at one place; G_MAXUINT: of all. */
static double mean_of(const struct study *study, guint part, guint place)
{
	double mean = 0.0, n = 0.0;

	for (guint p = 0; p < study->parts; p++) {
		for (guint o = 0; o < study->places; o++) {
			if ((part != G_MAXUINT && p != part) || (place != G_MAXUINT && o != place))
				continue;
			for (guint r = 0; r < study->repeats; r++) {
				guint i = (p * study->places + o) * study->repeats + r;

				mean += (study->values[i] - mean) / ++n;
			}
		}
	}
	return mean;
}

static double squared(double x)
{
	return x * x;
}

static void add_cell(const struct study *study, struct gauge *g, guint p, guint o, double part,
                     double place)
{
	double cell = mean_of(study, p, o);

	g->ss_interaction += study->repeats * squared(cell - part - place + study->mean);
	for (guint r = 0; r < study->repeats; r++)
		g->ss_repeat +=
			squared(study->values[(p * study->places + o) * study->repeats + r] - cell);
}

static void sum_squares(const struct study *study, struct gauge *g)
{
	g_autofree double *place = g_new(double, study->places);

	for (guint o = 0; o < study->places; o++) {
		place[o] = mean_of(study, G_MAXUINT, o);
		g->ss_place += study->parts * study->repeats * squared(place[o] - study->mean);
	}
	for (guint p = 0; p < study->parts; p++) {
		double part = mean_of(study, p, G_MAXUINT);

		g->ss_part += study->places * study->repeats * squared(part - study->mean);
		for (guint o = 0; o < study->places; o++)
			add_cell(study, g, p, o, part, place[o]);
	}
}

static double not_below_zero(double variance)
{
	return fmax(variance, 0.0);
}

/* Variances from the mean squares: expected mean squares of random parts and places. */
static void set_deviations(struct gauge *g)
{
	double parts = g->parts, places = g->places, repeats = g->repeats;
	double dof_interaction = (parts - 1.0) * (places - 1.0);
	double dof_repeat = parts * places * (repeats - 1.0);
	double repeat = g->ss_repeat / dof_repeat, both = repeat, place = 0.0, interaction = 0.0;

	if (g->places > 1) {
		both = g->ss_interaction / dof_interaction;
		g->interaction_p =
			repeat > 0.0 ? anova_f_above(both / repeat, dof_interaction, dof_repeat)
				     : 0.0;
		g->pooled = g->interaction_p > pool_above_p;
	}
	if (g->pooled)
		both = repeat = (g->ss_repeat + g->ss_interaction) / (dof_repeat + dof_interaction);
	if (g->places > 1) {
		place = not_below_zero((g->ss_place / (places - 1.0) - both) / (parts * repeats));
		interaction = not_below_zero((both - repeat) / repeats);
	}
	g->repeatability = sqrt(repeat);
	g->interaction = sqrt(interaction);
	g->reproducibility = sqrt(place + interaction);
	g->grr = sqrt(repeat + place + interaction);
	g->part = sqrt(not_below_zero((g->ss_part / (parts - 1.0) - both) / (places * repeats)));
	g->total = hypot(g->grr, g->part);
}

struct gauge gauge_of(const double *values, guint parts, guint places, guint repeats)
{
	struct gauge g = {.parts = parts,
	                  .places = places,
	                  .repeats = repeats,
	                  .interaction_p = NAN,
	                  .percent_of_total = NAN,
	                  .status = SIGNAL_TOO_FEW};
	struct study study = {values, parts, places, repeats, 0.0};

	if (parts < 2 || places < 1 || repeats < 2)
		return g;
	study.mean = mean_of(&study, G_MAXUINT, G_MAXUINT);
	g.status = SIGNAL_NOT_FINITE;
	if (!isfinite(study.mean))
		return g;
	sum_squares(&study, &g);
	set_deviations(&g);
	g.status = g.total > 0.0 ? SIGNAL_OK : SIGNAL_CONSTANT;
	if (g.status != SIGNAL_OK)
		return g;
	g.percent_of_total = 100.0 * g.grr / g.total;
	g.ndc = g.grr > 0.0 ? (guint)fmin(categories * g.part / g.grr, 1e6) : 1000000;
	return g;
}

double gauge_percent_of_tolerance(const struct gauge *gauge, double low, double high, double mean)
{
	if (!isnan(low) && !isnan(high))
		return 100.0 * 6.0 * gauge->grr / (high - low);
	/* fmin leaves out the side that has no limit */
	return 100.0 * 3.0 * gauge->grr / fabs(fmin(high - mean, mean - low));
}
