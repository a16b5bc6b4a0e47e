/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/control_request.h"

#include "base/error.h"
#include "bench/world.h"

#include <math.h>

gboolean control_get_text(JsonObject *request, const char *member, const char **value,
                          GError **error)
{
	JsonNode *node = json_object_get_member(request, member);
	*value = NULL;
	if (!node || JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" is not a string", member);
		return FALSE;
	}
	*value = json_node_get_string(node);
	return TRUE;
}

gboolean control_need_text(JsonObject *request, const char *member, const char **value,
                           GError **error)
{
	if (!control_get_text(request, member, value, error))
		return FALSE;
	if (!*value)
		station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" is missing", member);
	return *value != NULL;
}

gboolean control_need_number(JsonObject *request, const char *member, double *value, GError **error)
{
	JsonNode *node = json_object_get_member(request, member);
	GType type =
		node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;
	if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" is not a number", member);
		return FALSE;
	}
	*value = json_node_get_double(node);
	return TRUE;
}

gboolean control_get_number(JsonObject *request, const char *member, double *value, GError **error)
{
	return !json_object_has_member(request, member) ||
	       control_need_number(request, member, value, error);
}

gboolean control_need_lane(JsonObject *request, const char *member, guint *lane, GError **error)
{
	double number = 0;

	if (!control_need_number(request, member, &number, error))
		return FALSE;
	if (!(number >= 1 && number <= WORLD_LANES) || number != floor(number)) {
		station_error_set(error, STATION_ERROR_RANGE, "\"%s\" is no lane 1 to %d", member,
		                  WORLD_LANES);
		return FALSE;
	}
	*lane = (guint)number - 1;
	return TRUE;
}
