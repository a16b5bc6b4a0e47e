/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/rx_points.h"

#include "base/error.h"
#include "instruments/bert.h"
#include "signal/ber.h"
#include "signal/ber_gate.h"
#include "station/steps/rx_path.h"
#include "station/steps/readings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIT_POINTS 40
#define CONFIDENCE 0.95
#define OMA_NAME   "OMAouter at the receiver"
#define INPUTS_MAX (2 * CONFIG_LANES_MAX)

gboolean rx_points_align_lane(struct step_context *ctx, int lane, gboolean *aligned, GError **error)
{
	const struct config_lane *path = step_path(ctx, lane);
	g_autoptr(GError) local = NULL;

	*aligned = bert_align_inputs(step_instrument(ctx, INSTRUMENT_BERT), path->ed_channels,
	                             path->n_ed_channels, step_bounds(ctx), &local);
	if (*aligned || g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

gboolean rx_points_align(struct step_context *ctx, gboolean aligned[CONFIG_LANES_MAX],
                         GError **error)
{
	gboolean any = FALSE;

	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		if (!rx_points_align_lane(ctx, (int)l + 1, &aligned[l], error))
			return FALSE;
		any = any || aligned[l];
	}
	if (!any)
		station_error_set(error, STATION_ERROR_DATA,
		                  "the error detector finds no pattern on any lane: reference "
		                  "transmitters or error detector");
	return any;
}

gboolean rx_points_count(struct step_context *ctx, double gate_s,
                         struct rx_count counts[CONFIG_LANES_MAX], GError **error)
{
	struct instrument *bert = step_instrument(ctx, INSTRUMENT_BERT);
	guint inputs[INPUTS_MAX], n = 0, next = 0;
	struct bert_count raw[INPUTS_MAX];

	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		const struct config_lane *path = step_path(ctx, (int)l + 1);

		for (guint i = 0; i < path->n_ed_channels; i++)
			inputs[n++] = path->ed_channels[i];
	}
	if (!bert_count(bert, inputs, n, gate_s, raw, step_bounds(ctx), error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		counts[l] = (struct rx_count){.lock = TRUE};
		for (guint i = 0; i < step_path(ctx, (int)l + 1)->n_ed_channels; i++) {
			counts[l].bits += raw[next].bits;
			counts[l].errors += raw[next].errors;
			counts[l].lock = counts[l].lock && raw[next].lock;
			next++;
		}
	}
	return TRUE;
}

/* --- placed points --------------------------------------------------------------------------- */

gboolean rx_points_are_placed(const struct step_context *ctx, gboolean *placed, GError **error)
{
	const char *placement = step_text(ctx, "placement");

	*placed = strcmp(placement, "placed") == 0;
	if (*placed || strcmp(placement, "even") == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "placement: \"%s\" is neither placed nor even", placement);
	return FALSE;
}

void rx_points_placement(const struct step_context *ctx, double from_dbm, double to_dbm,
                         struct ber_placement *placement)
{
	/* two bits a symbol, as long as the shortest count */
	double bits = 2 * step_type(ctx)->symbol_rate_bd * step_number(ctx, "least_gate");

	ber_placement_default(placement, from_dbm, to_dbm);
	placement->bits = bits;
	placement->burst = step_number(ctx, "burst");
	placement->standard_error_db = step_number(ctx, "fit_error");
	placement->fit.target_ber = step_type(ctx)->ber_limit;
	placement->fit.power_sigma_db = step_number(ctx, "repeatability");
}

static gboolean gains(const struct ber_placement *placement, const struct rx_count *count)
{
	return count->lock && !ber_placement_counted(placement, count->bits, count->errors);
}

gboolean rx_points_count_parts(struct step_context *ctx, const struct ber_placement *placement,
                               struct rx_count counts[CONFIG_LANES_MAX], double *used_s,
                               GError **error)
{
	double full_s = step_number(ctx, "gate"), at_s = 0.0;
	double least_s = fmax(step_number(ctx, "least_gate"),
	                      bert_shortest_gate_s(step_instrument(ctx, INSTRUMENT_BERT)));
	gboolean more = TRUE, is_last = FALSE;

	for (guint l = 0; l < step_n_lanes(ctx); l++)
		counts[l] = (struct rx_count){.lock = TRUE};
	while (more && !is_last) {
		double part_s = ber_gate_next_s(at_s, least_s, full_s);
		struct rx_count part[CONFIG_LANES_MAX];

		is_last = part_s >= full_s - at_s;
		at_s += part_s;
		if (!rx_points_count(ctx, part_s, part, error))
			return FALSE;
		more = FALSE;
		for (guint l = 0; l < step_n_lanes(ctx); l++) {
			counts[l].bits += part[l].bits;
			counts[l].errors += part[l].errors;
			counts[l].lock = counts[l].lock && part[l].lock;
			more = more || gains(placement, &counts[l]);
		}
	}
	*used_s += at_s;
	return TRUE;
}

static int by_falling_power(const void *a, const void *b)
{
	double pa = ((const struct ber_point *)a)->oma_dbm;
	double pb = ((const struct ber_point *)b)->oma_dbm;

	return pa > pb ? -1 : pa < pb;
}

void rx_points_sort(struct rx_points *points)
{
	qsort(points->points, points->n, sizeof points->points[0], by_falling_power);
}

/* --- what is made of them -------------------------------------------------------------------- */

void rx_points_show(struct step_context *ctx, int lane, const struct rx_points_place *place,
                    guint64 bits, guint64 errors)
{
	struct ber_estimate ber;

	if (!ber_from_counts(bits, errors, CONFIDENCE, &ber, NULL))
		return;
	const struct step_point point = {
		.series = place->series,
		.lane = lane,
		.x_name = place->x_name,
		.x_unit = place->x_unit,
		.x = place->x,
		.value = ber.ber,
		.low = ber.lower,
		.high = ber.upper,
		.line = step_type(ctx)->ber_limit,
	};
	step_show_point(ctx, &point);
}

void rx_points_add(struct step_context *ctx, int lane, const char *series, struct rx_points *points,
                   double oma_dbm, const struct rx_count *count)
{
	const struct rx_points_place place = {series, OMA_NAME, "dBm", oma_dbm};

	g_return_if_fail(points->n < RX_POINTS_MAX);
	if (!count->lock)
		return;
	points->points[points->n++] = (struct ber_point){oma_dbm, count->bits, count->errors};
	rx_points_show(ctx, lane, &place, count->bits, count->errors);
}

/* The fit between the first and the last point, with its band where there is one. */
static void record_fit(struct record_series *series, const struct ber_waterfall *fit, double first,
                       double last)
{
	series->marker_x = fit->sensitivity_dbm.value;
	series->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->fit_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->fit_high = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i <= FIT_POINTS; i++) {
		double x = first + (last - first) * i / FIT_POINTS, y = ber_waterfall_at(fit, x);
		double low, high;

		ber_waterfall_band_at(fit, x, &low, &high);
		g_array_append_val(series->x_fit, x);
		g_array_append_val(series->y_fit, y);
		g_array_append_val(series->fit_low, low);
		g_array_append_val(series->fit_high, high);
	}
}

static gboolean draw(struct step_context *ctx, int lane, const struct rx_points *taken,
                     const struct rx_points_report *report, const struct ber_waterfall *fit,
                     GError **error)
{
	struct record_series *series = step_series(ctx, report->series_id, lane);

	readings_name(series, OMA_NAME, "dBm", "pre-FEC bit error ratio", "1");
	series->y_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_high = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i < taken->n; i++) {
		struct ber_estimate ber;

		if (!ber_from_counts(taken->points[i].bits, taken->points[i].errors, CONFIDENCE,
		                     &ber, error))
			return FALSE;
		g_array_append_val(series->x, taken->points[i].oma_dbm);
		g_array_append_val(series->y, ber.ber);
		g_array_append_val(series->y_low, ber.lower);
		g_array_append_val(series->y_high, ber.upper);
	}
	series->line_y = report->target_ber;
	if (fit->sensitivity_dbm.status == SIGNAL_OK)
		record_fit(series, fit, taken->points[0].oma_dbm,
		           taken->points[taken->n - 1].oma_dbm);
	return TRUE;
}

gboolean rx_points_fit(struct step_context *ctx, int lane, const struct rx_points *points,
                       const struct rx_points_report *report, struct ber_waterfall *fit,
                       GError **error)
{
	const struct signal_value *value = &fit->sensitivity_dbm;
	struct ber_waterfall_settings settings;

	ber_waterfall_settings_default(&settings);
	settings.target_ber = report->target_ber;
	settings.power_sigma_db = report->repeatability_db;
	if (!ber_waterfall_fit(points->points, points->n, &settings, fit, error) ||
	    !draw(ctx, lane, points, report, fit, error))
		return FALSE;
	if (value->status == SIGNAL_OK)
		step_measure(ctx, report->value_id, lane, value->value, "dBm",
		             hypot(hypot(rx_path_uncertainty_db(ctx), 2 * fit->standard_error_db),
		                   report->extra_db));
	else
		step_no_value_by_unit(ctx, report->value_id, lane, "dBm", value->reason);
	step_check(ctx, report->check_id, lane, value->status == SIGNAL_OK, "no sensitivity: %s",
	           value->reason ? value->reason : "");
	if (fit->doubt)
		step_note(ctx, "lane %d: waterfall: %s", lane, fit->doubt);
	return TRUE;
}
