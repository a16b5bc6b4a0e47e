/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "signal/eye.h"
#include "station/steps/sweep.h"
#include "station/steps/tx_path.h"
#include "station/steps/readings.h"

#include <math.h>
#include <string.h>

/* What a transmitter's eye is worth over one or two of its settings, temperature and supply. */

#define QUANTITIES_MAX 4
#define EYE_COLUMNS    64
#define EYE_ROWS       48
#define EYE_SPAN_UI    2.0

struct quantity {
	const char *what; /* in a plan */
	const char *name;
	const char *mark; /* below a picture */
	const char *unit;
	const char *chart, *map, *best; /* ids */
	gboolean is_best_low;
	gboolean needs_tdecq;
	enum tx_route route;
	double (*of)(const struct pam4_result *result, double symbol_s);
};

static double value_of(struct signal_value value)
{
	return value.status == SIGNAL_OK ? value.value : NAN;
}

static double closure_of(const struct pam4_result *result, double symbol_s)
{
	return value_of(result->tdecq_db);
}

static double oma_of(const struct pam4_result *result, double symbol_s)
{
	return unit_dbm_from_watt(value_of(result->oma_outer_w));
}

static double er_of(const struct pam4_result *result, double symbol_s)
{
	return value_of(result->outer_er_db);
}

static double rlm_of(const struct pam4_result *result, double symbol_s)
{
	return value_of(result->rlm);
}

/* Of the three the smallest counts; one without a value is closed. */
static double height_of(const struct pam4_result *result, double symbol_s)
{
	double least = INFINITY;

	for (guint i = 0; i < G_N_ELEMENTS(result->eye); i++) {
		double height = value_of(result->eye[i].height_w);
		least = isnan(height) || height < least ? height : least;
		if (isnan(least))
			break;
	}
	return least;
}

static double width_of(const struct pam4_result *result, double symbol_s)
{
	double least = INFINITY;

	for (guint i = 0; i < G_N_ELEMENTS(result->eye); i++) {
		double width = value_of(result->eye[i].width_ui);
		least = isnan(width) || width < least ? width : least;
		if (isnan(least))
			break;
	}
	return least * symbol_s;
}

/* clang-format off */
static const struct quantity quantities[] = {
	{"tecq", "TECQ", "TECQ", "dB", "eye_sweep_tecq", "eye_sweep_tecq_map", "eye_sweep_best_tecq",
	 TRUE, TRUE, TX_DIRECT, closure_of},
	{"tdecq", "TDECQ", "TDECQ", "dB", "eye_sweep_tdecq", "eye_sweep_tdecq_map", "eye_sweep_best_tdecq",
	 TRUE, TRUE, TX_DISPERSED, closure_of},
	{"oma", "OMAouter", "OMA", "dBm", "eye_sweep_oma", "eye_sweep_oma_map", "eye_sweep_best_oma",
	 FALSE, FALSE, TX_DIRECT, oma_of},
	{"er", "extinction ratio", "ER", "dB", "eye_sweep_er", "eye_sweep_er_map", "eye_sweep_best_er",
	 FALSE, FALSE, TX_DIRECT, er_of},
	{"rlm", "RLM", "RLM", "1", "eye_sweep_rlm", "eye_sweep_rlm_map", "eye_sweep_best_rlm",
	 FALSE, FALSE, TX_DIRECT, rlm_of},
	{"eye_height", "smallest eye height", "height", "W", "eye_sweep_height", "eye_sweep_height_map",
	 "eye_sweep_best_height", FALSE, TRUE, TX_DIRECT, height_of},
	{"eye_width", "smallest eye width", "width", "s", "eye_sweep_width", "eye_sweep_width_map",
	 "eye_sweep_best_width", FALSE, TRUE, TX_DIRECT, width_of},
};
/* clang-format on */

struct eye_sweep {
	struct sweep sweep;
	const struct quantity *quantity[QUANTITIES_MAX];
	guint n_quantities;
	struct tx_capture how;
	double contour; /* NAN: none */
	guint stride[2];
	gboolean with_pictures;
	double *values; /* by lane, quantity and point; NAN where there is none */
};

static double *value_at(const struct eye_sweep *eyes, guint l, guint q, guint point)
{
	return &eyes->values[(l * eyes->n_quantities + q) * sweep_points(&eyes->sweep) + point];
}

/* --- what is asked for ------------------------------------------------------------------------ */

static const struct quantity *find_quantity(const char *what, GError **error)
{
	const char *names[G_N_ELEMENTS(quantities) + 1] = {NULL};
	const char *nearest;

	for (guint i = 0; i < G_N_ELEMENTS(quantities); i++) {
		if (strcmp(quantities[i].what, what) == 0)
			return &quantities[i];
		names[i] = quantities[i].what;
	}
	nearest = suggest_nearest(what, names);
	g_autofree char *all = g_strjoinv(", ", (char **)names);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "quantity: there is no \"%s\"%s%s%s; there are: %s", what,
	                  nearest ? " (did you mean \"" : "", nearest ? nearest : "",
	                  nearest ? "\"?)" : "", all);
	return NULL;
}

static gboolean read_quantities(struct step_context *ctx, struct eye_sweep *eyes, GError **error)
{
	g_auto(GStrv) words = g_strsplit(step_text(ctx, "quantity"), ",", -1);

	for (guint i = 0; words[i]; i++) {
		const struct quantity *quantity = find_quantity(g_strstrip(words[i]), error);

		if (!quantity)
			return FALSE;
		if (i == QUANTITIES_MAX) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "quantity: no more than %d at once", QUANTITIES_MAX);
			return FALSE;
		}
		for (guint k = 0; k < i; k++)
			if (eyes->quantity[k]->of == quantity->of) {
				station_error_set(error, STATION_ERROR_CONFIG,
				                  "quantity: %s and %s want captures of their own: "
				                  "make it two sweeps",
				                  eyes->quantity[k]->what, quantity->what);
				return FALSE;
			}
		eyes->quantity[eyes->n_quantities++] = quantity;
		eyes->how.with_tdecq = eyes->how.with_tdecq || quantity->needs_tdecq;
		if (quantity->route == TX_DISPERSED)
			eyes->how.route = TX_DISPERSED;
	}
	if (eyes->n_quantities > 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "quantity: which one?");
	return FALSE;
}

static gboolean read_pattern(struct step_context *ctx, struct eye_sweep *eyes, GError **error)
{
	const char *name = step_text(ctx, "pattern");

	if (pattern_from_name(name, &eyes->how.pattern) &&
	    (eyes->how.pattern == PATTERN_PRBS13Q || eyes->how.pattern == PATTERN_SSPRQ))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "pattern: \"%s\" cannot be captured: PRBS13Q or SSPRQ", name);
	return FALSE;
}

static gboolean check_fibre(struct step_context *ctx, const struct eye_sweep *eyes, GError **error)
{
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		if (eyes->how.route == TX_DIRECT || !step_type(ctx)->tdecq_by_fibre ||
		    step_path(ctx, (int)lane)->fibre_channel)
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "quantity: TDECQ of %s needs a fibre, and lane %u of site %d has "
		                  "no fibre_channel: take tecq",
		                  step_type(ctx)->name, lane, step_site(ctx)->site);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_contour(struct step_context *ctx, struct eye_sweep *eyes, GError **error)
{
	const char *text = step_text(ctx, "contour");

	eyes->contour = NAN;
	if (!*text || unit_parse(text, eyes->quantity[0]->unit, &eyes->contour, error))
		return TRUE;
	g_prefix_error(error, "contour (%s): ", eyes->quantity[0]->name);
	return FALSE;
}

static gboolean read_all(struct step_context *ctx, struct eye_sweep *eyes, GError **error)
{
	const guint kinds = SWEEP_BIT(SWEEP_KNOB) | SWEEP_BIT(SWEEP_SUPPLY) | SWEEP_BIT(SWEEP_CASE);

	eyes->how.passes = step_count(ctx, "passes");
	if (!sweep_read(ctx, kinds, &eyes->sweep, error) || !read_quantities(ctx, eyes, error) ||
	    !read_pattern(ctx, eyes, error) || !check_fibre(ctx, eyes, error) ||
	    !read_contour(ctx, eyes, error))
		return FALSE;
	eyes->with_pictures = sweep_thin(&eyes->sweep, step_n_lanes(ctx),
	                                 step_count(ctx, "pictures"), eyes->stride);
	return TRUE;
}

/* --- a point ---------------------------------------------------------------------------------- */

static const char *route_name(const struct optical_type *type, enum tx_route route)
{
	if (route == TX_DIRECT)
		return "direct";
	return type->tdecq_by_fibre ? "fibre" : "bandwidth";
}

static void name_eye(struct record_eye *eye, const struct eye_sweep *eyes, const char *route,
                     const struct sweep_point *point, double value)
{
	const struct sweep_axis *x = &eyes->sweep.axis[0], *y = &eyes->sweep.axis[1];
	g_autofree char *text =
		isnan(value) ? g_strdup("none") : unit_format(value, eyes->quantity[0]->unit, 3);

	record_text(&eye->kind, "captured");
	record_text(&eye->route, route);
	record_text(&eye->x_name, x->name);
	record_text(&eye->x_unit, x->unit);
	record_text(&eye->y_name, y->name);
	record_text(&eye->y_unit, y->unit);
	g_free(eye->note);
	eye->note = g_strdup_printf("%s %s", eyes->quantity[0]->mark, text);
	eye->x_value = x->value[point->at[0]];
	eye->y_value = y->kind == SWEEP_NONE ? NAN : y->value[point->at[1]];
}

static gboolean draw(struct step_context *ctx, const struct eye_sweep *eyes, int lane,
                     const struct sweep_point *point, const struct waveform *wave,
                     const struct pam4_result *result, GError **error)
{
	g_autoptr(eye_density) density = eye_density_new(wave, result->alignment.start_samples,
	                                                 EYE_COLUMNS, EYE_ROWS, 0, 0, error);
	struct record_eye *eye;

	if (!density)
		return FALSE;
	eye = step_eye(ctx, "eye_sweep", lane);
	name_eye(eye, eyes, route_name(step_type(ctx), eyes->how.route), point,
	         *value_at(eyes, (guint)lane - 1, 0, sweep_index(&eyes->sweep, point)));
	eye->columns = density->columns;
	eye->rows = density->rows;
	g_array_append_vals(eye->counts, density->count, density->columns * density->rows);
	eye->x_span_ui = EYE_SPAN_UI;
	eye->y_min_w = density->bottom_w;
	eye->y_max_w = density->top_w;
	step_show_eye(ctx, eye);
	return TRUE;
}

/* A setting at which there is no eye or no light has no value; that is what a sweep is to find. */
static gboolean measure_lane(struct step_context *ctx, const struct eye_sweep *eyes, int lane,
                             const struct sweep_point *point, GError **error)
{
	guint index = sweep_index(&eyes->sweep, point);
	g_autoptr(waveform) wave = NULL;
	struct pam4_result result;
	GError *local = NULL;

	if (!tx_path_measure(ctx, lane, &eyes->how, &result, &wave, &local)) {
		gboolean is_none = g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA);

		if (is_none)
			g_error_free(local);
		else
			g_propagate_error(error, local);
		return is_none;
	}
	for (guint q = 0; q < eyes->n_quantities; q++)
		*value_at(eyes, (guint)lane - 1, q, index) =
			eyes->quantity[q]->of(&result, 1 / step_type(ctx)->symbol_rate_bd);
	return !eyes->with_pictures || !sweep_is_drawn(&eyes->sweep, eyes->stride, point) ||
	       draw(ctx, eyes, lane, point, wave, &result, error);
}

static gboolean measure(struct step_context *ctx, const struct sweep *sweep,
                        const struct sweep_point *point, guint changed, gpointer data,
                        GError **error)
{
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!measure_lane(ctx, data, (int)lane, point, error))
			return FALSE;
	return TRUE;
}

/* --- report ----------------------------------------------------------------------------------- */

/* Place of the best value of a lane; -1 when there is none. */
static int best_of(const struct eye_sweep *eyes, guint l, guint q)
{
	const double *values = value_at(eyes, l, q, 0);
	int best = -1;

	for (guint i = 0; i < sweep_points(&eyes->sweep); i++) {
		if (!isfinite(values[i]))
			continue;
		if (best < 0 || (eyes->quantity[q]->is_best_low ? values[i] < values[best]
		                                                : values[i] > values[best]))
			best = (int)i;
	}
	return best;
}

static void record_chart(struct step_context *ctx, const struct eye_sweep *eyes, guint l, guint q)
{
	const struct quantity *quantity = eyes->quantity[q];
	const struct sweep_axis *x = &eyes->sweep.axis[0];
	struct record_series *series = step_series(ctx, quantity->chart, (int)l + 1);

	readings_name(series, x->name, x->unit, quantity->name, quantity->unit);
	g_free(series->group);
	series->group = g_strdup_printf("over %s", x->name);
	for (guint i = 0; i < x->n; i++) {
		double y = *value_at(eyes, l, q, i);

		if (!isfinite(y))
			continue;
		g_array_append_val(series->x, x->value[i]);
		g_array_append_val(series->y, y);
	}
	series->line_y = q == 0 ? eyes->contour : NAN;
}

/* Beyond an end of an axis it may be better still. */
static gboolean is_at_edge(const struct eye_sweep *eyes, int best)
{
	guint n = eyes->sweep.axis[0].n, at[2] = {(guint)best % n, (guint)best / n};

	for (guint a = 0; a < 2; a++)
		if (at[a] == 0 || at[a] + 1 == eyes->sweep.axis[a].n)
			return TRUE;
	return FALSE;
}

static char *below_map(const struct eye_sweep *eyes, guint l, guint q, int best)
{
	const struct quantity *first = eyes->quantity[0], *quantity = eyes->quantity[q];
	double value = *value_at(eyes, l, q, (guint)best);
	g_autofree char *text = isfinite(value) ? unit_format(value, quantity->unit, 3)
	                                        : g_strdup("without a value");

	if (q > 0)
		return g_strdup_printf("There, at the best %s, %s is %s.", first->name,
		                       quantity->name, text);
	return g_strdup_printf("There %s is %s, the best%s.", first->name, text,
	                       is_at_edge(eyes, best) ? ", and at the edge of the sweep" : "");
}

static void record_map(struct step_context *ctx, const struct eye_sweep *eyes, guint l, guint q)
{
	const struct quantity *quantity = eyes->quantity[q];
	const struct sweep_axis *x = &eyes->sweep.axis[0], *y = &eyes->sweep.axis[1];
	struct record_map *map = step_map(ctx, quantity->map, (int)l + 1);
	int best = best_of(eyes, l, 0);

	record_text(&map->x_name, x->name);
	record_text(&map->x_unit, x->unit);
	record_text(&map->y_name, y->name);
	record_text(&map->y_unit, y->unit);
	record_text(&map->z_name, quantity->name);
	record_text(&map->z_unit, quantity->unit);
	g_array_append_vals(map->x, x->value, x->n);
	g_array_append_vals(map->y, y->value, y->n);
	g_array_append_vals(map->z, value_at(eyes, l, q, 0), sweep_points(&eyes->sweep));
	map->line_z = q == 0 ? eyes->contour : NAN;
	if (best < 0)
		return;
	map->best_x = x->value[(guint)best % x->n];
	map->best_y = y->value[(guint)best / x->n];
	g_free(map->note);
	map->note = below_map(eyes, l, q, best);
}

static double uncertainty_of(struct step_context *ctx, const struct quantity *quantity)
{
	if (strcmp(quantity->unit, "dBm") == 0)
		return tx_path_scope_uncertainty_db(ctx);
	return quantity->of == closure_of ? step_number(ctx, "tdecq_uncertainty") : NAN;
}

/* What was measured until it ended is shown, however it ended. */
static void report(struct step_context *ctx, const struct eye_sweep *eyes)
{
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		for (guint q = 0; q < eyes->n_quantities; q++) {
			const struct quantity *quantity = eyes->quantity[q];
			int best = best_of(eyes, l, q);

			if (best < 0) {
				step_no_value(ctx, quantity->best, (int)l + 1, quantity->unit,
				              "no point of the sweep had a value");
				continue;
			}
			step_measure(ctx, quantity->best, (int)l + 1,
			             *value_at(eyes, l, q, (guint)best), quantity->unit,
			             uncertainty_of(ctx, quantity));
			if (eyes->sweep.axis[1].kind == SWEEP_NONE)
				record_chart(ctx, eyes, l, q);
			else
				record_map(ctx, eyes, l, q);
		}
}

static gboolean eye_sweep(struct step_context *ctx, GError **error)
{
	struct eye_sweep eyes = {0};
	const struct sweep_work work = {measure, &eyes};
	gboolean ok;
	guint n;

	if (!read_all(ctx, &eyes, error))
		return FALSE;
	n = step_n_lanes(ctx) * eyes.n_quantities * sweep_points(&eyes.sweep);
	g_autofree double *values = eyes.values = g_new(double, n);
	for (guint i = 0; i < n; i++)
		values[i] = NAN;
	ok = sweep_run(ctx, &eyes.sweep, &work, error);
	report(ctx, &eyes);
	return ok;
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	SWEEP_PARAMS,
	{"quantity", NULL, "tecq, oma, er",
         "up to four of tecq, tdecq, oma, er, rlm, eye_height, eye_width; the first decides which "
         "point is best"},
	{"contour", NULL, "", "limit that the map of the first is to show"},
	{"pattern", NULL, "PRBS13Q", "that the module sends: PRBS13Q or SSPRQ"},
	{"pictures", STEP_COUNT, "36", "eyes drawn at most, of all lanes together", 0, 64},
	{"passes", STEP_COUNT, "1", "sweeps of the scope averaged", 1, 256},
	{"settle", "s", "50 ms", "from a change to the look"},
	{"tdecq_uncertainty", "dB", "0.2 dB", "expanded uncertainty of TECQ and TDECQ"},
	{0},
};

const struct step_def step_eye_sweep = {
	.name = "eye-sweep",
	.help = "eye of every lane over one or two of a knob, temperature and supply",
	.scope = STEP_UNIT,
	.needs = TX_PATH_NEEDS | SWEEP_NEEDS,
	.limit_s = SWEEP_LIMIT_S,
	.params = params,
	.run = eye_sweep,
};
