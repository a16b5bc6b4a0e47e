/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_VERDICT_H
#define LIMITS_VERDICT_H

#include <glib.h>

/*
 * What is said of a measurement, a step or a unit. ERROR means that the station could not judge and
 * is never the unit's fault. The order is the order of weight: of several, the greatest holds.
 */
enum verdict {
	VERDICT_NONE,    /* nothing judged: recorded only */
	VERDICT_SKIPPED, /* not done, by a rule */
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_ERROR,
	VERDICT_ABORTED,
};

/* "PASS", "FAIL", ...; "NONE" for VERDICT_NONE. Static storage. */
const char *verdict_name(enum verdict verdict);

/* FALSE when the text is none of the names. */
gboolean verdict_parse(const char *name, enum verdict *verdict);

enum verdict verdict_worst(enum verdict a, enum verdict b);

#endif
