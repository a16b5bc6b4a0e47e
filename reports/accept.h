/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_ACCEPT_H
#define REPORTS_ACCEPT_H

#include "reports/record.h"

/*
 * The tightest of the bounds that the rows which count give together, NAN where there is none; when
 * no row counts, those of the decisive row. low and high are the limits themselves, low_guarded and
 * high_guarded what is left of them behind their guard bands.
 */
struct accept {
	const struct judgement *decisive; /* null: no row judged it; borrowed */
	double low, high, low_guarded, high_guarded;
};

struct accept accept_of(const struct record_measurement *measurement);

/* The bounds that decided: the guarded ones where what is between a limit and its guard band fails,
 * else the limits. NAN for none. */
double accept_low(const struct accept *accept);
double accept_high(const struct accept *accept);

/* A yes-or-no finding, which its step judged: 1 is yes. */
gboolean accept_is_finding(const struct record_measurement *measurement);

#endif
