/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"

#include <math.h>

/* Offset of one sensor: reference minus raw, settled, then the monitor against the reference. */
struct sensor {
	const char *raw_knob, *offset_knob, *residual_id, *unit;
	double reference, uncertainty;
};

static gboolean settle_offset(struct step_context *ctx, const struct sensor *sensor,
                              gboolean *taken, GError **error)
{
	double raw;

	return constants_read(ctx, sensor->raw_knob, 0, &raw, error) &&
	       constants_settle(ctx, sensor->offset_knob, 0, sensor->reference - raw, taken, error);
}

static gboolean sensor_calibrate(struct step_context *ctx, GError **error)
{
	struct sensor temperature = {"temp_raw",
	                             "temp_offset",
	                             "cal_temp_residual",
	                             "degC",
	                             NAN,
	                             step_uncertainty(ctx, INSTRUMENT_THERMAL)};
	struct sensor vcc = {"vcc_raw", "vcc_offset", "cal_vcc_residual",
	                     "V",       NAN,          step_uncertainty(ctx, INSTRUMENT_SUPPLY)};
	const struct bounds *bounds = step_bounds(ctx);
	struct module_monitors monitors;
	gboolean temperature_taken, vcc_taken;
	double ampere;

	if (!constants_unlock(ctx, error) ||
	    !thermal_read_degc(step_instrument(ctx, INSTRUMENT_THERMAL), &temperature.reference,
	                       bounds, error) ||
	    !supply_measure(step_instrument(ctx, INSTRUMENT_SUPPLY), step_site(ctx)->supply_channel,
	                    &vcc.reference, &ampere, bounds, error) ||
	    !settle_offset(ctx, &temperature, &temperature_taken, error) ||
	    !settle_offset(ctx, &vcc, &vcc_taken, error))
		return FALSE;
	if (!clock_sleep_s(step_number(ctx, "settle"), bounds, error) ||
	    !module_read_monitors(step_module(ctx), &monitors, bounds, error))
		return FALSE;
	if (temperature_taken)
		step_measure(ctx, temperature.residual_id, 0,
		             monitors.temperature_degc - temperature.reference, temperature.unit,
		             temperature.uncertainty);
	if (vcc_taken)
		step_measure(ctx, vcc.residual_id, 0, monitors.vcc_v - vcc.reference, vcc.unit,
		             vcc.uncertainty);
	return TRUE;
}

static const struct step_param params[] = {
	{"settle", "s", "200 ms", "from writing the offsets to reading the monitors"},
	{0},
};

const struct step_def step_sensor_calibrate = {
	.name = "sensor-calibrate",
	.help = "offsets of the module's temperature and supply sensors",
	.scope = STEP_UNIT,
	.needs = (1u << INSTRUMENT_SUPPLY) | (1u << INSTRUMENT_THERMAL),
	.limit_s = 60,
	.params = params,
	.run = sensor_calibrate,
};
