/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <glib.h>

/*
 * One GError domain for the whole program. The code tells what a caller may branch on; the text
 * reads as a path from symptom to cause: "psu1: set voltage: VOLT 3.3: no answer in 2.000 s".
 * Whoever passes an error up adds its place with g_prefix_error(error, "where: "). A failed test
 * is never an error: verdicts are values.
 */
enum station_error {
	STATION_ERROR_INTERNAL, /* our own fault: a broken promise between two functions */
	STATION_ERROR_CONFIG,   /* a file of the user is wrong; the text says file, line, meaning */
	STATION_ERROR_TIMEOUT,  /* a deadline passed */
	STATION_ERROR_CANCELLED,  /* somebody asked us to stop */
	STATION_ERROR_IO,         /* a connection could not be made or was lost */
	STATION_ERROR_PROTOCOL,   /* the other side sent what its language does not allow */
	STATION_ERROR_INSTRUMENT, /* an instrument reported an error, or did not do as told */
	STATION_ERROR_FIXTURE,    /* the fixture reported an error */
	STATION_ERROR_MODULE,     /* the module under test does not answer or breaks its standard */
	STATION_ERROR_ABSENT,     /* no module in the fixture */
	STATION_ERROR_RANGE,      /* a value outside what is possible here */
	STATION_ERROR_UNSUPPORTED, /* this model, module or build cannot do it */
	STATION_ERROR_DATA,        /* measured data that cannot be used: wrong pattern, no signal */
	STATION_ERROR_STORAGE,     /* the record could not be written or read */
	STATION_ERROR_REFUSED,     /* a rule forbids it */
	STATION_ERROR_AUTHORITY,   /* whoever asks may not: nobody is logged in, or not with that
	                            * right,   or a file is not his to read or write */
};

#define STATION_ERROR (station_error_quark())
GQuark station_error_quark(void);

/* The code's name in lower case ("timeout"), for records and events. Static storage. */
const char *station_error_name(enum station_error code);

/*
 * True when the error is the unit's doing (MODULE), so that the verdict is FAIL; false for all
 * else, where the station could not judge and the verdict is ERROR. Null is false.
 */
gboolean station_error_is_units_fault(const GError *error);

/* g_set_error in our domain. Does nothing when error is null or already set: first cause wins. */
void station_error_set(GError **error, enum station_error code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif
