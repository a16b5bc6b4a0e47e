/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_CONTROL_CHART_H
#define SIGNAL_CONTROL_CHART_H

#include <glib.h>

/*
 * Control charts of single values in the order in which they came: rules that a process in rest
 * breaks seldom. Rules 1 to 8 are those of L. S. Nelson, Journal of Quality Technology 16 (1984)
 * 237; the Western Electric rules (Statistical Quality Control Handbook, 1956) are four of them,
 * with eight values on one side in place of nine. All numbers of rules are [M]. EWMA: S. W.
 * Roberts, Technometrics 1 (1959) 239.
 */
enum control_rule {
	CONTROL_BEYOND,       /* a value beyond 3 sigma */
	CONTROL_ONE_SIDE,     /* 9 in a row on one side of the centre (Western Electric: 8) */
	CONTROL_TREND,        /* 6 in a row rising or falling */
	CONTROL_ALTERNATING,  /* 14 in a row going up and down in turn */
	CONTROL_TWO_OF_THREE, /* 2 of 3 beyond 2 sigma on the same side */
	CONTROL_FOUR_OF_FIVE, /* 4 of 5 beyond 1 sigma on the same side */
	CONTROL_INSIDE,       /* 15 in a row within 1 sigma */
	CONTROL_OUTSIDE,      /* 8 in a row beyond 1 sigma, on either side */
	CONTROL_EWMA,         /* the weighted mean is beyond its own limits */
	CONTROL_N_RULES,
};

/* Sets of rules: the bit 1 << rule of each. */
#define CONTROL_WESTERN_ELECTRIC                                                                   \
	(1u << CONTROL_BEYOND | 1u << CONTROL_ONE_SIDE | 1u << CONTROL_TWO_OF_THREE |              \
	 1u << CONTROL_FOUR_OF_FIVE)
#define CONTROL_NELSON ((1u << (CONTROL_OUTSIDE + 1)) - 1u)

struct control_settings {
	guint rules;        /* bits */
	guint one_side;     /* values in a row: 8 or 9 */
	guint baseline;     /* values at the start that centre and sigma come from; 0: all */
	double ewma_weight; /* of the latest value: 0.2 */
	double ewma_limit;  /* in sigmas of the weighted mean: 2.86, an average of 370 values to a
	                     * false alarm with that weight */
};

/* Nelson's eight and EWMA; all values are the baseline. */
struct control_settings control_settings_default(void);

struct control_point {
	double value;
	double ewma;
	double ewma_low, ewma_high;
	guint broken; /* bits of the rules that this value completes a breach of */
};

struct control_chart {
	double centre;
	double sigma;     /* by the mean moving range of the baseline; 0: all alike, no rules */
	double low, high; /* centre -+ 3 sigma */
	guint count[CONTROL_N_RULES]; /* values that break the rule */
	guint n_broken;               /* values that break any */
	GArray *points;               /* struct control_point */
};

/* STATION_ERROR_DATA: fewer than two values in the baseline, or one that is not finite. Free with
 * control_chart_free. */
struct control_chart *control_chart_new(const double *values, guint n,
                                        const struct control_settings *settings, GError **error);
void control_chart_free(struct control_chart *chart); /* null is allowed */
typedef struct control_chart control_chart;           /* for g_autoptr(control_chart) only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(control_chart, control_chart_free)

/* "beyond 3 sigma" ...; static storage. */
const char *control_rule_name(enum control_rule rule);

#endif
