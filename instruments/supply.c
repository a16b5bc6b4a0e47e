/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/supply.h"

#include "instruments/call.h"
#include "instruments/driver.h"

static gboolean check(struct instrument *supply, gboolean has_hook, guint channel, GError **error)
{
	return call_supported(supply, has_hook, error) &&
	       call_index(supply, "channel", channel, supply->model->n_channels, error);
}

gboolean supply_set(struct instrument *supply, guint channel, double volt, double current_limit_a,
                    const struct bounds *bounds, GError **error)
{
	const char *what = "set voltage and current limit";
	if (!call_begin(supply, INSTRUMENT_SUPPLY, what, error))
		return FALSE;
	const struct supply_ops *ops = supply->driver->supply;
	if (!check(supply, ops->set != NULL, channel, error))
		return call_end(supply, what, FALSE, error);
	const struct supply_channel_facts *facts = &supply->model->supply->channels[channel - 1];
	gboolean ok =
		call_range(supply, "voltage", volt, facts->volt_min, facts->volt_max, "V", error) &&
		call_range(supply, "current limit", current_limit_a, facts->ampere_min,
	                   facts->ampere_max, "A", error) &&
		ops->set(supply, channel, volt, current_limit_a, bounds, error);
	return call_end(supply, what, ok, error);
}

gboolean supply_set_output(struct instrument *supply, guint channel, gboolean on,
                           const struct bounds *bounds, GError **error)
{
	const char *what = on ? "output on" : "output off";
	if (!call_begin(supply, INSTRUMENT_SUPPLY, what, error))
		return FALSE;
	const struct supply_ops *ops = supply->driver->supply;
	gboolean ok = check(supply, ops->set_output != NULL, channel, error) &&
	              ops->set_output(supply, channel, on, bounds, error);
	return call_end(supply, what, ok, error);
}

gboolean supply_is_on(struct instrument *supply, guint channel, gboolean *on,
                      const struct bounds *bounds, GError **error)
{
	const char *what = "read output";
	if (!call_begin(supply, INSTRUMENT_SUPPLY, what, error))
		return FALSE;
	const struct supply_ops *ops = supply->driver->supply;
	gboolean ok = check(supply, ops->is_on != NULL, channel, error) &&
	              ops->is_on(supply, channel, on, bounds, error);
	return call_end(supply, what, ok, error);
}

gboolean supply_measure(struct instrument *supply, guint channel, double *volt, double *ampere,
                        const struct bounds *bounds, GError **error)
{
	const char *what = "measure";
	if (!call_begin(supply, INSTRUMENT_SUPPLY, what, error))
		return FALSE;
	const struct supply_ops *ops = supply->driver->supply;
	gboolean ok = check(supply, ops->measure != NULL, channel, error) &&
	              ops->measure(supply, channel, volt, ampere, bounds, error);
	return call_end(supply, what, ok, error);
}

gboolean supply_protection_tripped(struct instrument *supply, guint channel, gboolean *tripped,
                                   const struct bounds *bounds, GError **error)
{
	const char *what = "read protection";
	if (!call_begin(supply, INSTRUMENT_SUPPLY, what, error))
		return FALSE;
	const struct supply_ops *ops = supply->driver->supply;
	gboolean ok = check(supply, ops->protection_tripped != NULL, channel, error) &&
	              ops->protection_tripped(supply, channel, tripped, bounds, error);
	return call_end(supply, what, ok, error);
}
