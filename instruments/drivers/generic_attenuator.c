/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* Attenuators of any dialect of SCPI that a file describes. */
#include "instruments/drivers/drivers.h"

#include "instruments/attenuator.h"
#include "instruments/command.h"
#include "instruments/generic/operation.h"

enum slot {
	SELECT,
	ATTENUATION,
	WAVELENGTH,
	SHUTTER,
};

static const struct generic_slot slots[] = {
	[SELECT] = {"select", GENERIC_ACTION, NULL, FALSE, FALSE},
	[ATTENUATION] = {"attenuation", GENERIC_NUMBER, "dB", TRUE, FALSE},
	/* Without it one calibration holds for all wavelengths of the range. */
	[WAVELENGTH] = {"wavelength", GENERIC_NUMBER, "m", FALSE, FALSE},
	/* On lets the light through. Without it: instruments/attenuator.h. */
	[SHUTTER] = {"shutter", GENERIC_SWITCH, NULL, FALSE, FALSE},
};

static gboolean load_model(struct generic_dialect *dialect, const struct yaml_node *row,
                           struct instrument_model *model, GError **error)
{
	struct attenuator_facts *facts = generic_keep(dialect, sizeof *facts);
	const struct yaml_node *range = NULL;
	facts->resolution_db = dialect->operations[ATTENUATION].tolerance;
	facts->wavelength_step_m = dialect->operations[WAVELENGTH].tolerance;
	facts->settle_s = dialect->settle_s;
	facts->move_s = dialect->move_s;
	facts->without_wavelength = !dialect->operations[WAVELENGTH].send;
	facts->without_shutter = !dialect->operations[SHUTTER].send;
	model->attenuator = facts;
	return generic_alike(dialect, row, model, &range, error) &&
	       generic_limits(range, "attenuation", "dB", &facts->attenuation_min_db,
	                      &facts->attenuation_max_db, error) &&
	       generic_limits(range, "wavelength", "m", &facts->wavelength_min_m,
	                      &facts->wavelength_max_m, error);
}

static const struct generic_class class = {INSTRUMENT_ATTENUATOR, slots, G_N_ELEMENTS(slots),
                                           load_model};

static gboolean prepare(struct instrument *attenuator, GError **error)
{
	return generic_prepare(attenuator, &class, error);
}

/* Which of several it was. */
static gboolean of_channel(gboolean ok, guint channel, GError **error)
{
	if (!ok)
		g_prefix_error(error, "channel %u: ", channel);
	return ok;
}

static gboolean set_attenuations(struct instrument *attenuator,
                                 const struct attenuator_setting *settings, guint n,
                                 const struct bounds *bounds, GError **error)
{
	for (guint i = 0; i < n; i++) {
		gboolean ok = generic_set(attenuator, ATTENUATION, settings[i].channel,
		                          settings[i].attenuation_db, NULL, bounds, error);
		if (!of_channel(ok, settings[i].channel, error))
			return FALSE;
	}
	return n == 0 || generic_wait(attenuator, bounds, error);
}

static gboolean get_attenuation(struct instrument *attenuator, guint channel,
                                double *attenuation_db, const struct bounds *bounds, GError **error)
{
	struct scpi_value read = {SCPI_VALUE_NONE, 0};
	return generic_read(attenuator, ATTENUATION, channel, 0, &read, bounds, error) &&
	       generic_check(attenuator, bounds, error) &&
	       generic_require(&read, slots[ATTENUATION].name, attenuation_db, error);
}

static gboolean set_wavelength(struct instrument *attenuator, guint channel, double wavelength_m,
                               const struct bounds *bounds, GError **error)
{
	return generic_set(attenuator, WAVELENGTH, channel, wavelength_m, NULL, bounds, error) &&
	       generic_wait(attenuator, bounds, error);
}

static gboolean is_open(struct instrument *attenuator, guint channel, gboolean *open,
                        const struct bounds *bounds, GError **error)
{
	return of_channel(generic_ask(attenuator, SHUTTER, channel, open, bounds, error), channel,
	                  error);
}

static gboolean open_shutters(struct instrument *attenuator, const guint *channels, guint n,
                              const struct bounds *bounds, GError **error)
{
	for (guint i = 0; i < n; i++) {
		gboolean open = FALSE;
		if (!is_open(attenuator, channels[i], &open, bounds, error))
			return FALSE;
		gboolean ok = open ||
		              generic_switch(attenuator, SHUTTER, channels[i], TRUE, bounds, error);
		if (!of_channel(ok, channels[i], error))
			return FALSE;
	}
	return n == 0 || generic_wait(attenuator, bounds, error);
}

static gboolean close_shutters(struct instrument *attenuator, const guint *channels, guint n,
                               const struct bounds *bounds, GError **error)
{
	GError *first = NULL;
	for (guint i = 0; i < n; i++) {
		GError *next = NULL;
		of_channel(generic_switch(attenuator, SHUTTER, channels[i], FALSE, bounds, &next),
		           channels[i], &next);
		command_keep_first(&first, next);
	}
	GError *next = NULL;
	generic_wait(attenuator, bounds, &next);
	command_keep_first(&first, next);
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

/* Shutters closed where there are any; the largest attenuation. */
static gboolean shut_all(struct instrument *attenuator, const struct bounds *bounds, GError **error)
{
	double most_db = attenuator->model->attenuator->attenuation_max_db;
	GError *first = NULL;
	for (guint channel = 1; channel <= attenuator->model->n_channels; channel++) {
		struct attenuator_setting most = {channel, most_db};
		GError *next = NULL;
		if (generic_has(attenuator, SHUTTER))
			close_shutters(attenuator, &channel, 1, bounds, &next);
		command_keep_first(&first, g_steal_pointer(&next));
		set_attenuations(attenuator, &most, 1, bounds, &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static gboolean start(struct instrument *attenuator, const struct bounds *bounds, GError **error)
{
	return generic_start(attenuator, bounds, error) && shut_all(attenuator, bounds, error);
}

static const struct attenuator_ops ops = {
	.set_attenuations = set_attenuations,
	.get_attenuation = get_attenuation,
	.set_wavelength = set_wavelength,
	.open_shutters = open_shutters,
	.close_shutters = close_shutters,
	.is_open = is_open,
};

const struct instrument_driver generic_attenuator_driver = {
	.name = "generic-attenuator",
	.class = INSTRUMENT_ATTENUATOR,
	.connect_s = 10,
	.parameters = generic_parameters,
	.attenuator = &ops,
	.prepare = prepare,
	.own_dialect = generic_own_dialect,
	.own_roster = generic_own_roster,
	.start = start,
	.safe_state = shut_all,
	.free_state = generic_free_state,
};
