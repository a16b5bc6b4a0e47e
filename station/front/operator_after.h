/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_OPERATOR_AFTER_H
#define STATION_FRONT_OPERATOR_AFTER_H

#include "station/engine/config.h"
#include "station/front/clerk.h"
#include "station/store/store.h"

/*
 * What is written after a unit: its reports into the folder of its lot, and its label. The record
 * is in the store in any case, so that trouble with them is no more than words for the screen.
 */
struct operator_after {
	const struct config *config;
	struct store *store;
	void (*trouble)(gpointer data, const char *words); /* where clerk_deliver is called */
	gpointer data;
};

/* Lets a clerk do it; with label_only the label once more. *after is copied, what it points to has
 * to live as long as the clerk. */
void operator_after_give(struct clerk *clerk, const struct operator_after *after,
                         const char *run_id, gboolean label_only);

#endif
