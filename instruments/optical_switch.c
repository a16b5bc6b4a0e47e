/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/optical_switch.h"

#include "instruments/call.h"
#include "instruments/driver.h"

gboolean optical_switch_route(struct instrument *optical_switch, guint module, guint channel,
                              const struct bounds *bounds, GError **error)
{
	const char *what = "route";
	if (!call_begin(optical_switch, INSTRUMENT_OPTICAL_SWITCH, what, error))
		return FALSE;
	const struct optical_switch_ops *ops = optical_switch->driver->optical_switch;
	const struct optical_switch_facts *facts = optical_switch->model->optical_switch;
	gboolean ok = call_supported(optical_switch, ops->route != NULL, error) &&
	              call_index(optical_switch, "module", module, facts->max_modules, error) &&
	              ops->route(optical_switch, module, channel, bounds, error);
	return call_end(optical_switch, what, ok, error);
}
