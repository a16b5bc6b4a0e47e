/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_GUARD_REPORT_H
#define STATION_ENGINE_GUARD_REPORT_H

#include "station/engine/config.h"

/*
 * What a guard did after its station had died, for the next start to tell: lines in a file beside
 * the store, STORE-guard. Errors are STATION_ERROR_STORAGE with the file's name.
 */
struct guard_report {
	int site;
	char *words; /* "made safe 12 ms after the station ended ..." */
};

/* Adds one. */
gboolean guard_report_add(const struct config *config, int site, const char *words, GError **error);

/*
 * What is there, oldest first: array of struct guard_report, owning; empty when there is no file.
 * `take`: it is told now, and the file goes. A line that is none is left out.
 */
GPtrArray *guard_report_read(const struct config *config, gboolean take, GError **error);

#endif
