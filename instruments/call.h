/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_CALL_H
#define INSTRUMENTS_CALL_H

#include "instruments/instrument.h"

/*
 * What every wrapper of a class does around a driver's hook. call_end puts "<name>: <what>: " in
 * front of the error; the others leave that to it.
 */

/* The instrument is of that class; else STATION_ERROR_INTERNAL, prefixed already. */
gboolean call_begin(const struct instrument *instrument, enum instrument_class class,
                    const char *what, GError **error);

/* STATION_ERROR_UNSUPPORTED when the driver has no such hook. */
gboolean call_supported(const struct instrument *instrument, gboolean has_hook, GError **error);

/* STATION_ERROR_RANGE when the number is not 1..count; kind names it: "channel". */
gboolean call_index(const struct instrument *instrument, const char *kind, guint number,
                    guint count, GError **error);

/* STATION_ERROR_RANGE when the value is not finite or not within min..max. */
gboolean call_range(const struct instrument *instrument, const char *quantity, double value,
                    double min, double max, const char *unit, GError **error);

/* Returns ok. */
gboolean call_end(const struct instrument *instrument, const char *what, gboolean ok,
                  GError **error);

#endif
