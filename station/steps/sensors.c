/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "signal/fit.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/readings.h"

#include <math.h>

/*
 * The module's temperature and supply sensors: read beside the reference at every corner, fitted
 * when all corners are known. One corner gives an offset, more of them a slope as well where the
 * product has one.
 */
static const struct sensor {
	const char *name, *unit;
	const char *raw_knob, *slope_knob, *offset_knob;
	const char *raw_id, *reference_id, *fit_id, *residual_id;
	/* corners nearer together than this tell nothing of a slope */
	const char *span;
} sensors[] = {
	{"temperature", "degC", "temp_raw", "temp_slope", "temp_offset", "cal_temp_raw",
         "cal_temp_reference", "cal_temp_fit", "cal_temp_residual", "temp_span"},
	{"supply voltage", "V", "vcc_raw", "vcc_slope", "vcc_offset", "cal_vcc_raw",
         "cal_vcc_reference", "cal_vcc_fit", "cal_vcc_residual", "vcc_span"},
};

#define SENSORS G_N_ELEMENTS(sensors)

static gboolean read_references(struct step_context *ctx, double reference[SENSORS], GError **error)
{
	double ampere;

	return thermal_read_degc(step_instrument(ctx, INSTRUMENT_THERMAL), &reference[0],
	                         step_bounds(ctx), error) &&
	       supply_measure(step_instrument(ctx, INSTRUMENT_SUPPLY),
	                      step_site(ctx)->supply_channel, &reference[1], &ampere,
	                      step_bounds(ctx), error);
}

static void uncertainties(const struct step_context *ctx, double uncertainty[SENSORS])
{
	uncertainty[0] = step_uncertainty(ctx, INSTRUMENT_THERMAL);
	uncertainty[1] = step_uncertainty(ctx, INSTRUMENT_SUPPLY);
}

static gboolean sensor_read(struct step_context *ctx, GError **error)
{
	double reference[SENSORS], uncertainty[SENSORS], raw;

	uncertainties(ctx, uncertainty);
	if (!constants_unlock(ctx, error) || !read_references(ctx, reference, error))
		return FALSE;
	for (guint i = 0; i < SENSORS; i++) {
		if (!constants_read(ctx, sensors[i].raw_knob, 0, &raw, error))
			return FALSE;
		step_measure(ctx, sensors[i].raw_id, 0, raw, sensors[i].unit, NAN);
		step_measure(ctx, sensors[i].reference_id, 0, reference[i], sensors[i].unit,
		             uncertainty[i]);
	}
	return TRUE;
}

const struct step_def step_sensor_read = {
	.name = "sensor-read",
	.help = "the module's temperature and supply sensors beside the references, at this corner",
	.scope = STEP_UNIT,
	.needs = (1u << INSTRUMENT_SUPPLY) | (1u << INSTRUMENT_THERMAL),
	.limit_s = 60,
	.run = sensor_read,
};

/* What was read of a sensor, one pair a corner. */
struct pairs {
	guint n;
	double raw[READINGS_MAX], reference[READINGS_MAX];
	double span; /* of the references */
};

static void collect(struct step_context *ctx, const struct sensor *sensor, struct pairs *pairs)
{
	struct reading readings[READINGS_MAX];
	guint n = readings_find(ctx, sensor->raw_id, 0, readings);
	double low = INFINITY, high = -INFINITY;

	pairs->n = 0;
	for (guint i = 0; i < n; i++) {
		double reference = reading_at(ctx, sensor->reference_id, 0, readings[i].corner);

		if (isnan(reference))
			continue;
		pairs->raw[pairs->n] = readings[i].value;
		pairs->reference[pairs->n++] = reference;
		low = fmin(low, reference);
		high = fmax(high, reference);
	}
	pairs->span = pairs->n ? high - low : 0;
}

static void draw(struct step_context *ctx, const struct sensor *sensor, const struct pairs *pairs,
                 double slope, double offset)
{
	struct record_series *series = step_series(ctx, sensor->fit_id, 0);
	double fitted[READINGS_MAX];

	readings_name(series, "sensor before calibration", sensor->unit, sensor->name,
	              sensor->unit);
	g_array_append_vals(series->x, pairs->raw, pairs->n);
	g_array_append_vals(series->y, pairs->reference, pairs->n);
	for (guint i = 0; i < pairs->n; i++)
		fitted[i] = slope * pairs->raw[i] + offset;
	readings_curve(series, pairs->raw, fitted, pairs->n);
}

static double residual_of(const struct pairs *pairs, const struct fit_line *fit)
{
	double worst = 0;

	for (guint i = 0; i < pairs->n; i++)
		worst = fmax(worst,
		             fabs(pairs->reference[i] - fit->slope * pairs->raw[i] - fit->offset));
	return worst;
}

static gboolean settle(struct step_context *ctx, const struct sensor *sensor,
                       const struct pairs *pairs, gboolean *taken, GError **error)
{
	gboolean has_slope = knob_map_has(step_knobs(ctx), sensor->slope_knob);
	struct fit_line fit = {.slope = 1};
	gboolean slope_taken = TRUE;
	g_autoptr(GError) local = NULL;

	for (guint i = 0; i < pairs->n; i++)
		fit.offset += (pairs->reference[i] - pairs->raw[i]) / pairs->n;
	if (has_slope && pairs->n >= 2 && pairs->span >= step_number(ctx, sensor->span) &&
	    !fit_line(pairs->raw, pairs->reference, NULL, pairs->n, &fit, &local)) {
		/* the references moved: a sensor that did not is broken */
		step_check(ctx, "sensor_follows", 0, FALSE, "the %s sensor does not follow: %s",
		           sensor->name, local->message);
		*taken = FALSE;
		return TRUE;
	}
	draw(ctx, sensor, pairs, fit.slope, fit.offset);
	g_autofree char *how =
		g_strdup_printf("%s through %u corners", fit.n ? "line" : "offset", pairs->n);
	struct constant_source source = {how, sensor->fit_id, residual_of(pairs, &fit),
	                                 sensor->unit};
	if (has_slope &&
	    !constants_settle(ctx, sensor->slope_knob, 0, fit.slope, &source, &slope_taken, error))
		return FALSE;
	if (!constants_settle(ctx, sensor->offset_knob, 0, fit.offset, &source, taken, error))
		return FALSE;
	*taken = *taken && slope_taken;
	return TRUE;
}

static gboolean sensor_calibrate(struct step_context *ctx, GError **error)
{
	double reference[SENSORS], uncertainty[SENSORS], told[SENSORS];
	struct module_monitors monitors;
	gboolean taken[SENSORS];
	struct pairs pairs;

	uncertainties(ctx, uncertainty);
	if (!constants_unlock(ctx, error))
		return FALSE;
	for (guint i = 0; i < SENSORS; i++) {
		collect(ctx, &sensors[i], &pairs);
		taken[i] = FALSE;
		if (!pairs.n)
			step_no_value(ctx, sensors[i].residual_id, 0, sensors[i].unit,
			              "no corner was read: sensor-read comes first");
		else if (!settle(ctx, &sensors[i], &pairs, &taken[i], error))
			return FALSE;
	}
	if (!clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !read_references(ctx, reference, error) ||
	    !module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
		return FALSE;
	told[0] = monitors.temperature_degc;
	told[1] = monitors.vcc_v;
	for (guint i = 0; i < SENSORS; i++)
		if (taken[i])
			step_measure(ctx, sensors[i].residual_id, 0, told[i] - reference[i],
			             sensors[i].unit, uncertainty[i]);
	return TRUE;
}

static const struct step_param params[] = {
	{"settle", "s", "200 ms", "from writing the constants to reading the monitors"},
	{"temp_span", "degC", "20 degC", "temperatures nearer together tell no slope"},
	{"vcc_span", "V", "200 mV", "the same for supply voltages"},
	{0},
};

const struct step_def step_sensor_calibrate = {
	.name = "sensor-calibrate",
	.help = "slope and offset of the temperature and supply sensors, from sensor-read at the "
		"corners",
	.scope = STEP_UNIT,
	.needs = (1u << INSTRUMENT_SUPPLY) | (1u << INSTRUMENT_THERMAL),
	.limit_s = 60,
	.params = params,
	.run = sensor_calibrate,
};
