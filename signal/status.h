/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_STATUS_H
#define SIGNAL_STATUS_H

#include <glib.h>

/*
 * A measured quantity that may not exist: a closed eye, a pattern without the needed edge, a curve
 * that never reaches its target. That is a result, not an error, and never a number.
 */
enum signal_status {
	SIGNAL_NO_VALUE, /* value is NaN, reason says why */
	SIGNAL_OK,
};

struct signal_value {
	double value; /* unit in the member's name; NaN unless status is SIGNAL_OK */
	enum signal_status status;
	const char *reason; /* static text; null when status is SIGNAL_OK */
};

/* SIGNAL_OK for a finite value; a value that is not finite becomes SIGNAL_NO_VALUE. */
struct signal_value signal_ok(double value);

/* NaN with a reason (static text). */
struct signal_value signal_no_value(const char *reason);

#endif
