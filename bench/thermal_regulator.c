/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/thermal_regulator.h"

#include "bench/world.h"

#include <math.h>

#define TICK_S       1.0
#define TICK_REAL_S  0.02 /* no more often than this in real time */
#define AIR_GAIN     1.0
#define AIR_PER_S    (1.0 / 30)
#define LATE_S       10.0
#define COLDEST_DEGC -60.0 /* of the air, whatever LLIM allows */
#define PART_MAX     0.7   /* of the error, that one tick may add to the air */

double thermal_target_degc(const struct ats *ats)
{
	return ats->setp[(int)ats->number[SETN]];
}

void thermal_drive(struct ats *ats, double air_degc)
{
	world_set_thermal(ats->world, ats->site, ats->flow, ats->head_down,
	                  CLAMP(air_degc, MAX(ats->number[LLIM], COLDEST_DEGC), ats->number[ULIM]));
}

/* Temperature that counts: of the case in DUT mode, else of the air. */
double thermal_measured_degc(const struct ats *ats)
{
	double air_degc = 0.0;
	double case_degc = 0.0;
	world_thermal_degc(ats->world, ats->site, &air_degc, &case_degc);
	return ats->number[DUTM] != 0 ? case_degc : air_degc;
}

static void follow_ramp(struct ats *ats, double dt_s)
{
	double step_k =
		ats->number[RAMP] >= RAMP_FREE ? G_MAXDOUBLE : ats->number[RAMP] / 60 * dt_s;
	double left_k = thermal_target_degc(ats) - ats->dynamic_degc;
	ats->dynamic_degc += CLAMP(left_k, -step_k, step_k);
}

static double air_for_dut(struct ats *ats, double case_degc, double dt_s)
{
	double error_k = ats->dynamic_degc - case_degc;
	ats->air_offset_k += MIN(AIR_PER_S * dt_s, PART_MAX) * error_k;
	ats->air_offset_k = CLAMP(ats->air_offset_k, -ats->number[ADMD], ats->number[ADMD]);
	/* a tick that comes late acts for long: with its whole gain it would swing */
	double gain = AIR_GAIN / (1 + dt_s / LATE_S);
	double offset_k = gain * error_k + ats->air_offset_k;
	return ats->dynamic_degc + CLAMP(offset_k, -ats->number[ADMD], ats->number[ADMD]);
}

/* One step of regulation, with the lock held. */
void thermal_regulate(struct ats *ats)
{
	double now_s = world_now_s(ats->world);
	double dt_s = now_s - ats->ticked_s;
	ats->ticked_s = now_s;
	if (!ats->flow)
		return;

	follow_ramp(ats, dt_s);
	double degc = thermal_measured_degc(ats);
	if (ats->number[DUTM] != 0)
		thermal_drive(ats, air_for_dut(ats, degc, dt_s));
	else
		thermal_drive(ats, ats->dynamic_degc);

	if (fabs(degc - thermal_target_degc(ats)) > ats->number[WNDW])
		ats->inside_since_s = NAN;
	else if (isnan(ats->inside_since_s))
		ats->inside_since_s = now_s;

	if (ats->number[TTIM] > 0 && now_s - ats->flow_since_s >= ats->number[TTIM]) {
		ats->flow = FALSE;
		ats->test_ended = TRUE;
		ats->tesr |= TECR_TEST_END;
		thermal_drive(ats, ats->dynamic_degc);
	}
}

void *thermal_regulator_thread(void *data)
{
	struct ats *ats = data;

	g_mutex_lock(&ats->lock);
	while (!ats->quit) {
		if (!ats->flow) {
			g_cond_wait(&ats->wake, &ats->lock);
			continue;
		}
		thermal_regulate(ats);
		gint64 pause_us = (gint64)(G_USEC_PER_SEC *
		                           MAX(TICK_S / world_time_scale(ats->world), TICK_REAL_S));
		g_cond_wait_until(&ats->wake, &ats->lock, g_get_monotonic_time() + pause_us);
	}
	g_mutex_unlock(&ats->lock);
	return NULL;
}

gboolean thermal_has_soaked(const struct ats *ats)
{
	return ats->flow && !isnan(ats->inside_since_s) &&
	       world_now_s(ats->world) - ats->inside_since_s >= ats->number[SOAK];
}
