/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/suggest.h"
#include "station/script/script_struct.h"

#include <math.h>

const struct sandbox_value *script_given(const struct script_call *call, guint at)
{
	return at < call->count && call->arguments[at].kind != SANDBOX_NIL ? &call->arguments[at]
	                                                                   : NULL;
}

double script_number(const struct script_call *call, guint at, double absent)
{
	const struct sandbox_value *value = script_given(call, at);

	return value ? sandbox_to_number(value) : absent;
}

const char *script_text(const struct script_call *call, guint at, const char *absent)
{
	const struct sandbox_value *value = script_given(call, at);

	return value && value->kind == SANDBOX_TEXT ? value->text->str : absent;
}

gboolean script_whole(const struct script_call *call, guint at, const char *what, gint64 min,
                      gint64 max, gint64 *value, GError **error)
{
	const struct sandbox_value *given = script_given(call, at);
	double number = given ? sandbox_to_number(given) : NAN;

	if (number >= (double)min && number <= (double)max && number == floor(number)) {
		*value = (gint64)number;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%s is a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
	                  what, min, max);
	return FALSE;
}

gboolean script_lane_or_unit(const struct script_call *call, guint at, int *lane, GError **error)
{
	gint64 number = step_lane(call->ctx);

	if (script_given(call, at) &&
	    !script_whole(call, at, "lane", 0, step_n_lanes(call->ctx), &number, error))
		return FALSE;
	*lane = (int)number;
	return TRUE;
}

gboolean script_lane(const struct script_call *call, guint at, int *lane, GError **error)
{
	if (!script_lane_or_unit(call, at, lane, error))
		return FALSE;
	if (*lane > 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  script_given(call, at)
	                          ? "lane is a whole number from 1 to %u"
	                          : "which lane, from 1 to %u? The step is for the whole unit",
	                  step_n_lanes(call->ctx));
	return FALSE;
}

gboolean script_check_fields(const struct sandbox_value *table, const char *const *names,
                             GError **error)
{
	for (guint i = 0; i < table->entries->len; i++) {
		const struct sandbox_entry *entry =
			&g_array_index(table->entries, struct sandbox_entry, i);
		const char *near;

		if (entry->name && g_strv_contains(names, entry->name))
			continue;
		near = entry->name ? suggest_nearest(entry->name, names) : NULL;
		station_error_set(error, STATION_ERROR_CONFIG, "\"%s\" is not known here%s%s%s",
		                  entry->name ? entry->name : "a value without a name",
		                  near ? "; did you mean \"" : "", near ? near : "",
		                  near ? "\"?" : "");
		return FALSE;
	}
	return TRUE;
}

gboolean script_give(const struct script_call *call, struct sandbox_value value)
{
	g_array_append_val(call->results, value);
	return TRUE;
}

gboolean script_give_number(const struct script_call *call, double number)
{
	return script_give(call, sandbox_number(number));
}

gboolean script_give_text(const struct script_call *call, const char *text)
{
	return script_give(call, text ? sandbox_text(text) : (struct sandbox_value){SANDBOX_NIL});
}

gboolean script_give_none(const struct script_call *call, const char *reason)
{
	return script_give(call, (struct sandbox_value){SANDBOX_NIL}) &&
	       script_give_text(call, reason);
}

void script_set_number(struct sandbox_value *table, const char *name, double number)
{
	if (isfinite(number))
		sandbox_table_set(table, name, sandbox_number(number));
}
