/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "station/script/script_struct.h"

#include <math.h>
#include <string.h>

/* What a script leaves in the record, and shows to who watches. */

#define ID_MAX 60

/* Ids are what limits name: of lower-case letters, digits and underscores. */
static gboolean check_id(const char *id, GError **error)
{
	gsize n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (n > 0 && n <= ID_MAX && !id[n] && g_ascii_islower(id[0]))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is no id: lower-case letters, digits and _, a letter first", id);
	return FALSE;
}

static gboolean check_unit(const char *unit, GError **error)
{
	if (unit_is_known(unit))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is no unit: V, A, W, dBm, dB, s, Hz, m, degC..., \"1\" for a "
	                  "plain number",
	                  unit);
	return FALSE;
}

/* Id, unit and lane of what is measured. */
static gboolean check_value(const struct script_call *call, guint unit_at, guint lane_at, int *lane,
                            GError **error)
{
	return check_id(script_text(call, 0, ""), error) &&
	       (!unit_at || check_unit(script_text(call, unit_at, ""), error)) &&
	       script_lane_or_unit(call, lane_at, lane, error) &&
	       script_tell(call->script, 0, error);
}

SCRIPT_CALL(measure)
{
	int lane;

	if (!check_value(call, 2, 4, &lane, error))
		return FALSE;
	step_measure(call->ctx, script_text(call, 0, ""), lane, script_number(call, 1, NAN),
	             script_text(call, 2, ""), script_number(call, 3, NAN));
	return TRUE;
}

static gboolean tell_none(const struct script_call *call,
                          void (*tell)(struct step_context *ctx, const char *id, int lane,
                                       const char *unit, const char *reason),
                          GError **error)
{
	const char *reason = script_text(call, 2, "");
	int lane;

	if (!check_value(call, 1, 3, &lane, error) ||
	    !script_tell(call->script, strlen(reason), error))
		return FALSE;
	tell(call->ctx, script_text(call, 0, ""), lane, script_text(call, 1, ""), reason);
	return TRUE;
}

SCRIPT_CALL(no_value)
{
	return tell_none(call, step_no_value, error);
}

SCRIPT_CALL(no_value_by_unit)
{
	return tell_none(call, step_no_value_by_unit, error);
}

SCRIPT_CALL(check)
{
	const char *reason = script_text(call, 2, "no reason given");
	int lane;

	if (!check_value(call, 0, 3, &lane, error) ||
	    !script_tell(call->script, strlen(reason), error))
		return FALSE;
	step_check(call->ctx, script_text(call, 0, ""), lane, call->arguments[1].boolean, "%s",
	           reason);
	return TRUE;
}

SCRIPT_CALL(judge)
{
	const char *unit = script_text(call, 2, "");
	struct step_opinion opinion;
	struct sandbox_value bounds;
	int lane;

	if (!check_id(script_text(call, 0, ""), error) || !check_unit(unit, error) ||
	    !script_lane_or_unit(call, 4, &lane, error))
		return FALSE;
	opinion = step_would_judge(call->ctx, script_text(call, 0, ""), lane,
	                           script_number(call, 1, NAN), unit, script_number(call, 3, NAN));
	bounds = sandbox_table();
	script_set_number(&bounds, "low", opinion.low);
	script_set_number(&bounds, "high", opinion.high);
	script_set_number(&bounds, "margin", opinion.margin);
	return script_give_text(call, verdict_name(opinion.verdict)) && script_give(call, bounds);
}

SCRIPT_CALL(fail)
{
	station_error_set(error, STATION_ERROR_MODULE, "%s", script_text(call, 0, ""));
	return FALSE;
}

SCRIPT_CALL(note)
{
	const char *text = script_text(call, 0, "");

	if (!script_tell(call->script, strlen(text), error))
		return FALSE;
	step_note(call->ctx, "%s", text);
	return TRUE;
}

SCRIPT_CALL(progress)
{
	double fraction = script_number(call, 0, 0);

	if (fraction >= 0 && fraction <= 1) {
		step_progress(call->ctx, fraction, script_text(call, 1, ""));
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG, "progress goes from 0 to 1");
	return FALSE;
}

SCRIPT_CALL(point)
{
	struct step_point point = {
		.series = script_text(call, 0, ""),
		.lane = step_lane(call->ctx),
		.x_name = script_text(call, 1, ""),
		.x_unit = script_text(call, 2, ""),
		.x = script_number(call, 3, NAN),
		.value = script_number(call, 4, NAN),
		.line = script_number(call, 5, NAN),
	};

	if (!check_id(point.series, error) || !check_unit(point.x_unit, error) ||
	    !script_lane_or_unit(call, 6, &point.lane, error))
		return FALSE;
	point.low = point.high = point.value;
	if (isfinite(point.x) && isfinite(point.value))
		step_show_point(call->ctx, &point);
	return TRUE;
}

/* --- series ----------------------------------------------------------------------------------- */

static gboolean read_point(const struct sandbox_value *item, double point[2])
{
	for (guint k = 0; k < 2; k++) {
		const struct sandbox_value *part = sandbox_table_item(item, k);
		point[k] = part ? sandbox_to_number(part) : NAN;
	}
	return isfinite(point[0]) && isfinite(point[1]);
}

/* The items {x, y} of the list, and its fields. */
static gboolean read_points(const struct sandbox_value *list, struct record_series *into,
                            GError **error)
{
	for (guint i = 0; i < list->entries->len; i++) {
		const struct sandbox_entry *entry =
			&g_array_index(list->entries, struct sandbox_entry, i);
		double point[2];

		if (g_strcmp0(entry->name, "marker_x") == 0) {
			into->marker_x = sandbox_to_number(&entry->value);
		} else if (g_strcmp0(entry->name, "line_y") == 0) {
			into->line_y = sandbox_to_number(&entry->value);
		} else if (!entry->name && read_point(&entry->value, point)) {
			g_array_append_val(into->x, point[0]);
			g_array_append_val(into->y, point[1]);
		} else {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  entry->name ? "a series has no field \"%s\""
			                              : "a point is not {x, y}%s",
			                  entry->name ? entry->name : "");
			return FALSE;
		}
	}
	return TRUE;
}

SCRIPT_CALL(series)
{
	g_autoptr(GArray) x = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) y = g_array_new(FALSE, FALSE, sizeof(double));
	struct record_series read = {.x = x, .y = y, .marker_x = NAN, .line_y = NAN};
	struct record_series *series;
	int lane;

	if (!check_value(call, 2, 6, &lane, error) ||
	    !check_unit(script_text(call, 4, ""), error) ||
	    !read_points(script_given(call, 5), &read, error) ||
	    !script_tell(call->script, 2 * sizeof(double) * x->len, error))
		return FALSE;
	series = step_series(call->ctx, script_text(call, 0, ""), lane);
	record_text(&series->x_name, script_text(call, 1, ""));
	record_text(&series->x_unit, script_text(call, 2, ""));
	record_text(&series->y_name, script_text(call, 3, ""));
	record_text(&series->y_unit, script_text(call, 4, ""));
	g_array_append_vals(series->x, x->data, x->len);
	g_array_append_vals(series->y, y->data, y->len);
	series->marker_x = read.marker_x;
	series->line_y = read.line_y;
	return TRUE;
}

/* clang-format off */
const struct script_function script_report_functions[] = {
	{{"step.measure", "tnt|ni",
	  "(id, value, unit[, uncertainty[, lane]]): a value for the limits to judge, with its "
	  "expanded uncertainty (k = 2)",
	  measure}},
	{{"step.no_value", "ttt|i",
	  "(id, unit, reason[, lane]): there is none, and the station may be why: ERROR where a "
	  "limit asks for it",
	  no_value}},
	{{"step.no_value_by_unit", "ttt|i",
	  "(id, unit, reason[, lane]): there is none because the unit is bad: FAIL",
	  no_value_by_unit}},
	{{"step.check", "tb|ti",
	  "(id, good[, reason[, lane]]): a finding; false makes the step FAIL",
	  check}},
	{{"step.judge", "tnt|ni",
	  "(id, value, unit[, uncertainty[, lane]]): what the limits would say, without a record: "
	  "the verdict, and a table of low, high and margin of the row that decides",
	  judge}},
	{{"step.fail", "t",
	  "(reason): ends the step, the unit being at fault: FAIL",
	  fail}},
	{{"step.note", "t",
	  "(text): for the record and whoever watches",
	  note}},
	{{"step.progress", "n|t",
	  "(fraction[, words]): from 0 to 1",
	  progress}},
	{{"step.series", "tttttT|i",
	  "(id, x_name, x_unit, y_name, y_unit, points[, lane]): a curve for the record; points "
	  "are {x, y}, with fields marker_x and line_y where a place or a line is to be marked",
	  series}},
	{{"step.point", "tttnn|ni",
	  "(series, x_name, x_unit, x, value[, line[, lane]]): one point of a curve, at once, for "
	  "whoever watches",
	  point}},
	{{NULL}},
};
/* clang-format on */
