/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/registry.h"

#include "base/error.h"
#include "base/suggest.h"
#include "instruments/drivers/drivers.h"

#include <string.h>

static const struct instrument_driver *const drivers[] = {
	&intest_thermal_driver,       &keysight_attenuator_driver,
	&keysight_bert_driver,        &keysight_power_meter_driver,
	&keysight_scope_driver,       &keysight_supply_driver,
	&santec_switch_driver,        &yokogawa_osa_driver,
	&thorlabs_power_meter_driver, &meerstetter_thermal_driver,
	&bristol_wavemeter_driver,    &anritsu_scope_driver,
	&anritsu_bert_driver,         &keysight_switch_driver,
	&oz_attenuator_driver,        &rigol_supply_driver,
	&generic_attenuator_driver,   &generic_power_meter_driver,
	&generic_supply_driver,       NULL,
};

const struct instrument_driver *const *registry_drivers(void)
{
	return drivers;
}

const struct instrument_driver *registry_find(const char *name, GError **error)
{
	const char *names[G_N_ELEMENTS(drivers)] = {NULL};
	for (gsize i = 0; drivers[i]; i++) {
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
		names[i] = drivers[i]->name;
	}
	const char *nearest = suggest_nearest(name, names);
	if (nearest) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "no driver is named \"%s\"; did you mean \"%s\"?", name, nearest);
	} else {
		g_autofree char *all = g_strjoinv(", ", (char **)names);
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "no driver is named \"%s\"; there are %s", name, all);
	}
	return NULL;
}
