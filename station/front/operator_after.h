/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_OPERATOR_AFTER_H
#define STATION_FRONT_OPERATOR_AFTER_H

#include "station/engine/config.h"
#include "station/store/store.h"

/*
 * What is written after a unit: its reports into the folder of its lot, and its label; with
 * label_only the label once more. The error is for the screen; the record is in the store in any
 * case.
 */
gboolean operator_after(const struct config *config, struct store *store, const char *run_id,
                        gboolean label_only, GError **error);

#endif
