/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_ADMIT_H
#define STATION_ENGINE_ADMIT_H

#include "station/engine/run.h"

enum admission {
	ADMIT_YES,
	ADMIT_NO,      /* told by EVENT_UNIT_REFUSED and written into the store's log */
	ADMIT_STOPPED, /* an abort came before the answer: STATION_ERROR_CANCELLED */
};

/*
 * Whether the factory wants the unit of a run to be tested (config->precheck), on the site's
 * thread, before anything is begun. What was answered is noted in the record. Without a pre-check,
 * or files of the product (null: the run will tell why), and when recordings answer, every unit is
 * admitted.
 */
enum admission admit_unit(struct run *run, struct store *store, GError **error);

#endif
