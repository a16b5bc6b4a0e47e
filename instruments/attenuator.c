/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"

#include "instruments/call.h"
#include "instruments/driver.h"

static gboolean begin(struct instrument *attenuator, gboolean has_hook, guint channel,
                      GError **error)
{
	return call_supported(attenuator, has_hook, error) &&
	       call_index(attenuator, "channel", channel, attenuator->model->n_channels, error);
}

gboolean attenuator_set_db(struct instrument *attenuator, guint channel, double attenuation_db,
                           const struct bounds *bounds, GError **error)
{
	const char *what = "set attenuation";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	const struct attenuator_facts *facts = attenuator->model->attenuator;
	gboolean ok =
		begin(attenuator, ops->set_attenuation != NULL, channel, error) &&
		call_range(attenuator, "attenuation", attenuation_db, facts->attenuation_min_db,
	                   facts->attenuation_max_db, "dB", error) &&
		ops->set_attenuation(attenuator, channel, attenuation_db, bounds, error);
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_get_db(struct instrument *attenuator, guint channel, double *attenuation_db,
                           const struct bounds *bounds, GError **error)
{
	const char *what = "read attenuation";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	gboolean ok = begin(attenuator, ops->get_attenuation != NULL, channel, error) &&
	              ops->get_attenuation(attenuator, channel, attenuation_db, bounds, error);
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_set_wavelength(struct instrument *attenuator, guint channel,
                                   double wavelength_m, const struct bounds *bounds, GError **error)
{
	const char *what = "set wavelength";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	const struct attenuator_facts *facts = attenuator->model->attenuator;
	gboolean ok = begin(attenuator, ops->set_wavelength != NULL, channel, error) &&
	              call_range(attenuator, "wavelength", wavelength_m, facts->wavelength_min_m,
	                         facts->wavelength_max_m, "m", error) &&
	              ops->set_wavelength(attenuator, channel, wavelength_m, bounds, error);
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_open_shutter(struct instrument *attenuator, guint channel, gboolean open,
                                 const struct bounds *bounds, GError **error)
{
	const char *what = open ? "open shutter" : "close shutter";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	gboolean ok = begin(attenuator, ops->open_shutter != NULL, channel, error) &&
	              ops->open_shutter(attenuator, channel, open, bounds, error);
	return call_end(attenuator, what, ok, error);
}

double attenuator_max_db(const struct instrument *attenuator)
{
	g_return_val_if_fail(attenuator->driver->class == INSTRUMENT_ATTENUATOR, 0);
	return attenuator->model->attenuator->attenuation_max_db;
}
