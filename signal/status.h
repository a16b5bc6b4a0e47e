/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_STATUS_H
#define SIGNAL_STATUS_H

#include <glib.h>

/*
 * What became of a measured quantity. It may not exist: a closed eye, a pattern without the needed
 * edge, a curve that never reaches its target. That is a result, not an error, and never a number.
 * Functions that refuse their input as a whole return FALSE and an error, and leave the status of
 * the kind of fault in their result.
 */
enum signal_status {
	SIGNAL_OK,
	SIGNAL_NOT_ASKED,     /* nobody wanted it */
	SIGNAL_NOT_FINITE,    /* NaN or infinite samples, powers or results */
	SIGNAL_CONSTANT,      /* no modulation, no slope */
	SIGNAL_TOO_COARSE,    /* too few samples per symbol */
	SIGNAL_WRONG_LENGTH,  /* not one whole pattern */
	SIGNAL_WRONG_PATTERN, /* nothing correlates */
	SIGNAL_WRONG_RATE,    /* the pattern is there, but samples slip against it */
	SIGNAL_GRAY_SWAPPED,  /* the two bits of a symbol are exchanged, or binary coded */
	SIGNAL_CLIPPED,       /* the converter's end was reached */
	SIGNAL_NO_FEATURE,    /* the pattern has not the run, edge or level that is needed */
	SIGNAL_NOT_FILTERED,  /* not behind the reference receiver */
	SIGNAL_SCOPE_NOISE,   /* the declared noise of the scope is more than all that is there */
	SIGNAL_EYE_CLOSED,    /* no equaliser within its limits opens the eye */
	SIGNAL_NO_BITS,       /* nothing was counted */
	SIGNAL_BAD_COUNT,     /* more errors than bits */
	SIGNAL_TOO_FEW,       /* points or errors */
	SIGNAL_NO_CROSSING,   /* the curve never meets its target */
	SIGNAL_EXTRAPOLATED,  /* it meets it too far beyond what was measured */
	SIGNAL_NOT_MONOTONIC, /* a curve that has to rise falls somewhere, or the other way round */
	SIGNAL_DOUBTFUL,      /* a fit that was made, but should not be used */
	SIGNAL_BAD_SETTING,   /* settings out of range */
	SIGNAL_STATUS_N,
};

/* "ok", "eye-closed": stable, for files and programs. Static storage. */
const char *signal_status_name(enum signal_status status);

struct signal_value {
	double value;       /* unit in the member's name; NaN unless status is SIGNAL_OK */
	double uncertainty; /* standard (k = 1), same unit, of what the samples can tell: noise and
	                       their number; NaN when nobody knows */
	enum signal_status status;
	const char *reason; /* static text; null when status is SIGNAL_OK */
};

/* SIGNAL_OK for a finite value; a value that is not finite becomes SIGNAL_NOT_FINITE. */
struct signal_value signal_ok(double value, double uncertainty);

/* NaN with a status other than SIGNAL_OK and a reason (static text). */
struct signal_value signal_none(enum signal_status status, const char *reason);

#endif
