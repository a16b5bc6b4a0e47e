/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_TOUCH_H
#define STATION_STORE_TOUCH_H

#include "station/store/store.h"

/*
 * Units that somebody touched by hand. A unit is touched from then on until a run of a plan that
 * was begun later has passed; one that did not pass leaves the mark. Meanwhile no earlier PASS
 * stands: the unit is tested again where a passed one would not be, and every record that the store
 * gives says so (run_record's `touched`, store_run's). Units are told apart by their serial
 * numbers.
 */
struct store_touch {
	const char *serial;
	const char *station; /* where */
	gint64 time_us;
	const char *who;  /* null or "": nobody in particular */
	const char *what; /* the deed, in a few words: "attenuator set" */
};

/* One line, on the disk when it returns TRUE. A serial number that is "" is refused
 * (STATION_ERROR_DATA): the mark would be nobody's. */
gboolean store_touch(struct store *store, const struct store_touch *touch, GError **error);

/* The last time that a unit which is touched was; null, without error, when it is not. Free *last
 * with record_touch_free. */
gboolean store_touched(struct store *store, const char *serial, struct record_touch **last,
                       GError **error);

#endif
