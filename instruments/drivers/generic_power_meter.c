/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Optical power meters of any dialect of SCPI that a file describes. Those with several channels
 * are read one channel after the other.
 */
#include "instruments/drivers/drivers.h"

#include "base/error.h"
#include "instruments/generic/operation.h"
#include "instruments/power_meter.h"

#include <math.h>

enum slot {
	SELECT,
	WAVELENGTH,
	AVERAGING,
	POWER,
	ZERO,
};

static const struct generic_slot slots[] = {
	[SELECT] = {"select", GENERIC_ACTION, NULL, FALSE, FALSE},
	[WAVELENGTH] = {"wavelength", GENERIC_NUMBER, "m", TRUE, FALSE},
	[AVERAGING] = {"averaging", GENERIC_NEAREST, "s", FALSE, FALSE},
	/* a new reading: triggers and waits for it */
	[POWER] = {"power", GENERIC_READING, "W", TRUE, FALSE},
	[ZERO] = {"zero", GENERIC_ACTION, NULL, FALSE, FALSE},
};

static gboolean load_model(struct generic_dialect *dialect, const struct yaml_node *row,
                           struct instrument_model *model, GError **error)
{
	struct power_meter_facts *facts = generic_keep(dialect, sizeof *facts);
	const struct yaml_node *range = NULL;
	facts->wavelength_step_m = 2 * dialect->operations[WAVELENGTH].tolerance;
	facts->settle_s = dialect->settle_s;
	facts->zeroing_s = dialect->move_s;
	model->power_meter = facts;
	return generic_alike(dialect, row, model, &range, error) &&
	       generic_limits(range, "wavelength", "m", &facts->wavelength_min_m,
	                      &facts->wavelength_max_m, error) &&
	       generic_limits(range, "averaging", "s", &facts->averaging_min_s,
	                      &facts->averaging_max_s, error);
}

static const struct generic_class class = {INSTRUMENT_POWER_METER, slots, G_N_ELEMENTS(slots),
                                           load_model};

static gboolean prepare(struct instrument *meter, GError **error)
{
	return generic_prepare(meter, &class, error);
}

static gboolean set_wavelength(struct instrument *meter, guint channel, double wavelength_m,
                               const struct bounds *bounds, GError **error)
{
	return generic_set(meter, WAVELENGTH, channel, wavelength_m, NULL, bounds, error);
}

static gboolean set_averaging(struct instrument *meter, guint channel, double averaging_s,
                              const struct bounds *bounds, GError **error)
{
	return generic_set(meter, AVERAGING, channel, averaging_s, NULL, bounds, error);
}

/* The averaging time may be anything that the model has; auto range may measure twice. */
static gboolean read_value(struct instrument *meter, guint channel, struct scpi_value *value,
                           const struct bounds *bounds, GError **error)
{
	const struct power_meter_facts *facts = meter->model->power_meter;
	return generic_read(meter, POWER, channel, 2 * facts->averaging_max_s + facts->settle_s,
	                    value, bounds, error);
}

static gboolean read_one(struct instrument *meter, guint channel, double *power_w,
                         const struct bounds *bounds, GError **error)
{
	struct scpi_value value = {SCPI_VALUE_NONE, NAN};
	if (!read_value(meter, channel, &value, bounds, error))
		return FALSE;
	if (value.kind != SCPI_VALUE_OK) {
		station_error_set(error, STATION_ERROR_DATA, "channel %u: %s", channel,
		                  scpi_value_kind_name(value.kind));
		return FALSE;
	}
	if (!generic_check(meter, bounds, error))
		return FALSE;
	*power_w = value.value;
	return TRUE;
}

static gboolean read_all(struct instrument *meter, double *power_w, const struct bounds *bounds,
                         GError **error)
{
	guint n = meter->model->n_channels;
	g_autofree double *readings_w = g_new(double, n);
	for (guint i = 0; i < n; i++) {
		g_autoptr(GError) cause = NULL;
		readings_w[i] = NAN;
		if (read_one(meter, i + 1, &readings_w[i], bounds, &cause) ||
		    g_error_matches(cause, STATION_ERROR, STATION_ERROR_DATA))
			continue;
		g_propagate_error(error, g_steal_pointer(&cause));
		return FALSE;
	}
	for (guint i = 0; i < n; i++)
		power_w[i] = readings_w[i];
	return TRUE;
}

static gboolean zero(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	for (guint channel = 1; channel <= meter->model->n_channels; channel++) {
		if (generic_act(meter, ZERO, channel, bounds, error) &&
		    generic_wait(meter, bounds, error))
			continue;
		g_prefix_error(error, "channel %u: ", channel);
		return FALSE;
	}
	return TRUE;
}

static gboolean start(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	return generic_start(meter, bounds, error);
}

static const struct power_meter_ops ops = {
	.set_wavelength = set_wavelength,
	.set_averaging = set_averaging,
	.read = read_one,
	.read_all = read_all,
	.zero = zero,
};

const struct instrument_driver generic_power_meter_driver = {
	.name = "generic-power-meter",
	.class = INSTRUMENT_POWER_METER,
	.connect_s = 10,
	.parameters = generic_parameters,
	.power_meter = &ops,
	.prepare = prepare,
	.own_dialect = generic_own_dialect,
	.own_roster = generic_own_roster,
	.start = start,
	.free_state = generic_free_state,
};
