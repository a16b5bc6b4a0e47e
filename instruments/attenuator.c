/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"

#include "instruments/call.h"
#include "instruments/command.h"
#include "instruments/driver.h"

#include <math.h>

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

/* ---- channels without a shutter ---- */

/* What stands for the shutter of a channel; all zero is closed, at the maximum. */
struct lid {
	gboolean open;
	gboolean is_set; /* attenuation_db was asked for */
	double attenuation_db;
};

static gboolean has_lids(const struct instrument *attenuator)
{
	return attenuator->driver->attenuator->set_attenuations &&
	       attenuator->model->attenuator->without_shutter;
}

static struct lid *lid_of(struct instrument *attenuator, guint channel)
{
	if (!attenuator->class_state)
		attenuator->class_state = g_new0(struct lid, attenuator->model->n_channels);
	return (struct lid *)attenuator->class_state + (channel - 1);
}

static double lid_db(struct instrument *attenuator, guint channel)
{
	const struct lid *lid = lid_of(attenuator, channel);
	return lid->is_set ? lid->attenuation_db : attenuator_max_db(attenuator);
}

/* Moves the open ones of them; the others have it for later. */
static gboolean lids_set(struct instrument *attenuator, const struct attenuator_setting *settings,
                         guint n, const struct bounds *bounds, GError **error)
{
	g_autofree struct attenuator_setting *open = g_new(struct attenuator_setting, n);
	guint n_open = 0;
	for (guint i = 0; i < n; i++) {
		struct lid *lid = lid_of(attenuator, settings[i].channel);
		lid->is_set = TRUE;
		lid->attenuation_db = settings[i].attenuation_db;
		if (lid->open)
			open[n_open++] = settings[i];
	}
	return n_open == 0 ||
	       attenuator->driver->attenuator->set_attenuations(attenuator, open, n_open, bounds,
	                                                        error);
}

static gboolean lids_open(struct instrument *attenuator, const guint *channels, guint n,
                          const struct bounds *bounds, GError **error)
{
	g_autofree struct attenuator_setting *closed = g_new(struct attenuator_setting, n);
	guint n_closed = 0;
	for (guint i = 0; i < n; i++) {
		if (!lid_of(attenuator, channels[i])->open)
			closed[n_closed++] =
				(struct attenuator_setting){channels[i],
			                                    lid_db(attenuator, channels[i])};
	}
	if (n_closed > 0 &&
	    !attenuator->driver->attenuator->set_attenuations(attenuator, closed, n_closed, bounds,
	                                                      error))
		return FALSE;
	for (guint i = 0; i < n_closed; i++)
		lid_of(attenuator, closed[i].channel)->open = TRUE;
	return TRUE;
}

static gboolean lids_close(struct instrument *attenuator, const guint *channels, guint n,
                           const struct bounds *bounds, GError **error)
{
	GError *first = NULL;
	for (guint i = 0; i < n; i++) {
		struct attenuator_setting shut = {channels[i], attenuator_max_db(attenuator)};
		GError *next = NULL;
		lid_of(attenuator, channels[i])->open = FALSE;
		attenuator->driver->attenuator->set_attenuations(attenuator, &shut, 1, bounds,
		                                                 &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

/* ---- wrappers ---- */

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
	if (ok && has_lids(attenuator))
		ok = lids_set(attenuator, settings, n, bounds, error);
	else if (ok)
		ok = ops->set_attenuations(attenuator, settings, n, bounds, error);
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
	gboolean ok = begin(attenuator, ops->get_attenuation != NULL, channel, error);
	if (ok && has_lids(attenuator) && !lid_of(attenuator, channel)->open)
		*attenuation_db = lid_db(attenuator, channel);
	else if (ok)
		ok = ops->get_attenuation(attenuator, channel, attenuation_db, bounds, error);
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
	gboolean fixed = facts->without_wavelength;
	gboolean ok = begin(attenuator, fixed || ops->set_wavelength, channel, error) &&
	              call_range(attenuator, "wavelength", wavelength_m, facts->wavelength_min_m,
	                         facts->wavelength_max_m, "m", error);
	if (ok && !fixed)
		ok = ops->set_wavelength(attenuator, channel, wavelength_m, bounds, error);
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
		ok = begin(attenuator, ops->open_shutters || has_lids(attenuator), channels[i],
		           error);
	if (ok && has_lids(attenuator))
		ok = lids_open(attenuator, channels, n, bounds, error);
	else if (ok)
		ok = ops->open_shutters(attenuator, channels, n, bounds, error);
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
		if (begin(attenuator, ops->close_shutters || has_lids(attenuator), channels[i],
		          ok ? error : NULL))
			present[n_present++] = channels[i];
		else
			ok = FALSE;
	}
	GError **cause = ok ? error : NULL;
	if (n_present > 0 && has_lids(attenuator))
		ok = lids_close(attenuator, present, n_present, bounds, cause) && ok;
	else if (n_present > 0)
		ok = ops->close_shutters(attenuator, present, n_present, bounds, cause) && ok;
	return call_end(attenuator, what, ok, error);
}

gboolean attenuator_open_shutter(struct instrument *attenuator, guint channel, gboolean open,
                                 const struct bounds *bounds, GError **error)
{
	return open ? attenuator_open_several(attenuator, &channel, 1, bounds, error)
	            : attenuator_close_several(attenuator, &channel, 1, bounds, error);
}

gboolean attenuator_is_open(struct instrument *attenuator, guint channel, gboolean *open,
                            const struct bounds *bounds, GError **error)
{
	const char *what = "read shutter";
	if (!call_begin(attenuator, INSTRUMENT_ATTENUATOR, what, error))
		return FALSE;
	const struct attenuator_ops *ops = attenuator->driver->attenuator;
	gboolean lids = has_lids(attenuator);
	gboolean ok = begin(attenuator, ops->is_open || lids, channel, error);
	if (ok && lids)
		*open = lid_of(attenuator, channel)->open;
	else if (ok)
		ok = ops->is_open(attenuator, channel, open, bounds, error);
	return call_end(attenuator, what, ok, error);
}

double attenuator_max_db(const struct instrument *attenuator)
{
	g_return_val_if_fail(attenuator->driver->class == INSTRUMENT_ATTENUATOR, 0);
	return attenuator->model->attenuator->attenuation_max_db;
}

double attenuator_closed_db(const struct instrument *attenuator)
{
	return has_lids(attenuator) ? attenuator_max_db(attenuator) : INFINITY;
}
