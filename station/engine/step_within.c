/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "station/engine/run.h"

#include <math.h>
#include <string.h>

/* --- values of parameters --------------------------------------------------------------------- */

static gboolean may_be_negative(const char *unit)
{
	return strcmp(unit, "dB") == 0 || strcmp(unit, "dBm") == 0 || strcmp(unit, "degC") == 0;
}

static gboolean is_count(const struct step_param *param)
{
	return strcmp(param->unit, STEP_COUNT) == 0;
}

gboolean step_value_check(const struct step_param *param, double number, GError **error)
{
	double whole;

	if (is_count(param)) {
		if (modf(number, &whole) == 0.0 && number >= param->min && number <= param->max)
			return TRUE;
		station_error_set(error, STATION_ERROR_CONFIG, "%s is a whole number from %u to %u",
		                  param->name, param->min, param->max);
		return FALSE;
	}
	if (isfinite(number) && (number >= 0 || may_be_negative(param->unit)))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  isfinite(number) ? "%s must not be below zero" : "%s is not a number",
	                  param->name);
	return FALSE;
}

gboolean step_value_parse(const struct step_param *param, const char *text,
                          struct step_value *value, GError **error)
{
	GError *local = NULL;

	if (!text && !param->absent) {
		station_error_set(error, STATION_ERROR_CONFIG, "needs \"%s\": %s%s%s", param->name,
		                  param->help, param->unit ? ", in " : "",
		                  param->unit ? param->unit : "");
		return FALSE;
	}
	text = text ? text : param->absent;
	if (!param->unit) {
		value->text = g_strdup(text);
		return TRUE;
	}
	if (!unit_parse(text, is_count(param) ? "1" : param->unit, &value->number, &local)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", param->name,
		                  local->message);
		g_error_free(local);
		return FALSE;
	}
	return step_value_check(param, value->number, error);
}

/* --- a step in a step ------------------------------------------------------------------------- */

/* What the step lacks; free with g_free. */
static char *missing_classes(guint missing)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		if (missing & (1u << i))
			g_string_append_printf(text, "%s%s", text->len ? ", " : "",
			                       instrument_class_name(i));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean may_run(const struct step_context *ctx, const struct step_def *def, int lane,
                        GError **error)
{
	guint missing = def->needs & ~ctx->needs;
	g_autofree char *classes = missing_classes(missing);

	if (missing)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s needs %s, which this step does not name in its needs",
		                  def->name, classes);
	else if (def->needs_fibre && ctx->item->def && !ctx->item->def->needs_fibre)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s needs the fibre, which this step does not say (needs_fibre)",
		                  def->name);
	else if (plan_enters_corner(def))
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s enters a corner: only the plan does", def->name);
	else if ((def->scope == STEP_LANE) != (lane != 0) || lane < 0 ||
	         lane > (int)step_n_lanes(ctx))
		station_error_set(error, STATION_ERROR_CONFIG, "%s is for %s", def->name,
		                  def->scope == STEP_LANE ? "one lane of the unit"
		                                          : "the whole unit");
	else
		return TRUE;
	return FALSE;
}

gboolean step_run_within(struct step_context *ctx, const struct step_def *def,
                         const struct step_value *values, int lane, GError **error)
{
	struct plan_item item = {
		.name = ctx->item->name,
		.def = def,
		.values = (struct step_value *)values,
	};
	struct step_context within = *ctx;

	if (!may_run(ctx, def, lane, error))
		return FALSE;
	within.item = &item;
	within.lane = lane;
	within.is_within = TRUE;
	within.bounds = bounds_within(&ctx->bounds, def->limit_s);
	if (def->run(&within, error))
		return run_rest(&within, error);
	run_drop_rest(&within);
	station_error_set(error, STATION_ERROR_INTERNAL, "step %s failed without saying why",
	                  def->name);
	return FALSE;
}
