/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_HAND_STRUCT_H
#define STATION_ENGINE_HAND_STRUCT_H

#include "station/engine/hand.h"
#include "station/engine/run.h"

/* The inside of a hand, shared by its files. */

struct hand {
	struct hand_world world;
	const struct config_site *site;
	struct unit_request request;
	struct plan_corner corner;
	struct run run;
	GPtrArray *products; /* struct product_files, owning */
	gboolean chosen;     /* the product was said, not read from the module */
	gboolean given;      /* the serial number was */
	gboolean is_up;
	struct guard *guard; /* from the first deed on; null: none yet, or none wanted */
};

/* Before anything is done: that somebody guards it. */
void hand_guard(struct hand *hand);

/* What was known of a unit is of no other: a new record, and an end of the journal. */
void hand_begin_unit(struct hand *hand, const char *serial, const char *part_number);

/* hand->world's instruments, none of them connected. */
struct pool *hand_pool_new(struct hand *hand);

#endif
