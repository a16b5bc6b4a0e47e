/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RESOURCE_SETTINGS_H
#define INSTRUMENTS_LINK_RESOURCE_SETTINGS_H

#include <glib.h>

/* The part of a resource string behind its "?": KEY=VALUE joined by '&', each key once. */

/*
 * Takes one setting. text: the whole string, for messages. FALSE with STATION_ERROR_CONFIG, as
 * resource_settings_unknown makes it when there is no such key.
 */
typedef gboolean (*resource_setting_fn)(const char *text, const char *key, const char *value,
                                        gpointer user_data, GError **error);

/* Calls fn for each setting; null: there are none. STATION_ERROR_CONFIG. */
gboolean resource_settings_parse(const char *text, const char *settings, resource_setting_fn fn,
                                 gpointer user_data, GError **error);

/* STATION_ERROR_CONFIG with the nearest of keys (null-terminated), if one is near; gives FALSE. */
gboolean resource_settings_unknown(const char *text, const char *key, const char *const *keys,
                                   GError **error);

/* STATION_ERROR_CONFIG that shows the whole string and says why; gives FALSE. */
gboolean resource_bad(const char *text, const char *why, GError **error);

#endif
