/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_RECORD_JSON_H
#define REPORTS_RECORD_JSON_H

#include "reports/json_text.h"
#include "reports/shape.h"

#include <json-glib/json-glib.h>

/* What the run document and its tails (record_tail.h) are written and read by. */

/* An object with the fields of a shape. */
void record_json_write(struct json_text *json, const char *key, const struct shape *shape,
                       gconstpointer object);
/* Fills a struct of shape_new from an object with just these keys. STATION_ERROR_STORAGE. */
gboolean record_json_read(JsonNode *node, const struct shape *shape, gpointer object,
                          GError **error);

#endif
