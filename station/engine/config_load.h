/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_CONFIG_LOAD_H
#define STATION_ENGINE_CONFIG_LOAD_H

#include "station/engine/config.h"

/* Between config.c (the configuration as a thing) and config_load.c (reading its file). */

/* Free one entry of the configuration's arrays. */
void config_instrument_free(gpointer data);
void config_site_free(gpointer data);
void config_product_free(gpointer data);

/* A name relative to the configuration's folder, or an absolute one as it is. Free with g_free. */
char *config_beside(const char *config_path, const char *name);

#endif
