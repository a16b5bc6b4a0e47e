/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim.h"

#include "bench/sim_attenuator.h"
#include "bench/sim_bert.h"
#include "bench/sim_dp832.h"
#include "bench/sim_bristol.h"
#include "bench/sim_meerstetter.h"
#include "bench/sim_n7734a.h"
#include "bench/sim_mp1900a.h"
#include "bench/sim_mp2110a.h"
#include "bench/sim_osa.h"
#include "bench/sim_oz.h"
#include "bench/sim_power_meter.h"
#include "bench/sim_scope.h"
#include "bench/sim_supply.h"
#include "bench/sim_switch.h"
#include "bench/sim_thermal.h"
#include "bench/sim_thorlabs.h"

char *sim_serial(const char *prefix, guint site)
{
	return g_strdup_printf("%s%05u", prefix, 101 + site);
}

const struct sim_kind *const sim_instruments[] = {
	&sim_scope,  &sim_power_meter, &sim_attenuator, &sim_bert, &sim_supply,
	&sim_switch, &sim_thermal,     &sim_osa,        NULL,
};

const struct sim_kind *const sim_others[] = {
	&sim_dp832, &sim_n7734a, &sim_oz, &sim_meerstetter, &sim_bristol, &sim_thorlabs, NULL,
};
