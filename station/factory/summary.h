/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SUMMARY_H
#define STATION_FACTORY_SUMMARY_H

#include "reports/record.h"

/* A run in a few lines, for boards: one line of JSON, run-summary.schema.json. */
#define SUMMARY_SCHEMA "station-run-summary-1"

/* Free with g_free. */
char *summary_write(const struct run_record *record);

#endif
