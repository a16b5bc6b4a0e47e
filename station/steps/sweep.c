/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/sweep.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "instruments/bert.h"
#include "station/steps/corner.h"

#include <math.h>
#include <string.h>

/* Temperatures that no 400G module is made for [M]. */
#define CASE_MIN_DEGC (-40.0)
#define CASE_MAX_DEGC 85.0
/* Values further apart than this part of themselves are two. */
#define SAME 1e-9

/* --- axes ------------------------------------------------------------------------------------- */

static const struct {
	const char *what; /* in a plan */
	enum sweep_kind kind;
	const char *name;
	const char *unit;
	double min, max;
} fixed[] = {
	{"oma", SWEEP_POWER, "OMAouter at the receiver", "dBm", -60, 20},
	{"attenuation", SWEEP_ATTENUATION, "attenuation", "dB", 0, 80},
	{"host_swing", SWEEP_HOST_SWING, "host swing", "1", 0, 3},
	{"pattern", SWEEP_PATTERN, "pattern", "1", 0, BERT_N_PATTERNS},
	{"supply", SWEEP_SUPPLY, "supply", "V", CORNER_SUPPLY_MIN_V, CORNER_SUPPLY_MAX_V},
	{"temperature", SWEEP_CASE, "case temperature", "degC", CASE_MIN_DEGC, CASE_MAX_DEGC},
};

/* What may stand in a plan, for messages; null-terminated, free with g_free. */
static const char **possible(guint kinds, const struct knob_map *map)
{
	guint n_knobs = 0, n = 0;
	const struct knob *knobs = knob_map_knobs(map, &n_knobs);
	const char **names = g_new0(const char *, G_N_ELEMENTS(fixed) + n_knobs + 1);

	for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
		if (kinds & SWEEP_BIT(fixed[i].kind))
			names[n++] = fixed[i].what;
	for (guint i = 0; i < n_knobs; i++)
		if ((kinds & SWEEP_BIT(SWEEP_KNOB)) && !knobs[i].read_only && !knobs[i].entries)
			names[n++] = knobs[i].name;
	return names;
}

/* The kind of axis, and between which values. */
static gboolean find_kind(struct sweep_axis *axis, const struct sweep_wish *wish, guint kinds,
                          const struct knob_map *map, double *min, double *max, GError **error)
{
	g_autofree const char **names = possible(kinds, map);
	const char *nearest = suggest_nearest(wish->what, names);
	const struct knob *knob;

	for (guint i = 0; i < G_N_ELEMENTS(fixed); i++) {
		if (strcmp(fixed[i].what, wish->what) != 0 || !(kinds & SWEEP_BIT(fixed[i].kind)))
			continue;
		*axis = (struct sweep_axis){.kind = fixed[i].kind,
		                            .name = fixed[i].name,
		                            .unit = fixed[i].unit};
		*min = fixed[i].min;
		*max = fixed[i].max;
		return TRUE;
	}
	if (!g_strv_contains(names, wish->what)) {
		g_autofree char *all = g_strjoinv(", ", (char **)names);
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: \"%s\" cannot be swept here%s%s%s; what can: %s",
		                  wish->param, wish->what, nearest ? " (did you mean \"" : "",
		                  nearest ? nearest : "", nearest ? "\"?)" : "", all);
		return FALSE;
	}
	knob = knob_map_find(map, wish->what, error);
	if (!knob)
		return FALSE;
	*axis = (struct sweep_axis){.kind = SWEEP_KNOB,
	                            .name = knob->name,
	                            .unit = knob->unit,
	                            .knob = knob->name};
	knob_limits(knob, min, max);
	return TRUE;
}

static gboolean read_pattern(const char *text, double *value)
{
	for (guint i = 0; i < BERT_N_PATTERNS; i++) {
		*value = i;
		if (strcmp(text, bert_pattern_name((enum bert_pattern)i)) == 0)
			return TRUE;
	}
	return FALSE;
}

/* suffix: which of the axis' parameters the text stands in. */
static gboolean read_value(const struct sweep_axis *axis, const struct sweep_wish *wish,
                           const char *suffix, const char *text, const double range[2],
                           double *value, GError **error)
{
	if (axis->kind == SWEEP_PATTERN) {
		if (read_pattern(text, value))
			return TRUE;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s%s: there is no pattern \"%s\": PRBS13Q, PRBS31Q or SSPRQ",
		                  wish->param, suffix, text);
		return FALSE;
	}
	if (!unit_parse(text, axis->unit, value, error)) {
		g_prefix_error(error, "%s%s (%s): ", wish->param, suffix, axis->name);
		return FALSE;
	}
	if (axis->kind == SWEEP_HOST_SWING && *value != nearbyint(*value)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s%s: %s is a code, a whole number, not %s", wish->param, suffix,
		                  axis->name, text);
		return FALSE;
	}
	if (*value >= range[0] - SAME && *value <= range[1] + SAME)
		return TRUE;
	g_autofree char *low = unit_format(range[0], axis->unit, 5);
	g_autofree char *high = unit_format(range[1], axis->unit, 5);
	station_error_set(error, STATION_ERROR_CONFIG, "%s%s: %s can be %s to %s, not %s",
	                  wish->param, suffix, axis->name, low, high, text);
	return FALSE;
}

static int compare_values(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* In ascending order, as maps want it; patterns stay as they are. */
static gboolean read_list(struct sweep_axis *axis, const struct sweep_wish *wish,
                          const double range[2], GError **error)
{
	g_auto(GStrv) words = g_strsplit(wish->values, ",", -1);

	if (*wish->from || *wish->to) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: either %s_values, or %s_from and %s_to", wish->param,
		                  wish->param, wish->param, wish->param);
		return FALSE;
	}
	for (guint i = 0; words[i]; i++) {
		if (axis->n == SWEEP_POINTS_MAX) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "%s_values: more than %d values", wish->param,
			                  SWEEP_POINTS_MAX);
			return FALSE;
		}
		if (!read_value(axis, wish, "_values", g_strstrip(words[i]), range,
		                &axis->value[axis->n], error))
			return FALSE;
		axis->n++;
	}
	if (axis->kind != SWEEP_PATTERN)
		qsort(axis->value, axis->n, sizeof axis->value[0], compare_values);
	return TRUE;
}

/* What has no values between others is listed. */
static gboolean is_listed(const struct sweep_axis *axis)
{
	return axis->kind == SWEEP_PATTERN || axis->kind == SWEEP_HOST_SWING;
}

static gboolean read_range(struct sweep_axis *axis, const struct sweep_wish *wish,
                           const double range[2], GError **error)
{
	double from, to;

	if (is_listed(axis)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s needs %s_values: %s",
		                  wish->param, axis->name, wish->param,
		                  axis->kind == SWEEP_PATTERN ? "names of patterns" : "codes");
		return FALSE;
	}
	if (!*wish->from || !*wish->to) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: %s needs %s_values, or %s_from and _to", wish->param,
		                  axis->name, wish->param, wish->param);
		return FALSE;
	}
	if (!read_value(axis, wish, "_from", wish->from, range, &from, error) ||
	    !read_value(axis, wish, "_to", wish->to, range, &to, error))
		return FALSE;
	axis->n = wish->points;
	for (guint i = 0; i < axis->n; i++)
		axis->value[i] = from + (to - from) * i / (axis->n - 1);
	return TRUE;
}

static gboolean are_different(const struct sweep_axis *axis)
{
	for (guint i = 1; i < axis->n; i++)
		for (guint k = 0; k < i; k++)
			if (fabs(axis->value[i] - axis->value[k]) <=
			    SAME * fmax(1e-3, fabs(axis->value[i])))
				return FALSE;
	return TRUE;
}

gboolean sweep_axis_read(struct sweep_axis *axis, const struct sweep_wish *wish, guint kinds,
                         const struct knob_map *map, GError **error)
{
	double range[2];

	*axis = (struct sweep_axis){.kind = SWEEP_NONE, .name = "", .unit = "", .n = 1};
	if (!*wish->what)
		return TRUE;
	if (!find_kind(axis, wish, kinds, map, &range[0], &range[1], error) ||
	    !(*wish->values ? read_list(axis, wish, range, error)
	                    : read_range(axis, wish, range, error)))
		return FALSE;
	if (are_different(axis))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: two values of %s are the same",
	                  wish->param, axis->name);
	return FALSE;
}

static gboolean is_power(const struct sweep_axis *axis)
{
	return axis->kind == SWEEP_POWER || axis->kind == SWEEP_ATTENUATION;
}

static gboolean check_pair(struct step_context *ctx, const struct sweep *sweep, GError **error)
{
	const struct sweep_axis *x = &sweep->axis[0], *y = &sweep->axis[1];

	if (x->kind == SWEEP_NONE) {
		station_error_set(error, STATION_ERROR_CONFIG, "x: what is to be swept?");
		return FALSE;
	}
	if (strcmp(x->name, y->name) == 0 || (is_power(x) && is_power(y))) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "y: %s cannot be swept over %s, it is the same thing", y->name,
		                  x->name);
		return FALSE;
	}
	if (isnan(step_case_degc(ctx)) && (x->kind >= SWEEP_SUPPLY || y->kind >= SWEEP_SUPPLY)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "temperature and supply can only be swept at a corner, which the "
		                  "unit goes back to");
		return FALSE;
	}
	return TRUE;
}

gboolean sweep_read(struct step_context *ctx, guint kinds, struct sweep *sweep, GError **error)
{
	const struct sweep_wish x = {"x",
	                             step_text(ctx, "x"),
	                             step_text(ctx, "x_from"),
	                             step_text(ctx, "x_to"),
	                             step_text(ctx, "x_values"),
	                             step_count(ctx, "x_points")};
	const struct sweep_wish y = {"y",
	                             step_text(ctx, "y"),
	                             step_text(ctx, "y_from"),
	                             step_text(ctx, "y_to"),
	                             step_text(ctx, "y_values"),
	                             step_count(ctx, "y_points")};

	if (!sweep_axis_read(&sweep->axis[0], &x, kinds, step_knobs(ctx), error) ||
	    !sweep_axis_read(&sweep->axis[1], &y, kinds, step_knobs(ctx), error) ||
	    !check_pair(ctx, sweep, error))
		return FALSE;
	if (is_power(&sweep->axis[1]) ||
	    (sweep->axis[0].kind == SWEEP_PATTERN && sweep->axis[1].kind != SWEEP_NONE)) {
		struct sweep_axis axis = sweep->axis[0];
		sweep->axis[0] = sweep->axis[1];
		sweep->axis[1] = axis;
	}
	return TRUE;
}

/* --- points ----------------------------------------------------------------------------------- */

guint sweep_points(const struct sweep *sweep)
{
	return sweep->axis[0].n * sweep->axis[1].n;
}

guint sweep_index(const struct sweep *sweep, const struct sweep_point *point)
{
	return point->at[1] * sweep->axis[0].n + point->at[0];
}

char *sweep_value_text(const struct sweep_axis *axis, guint i)
{
	if (axis->kind == SWEEP_PATTERN)
		return g_strdup(bert_pattern_name((enum bert_pattern)axis->value[i]));
	if (axis->kind == SWEEP_HOST_SWING)
		return g_strdup_printf("code %.0f", axis->value[i]);
	if (axis->kind == SWEEP_NONE)
		return g_strdup("");
	return unit_format(axis->value[i], axis->unit, 4);
}

/* The i-th value that an axis takes. */
static guint place(const struct sweep_axis *axis, guint i, double case_degc)
{
	gboolean backwards =
		axis->kind == SWEEP_CASE &&
		fabs(axis->value[axis->n - 1] - case_degc) < fabs(axis->value[0] - case_degc);

	return backwards ? axis->n - 1 - i : i;
}

void sweep_order(const struct sweep *sweep, double case_degc, struct sweep_point *points)
{
	guint outer = sweep->axis[0].kind > sweep->axis[1].kind ? 0 : 1, inner = 1 - outer;

	for (guint o = 0; o < sweep->axis[outer].n; o++)
		for (guint i = 0; i < sweep->axis[inner].n; i++, points++) {
			points->at[outer] = place(&sweep->axis[outer], o, case_degc);
			points->at[inner] = place(&sweep->axis[inner], i, case_degc);
		}
}

/* --- pictures --------------------------------------------------------------------------------- */

static guint drawn(const struct sweep_axis *axis, guint stride)
{
	return (axis->n + stride - 1) / stride;
}

gboolean sweep_thin(const struct sweep *sweep, guint n_lanes, guint most, guint stride[2])
{
	stride[0] = stride[1] = 1;
	if (most < n_lanes)
		return FALSE;
	for (;;) {
		guint x = drawn(&sweep->axis[0], stride[0]), y = drawn(&sweep->axis[1], stride[1]);

		if (x * y * n_lanes <= most)
			return TRUE;
		stride[x >= y ? 0 : 1]++;
	}
}

gboolean sweep_is_drawn(const struct sweep *sweep, const guint stride[2],
                        const struct sweep_point *point)
{
	for (guint a = 0; a < 2; a++) {
		/* what is left over is shared by both ends */
		guint first = (sweep->axis[a].n - 1) % stride[a] / 2;

		if (point->at[a] % stride[a] != first)
			return FALSE;
	}
	return TRUE;
}
