/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_LIVE_EYE_H
#define STATION_ENGINE_LIVE_EYE_H

#include "reports/record.h"

/*
 * An eye as it was just captured, for a screen: small, never changed again, and counted, so that a
 * face keeps it while the site goes on.
 */
enum { LIVE_EYE_COLUMNS = 160, LIVE_EYE_ROWS = 96 };

struct live_eye {
	char id[64];    /* as of struct record_eye, cut to what fits */
	char kind[16];  /* "captured", "equalised" */
	char route[16]; /* "direct", "fibre", "bandwidth" */
	char corner[32];
	char note[64];
	int lane;
	double x_span_ui, y_min_w, y_max_w;
	gint refs;           /* atomic; live_eye_ref and live_eye_unref only */
	guint columns, rows; /* at most LIVE_EYE_COLUMNS and LIVE_EYE_ROWS */
	guint32 counts[];    /* row by row from the top */
};
typedef const struct live_eye live_eye; /* for g_autoptr(live_eye) only */

/*
 * A copy of a picture of the record whose counts are all there, with a reference; null of one
 * without any. One that is larger is made smaller by summing neighbours, as many on each side that
 * it fits; where they do not go up the last column or row is a sum of fewer.
 */
const struct live_eye *live_eye_new(const struct record_eye *eye);
const struct live_eye *live_eye_ref(const struct live_eye *eye);
void live_eye_unref(const struct live_eye *eye); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(live_eye, live_eye_unref)

/* The latest eye of a site: its thread puts, faces get. Zeroed is empty, from any thread. */
struct eye_slot {
	GMutex lock;
	const struct live_eye *latest;
};
/* Takes the reference over; null: none any more. */
void eye_slot_put(struct eye_slot *slot, const struct live_eye *eye);
/* A reference, or null. */
const struct live_eye *eye_slot_get(struct eye_slot *slot);
void eye_slot_clear(struct eye_slot *slot);

#endif
