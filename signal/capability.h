/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_CAPABILITY_H
#define SIGNAL_CAPABILITY_H

#include "signal/moments.h"
#include "signal/status.h"

/*
 * What a process is able to, against its limits: how many times three standard deviations fit
 * between its mean and a limit. Cp and Cpk go by the scatter from one value to the next (within),
 * Pp and Ppk by that of all values. A distribution that is not normal makes all of them doubtful.
 */
struct capability_index {
	double value;              /* NaN unless SIGNAL_OK */
	double low, high;          /* two-sided bounds; NaN likewise */
	enum signal_status status; /* TOO_FEW, CONSTANT (no scatter), BAD_SETTING (no limit) */
};

struct capability {
	struct capability_index cp, cpk, pp, ppk; /* cp and pp want both limits */
	double sd_within, sd;
};

/*
 * low and high: the limits, NaN where there is none. sd_within: as capability_within has it.
 * Bounds at the confidence: of Cp and Pp by chi-square (Montgomery, Introduction to Statistical
 * Quality Control, "Confidence intervals on process capability ratios" [M]), of Cpk and Ppk after
 * A. F. Bissell, Applied Statistics 39 (1990) 331 [M].
 */
struct capability capability_of(const struct moments *moments, double sd_within, double low,
                                double high, double confidence);

/* The standard deviation within, of the mean distance of successive values (n - 1 of them):
 * over d2 = 2 / sqrt(pi) of a pair, 1.128. */
double capability_within(double moving_range_mean);

#endif
