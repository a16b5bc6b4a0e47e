/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/heat.h"

#include <math.h>

#define TAU_BLOWN_S   20.0
#define TAU_STILL_S   90.0
#define TAU_AIR_S     6.0
#define STILL_K_PER_W 1.2

void heat_init(struct heat *heat, double now_s)
{
	*heat = (struct heat){
		.at_s = now_s,
		.case_degc = HEAT_AMBIENT_DEGC,
		.air_degc = HEAT_AMBIENT_DEGC,
		.setpoint_degc = HEAT_AMBIENT_DEGC,
	};
}

static double approach(double from, double to, double seconds, double tau_s)
{
	return to + (from - to) * exp(-seconds / tau_s);
}

void heat_advance(struct heat *heat, double now_s)
{
	double seconds = now_s - heat->at_s;
	gboolean blown = heat->flow && heat->head_down;

	if (!(seconds > 0))
		return;
	heat->at_s = now_s;
	heat->air_degc =
		approach(heat->air_degc, heat->flow ? heat->setpoint_degc : HEAT_AMBIENT_DEGC,
	                 seconds, TAU_AIR_S);
	if (blown)
		heat->case_degc =
			approach(heat->case_degc, heat->setpoint_degc, seconds, TAU_BLOWN_S);
	else
		heat->case_degc =
			approach(heat->case_degc, HEAT_AMBIENT_DEGC + STILL_K_PER_W * heat->load_w,
		                 seconds, TAU_STILL_S);
}
