/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SETTING_H
#define STATION_FACTORY_SETTING_H

#include "base/yaml.h"

/*
 * What the entries of pre-check and sinks have in common. Each asks for one key and gives what is
 * to be freed by the caller; FALSE with STATION_ERROR_CONFIG.
 */

/* A list of words, the first of which is a program: in $PATH, or beside the configuration when it
 * has a slash. Free with g_strfreev. */
gboolean setting_command(const struct yaml_node *map, const char *key, const char *config_path,
                         char ***command, GError **error);

/* A path, beside the configuration when it is relative; null when the key is absent. */
gboolean setting_path(const struct yaml_node *map, const char *key, const char *config_path,
                      char **path, GError **error);

/* A text; null when the key is absent. */
gboolean setting_text(const struct yaml_node *map, const char *key, char **text, GError **error);

/* A time of 0.1 s to an hour. */
gboolean setting_time(const struct yaml_node *map, const char *key, double absent_s, double *time_s,
                      GError **error);

#endif
