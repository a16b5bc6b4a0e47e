/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_CONTROL_REQUEST_H
#define BENCH_CONTROL_REQUEST_H

#include <json-glib/json-glib.h>

/* Members of a request of the control port. Errors: STATION_ERROR_PROTOCOL for another kind. */

/* A string, borrowed, or null when the member is absent. */
gboolean control_get_text(JsonObject *request, const char *member, const char **value,
                          GError **error);
gboolean control_need_text(JsonObject *request, const char *member, const char **value,
                           GError **error);
gboolean control_need_number(JsonObject *request, const char *member, double *value,
                             GError **error);
/* Untouched when the member is absent. */
gboolean control_get_number(JsonObject *request, const char *member, double *value, GError **error);
/* A lane 1..4 as 0..3. STATION_ERROR_RANGE for another. */
gboolean control_need_lane(JsonObject *request, const char *member, guint *lane, GError **error);

#endif
