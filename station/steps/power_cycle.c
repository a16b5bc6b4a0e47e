/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/power_cycle.h"

#include "base/clock.h"
#include "instruments/supply.h"

gboolean power_cycle(struct step_context *ctx, GError **error)
{
	struct instrument *supply = step_instrument(ctx, INSTRUMENT_SUPPLY);
	struct module *module = step_module(ctx);
	const struct bounds *bounds = step_bounds(ctx);
	guint channel = step_site(ctx)->supply_channel;

	return module_deactivate(module, bounds, error) && module_safe(module, bounds, error) &&
	       supply_set_output(supply, channel, FALSE, bounds, error) &&
	       clock_sleep_s(step_number(ctx, "off_time"), bounds, error) &&
	       supply_set_output(supply, channel, TRUE, bounds, error) &&
	       clock_sleep_s(step_number(ctx, "settle"), bounds, error) &&
	       module_power_up(module, bounds, error) && module_identify(module, bounds, error);
}
