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

static gboolean in_range(const struct instrument *attenuator,
                         const struct attenuator_setting *setting, GError **error)
{
	const struct attenuator_facts *facts = attenuator->model->attenuator;
	if (call_range(attenuator, "attenuation", setting->attenuation_db,
	               facts->attenuation_min_db, facts->attenuation_max_db, "dB", error))
		return TRUE;
	g_prefix_error(error, "channel %u: ", setting->channel);
	return FALSE;
}

gboolean attenuator_set_several(struct instrument *attenuator,
                                const struct attenuator_setting *settings, guint n,
                                const struct bounds *bounds, GError **error)
{
	const char *what = "set attenuation";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	gboolean ok = TRUE;
	for (guint i = 0; ok && i < n; i++)
		ok = begin(attenuator, ops->set_attenuations != NULL, settings[i].channel, error) &&
		     in_range(attenuator, &settings[i], error);
	ok = ok && ops->set_attenuations(attenuator, settings, n, bounds, error);
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_set_db(struct instrument *attenuator, guint channel, double attenuation_db,
                           const struct bounds *bounds, GError **error)
{
	struct attenuator_setting setting = {.channel = channel, .attenuation_db = attenuation_db};
	return attenuator_set_several(attenuator, &setting, 1, bounds, error);
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

gboolean attenuator_open_several(struct instrument *attenuator, const guint *channels, guint n,
                                 const struct bounds *bounds, GError **error)
{
	const char *what = "open shutter";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	gboolean ok = TRUE;
	for (guint i = 0; ok && i < n; i++)
		ok = begin(attenuator, ops->open_shutters != NULL, channels[i], error);
	ok = ok && ops->open_shutters(attenuator, channels, n, bounds, error);
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_close_several(struct instrument *attenuator, const guint *channels, guint n,
                                  const struct bounds *bounds, GError **error)
{
	const char *what = "close shutter";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	g_autofree guint *present = g_new(guint, n);
	guint n_present = 0;
	gboolean ok = TRUE;
	for (guint i = 0; i < n; i++) {
		/* a channel that is not there keeps none of the others open */
		if (begin(attenuator, ops->close_shutters != NULL, channels[i], ok ? error : NULL))
			present[n_present++] = channels[i];
		else
			ok = FALSE;
	}
	if (n_present > 0)
		ok = ops->close_shutters(attenuator, present, n_present, bounds,
		                         ok ? error : NULL) &&
		     ok;
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_open_shutter(struct instrument *attenuator, guint channel, gboolean open,
                                 const struct bounds *bounds, GError **error)
{
	return open ? attenuator_open_several(attenuator, &channel, 1, bounds, error)
	            : attenuator_close_several(attenuator, &channel, 1, bounds, error);
}

double attenuator_max_db(const struct instrument *attenuator)
{
	g_return_val_if_fail(attenuator->driver->class == INSTRUMENT_ATTENUATOR, 0);
	return attenuator->model->attenuator->attenuation_max_db;
}
