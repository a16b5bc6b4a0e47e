/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_GAUGE_H
#define SIGNAL_GAUGE_H

#include "signal/status.h"

#include <glib.h>

/*
 * Gauge repeatability and reproducibility by analysis of variance: every part measured at every
 * place (site, station, operator) as often. AIAG, Measurement Systems Analysis, 4th edition,
 * chapter III B and appendix A [M]. With one place there is repeatability alone.
 */
struct gauge {
	guint parts, places, repeats;
	/* sums of squares; the interaction is part with place; ss_place and ss_interaction 0 for
	 * one place */
	double ss_part, ss_place, ss_interaction, ss_repeat;
	double interaction_p; /* that the interaction is chance; NaN for one place */
	gboolean pooled;      /* the interaction went into repeatability, for its p is above 0.25 */
	/* standard deviations; a variance that came out below zero counts as zero */
	double repeatability;      /* EV */
	double reproducibility;    /* AV: place and interaction */
	double interaction;        /* of AV, 0 if pooled */
	double grr;                /* both together */
	double part;               /* PV */
	double total;              /* TV */
	double percent_of_total;   /* 100 grr / total; below 10 good, above 30 not to be used */
	guint ndc;                 /* distinct categories: floor(1.41 part / grr); 5 are wanted */
	enum signal_status status; /* OK; TOO_FEW: two parts, one place, two repeats are the least;
	                            * CONSTANT: no scatter at all; NOT_FINITE */
};

/* values[(part * places + place) * repeats + repeat] */
struct gauge gauge_of(const double *values, guint parts, guint places, guint repeats);

/*
 * What share of the tolerance the gauge takes, in percent: 6 grr / (high - low); with one limit
 * 3 grr / |limit - mean|. NaN without any.
 */
double gauge_percent_of_tolerance(const struct gauge *gauge, double low, double high, double mean);

#endif
