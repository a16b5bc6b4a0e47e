/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/dut.h"

#include <math.h>

#define SOUND_DEGC        32.0
#define SOUND_COOLED_DEGC 45.0

double dut_sound_degc(const struct dut_lane *lane)
{
	return lane->kind == MODEL_EML_COOLED ? SOUND_COOLED_DEGC : SOUND_DEGC;
}

void dut_spoil_heat(struct dut_lane *lane, double sound_degc, double t0_k, double t1_k)
{
	double rise = sound_degc - DUT_REFERENCE_DEGC;

	lane->threshold_a *= exp(rise / lane->threshold_t0_k - rise / t0_k);
	lane->slope_w_per_a *= exp(rise / t1_k - rise / lane->slope_t1_k);
	lane->threshold_t0_k = t0_k;
	lane->slope_t1_k = t1_k;
}

static void spoil_hot_laser(struct dut *dut, struct dut_lane *lane)
{
	switch (lane->kind) {
	case MODEL_EML:
		dut_spoil_heat(lane, dut_sound_degc(lane), 35, 25);
		break;
	case MODEL_EML_COOLED:
		/* The cooler is weak too: on a hot case the lasers are at 65 degC. */
		dut->cooler_reach_k = 5;
		dut_spoil_heat(lane, dut_sound_degc(lane), 18, 10);
		break;
	case MODEL_VCSEL:
		dut_spoil_heat(lane, dut_sound_degc(lane), 27, 17);
		break;
	}
}

static void spoil_spectrum(struct dut_lane *lane, guint number, const struct defect_set *defects,
                           struct random_stream *s)
{
	gboolean vcsel = lane->kind == MODEL_VCSEL;

	if (defect_on_lane(defects, WORLD_DEFECT_KINKED_LASER, number)) {
		lane->kink_a =
			vcsel ? random_uniform(s, 6.2e-3, 7.0e-3) : random_uniform(s, 45e-3, 52e-3);
		lane->kink_loss = random_uniform(s, 0.18, 0.25);
	}
	if (defect_on_lane(defects, WORLD_DEFECT_OFF_WAVELENGTH, number))
		lane->light.wavelength_m +=
			vcsel ? random_uniform(s, 15e-9, 18e-9) : random_uniform(s, 12e-9, 13e-9);
	if (defect_on_lane(defects, WORLD_DEFECT_WIDE_SPECTRUM, number)) {
		if (vcsel)
			lane->light.rms_width_m = random_uniform(s, 0.75e-9, 0.9e-9);
		else
			lane->smsr_db = random_uniform(s, 20, 25);
	}
}

/* Lasers of other types have more light to spare than those of DR4. */
static double spare(const struct world_model *model)
{
	if (!model->wdm)
		return model->multimode ? 0.72 : 1;
	return model->transmitter == MODEL_EML_COOLED ? 0.65 : 0.8;
}

/*
 * Each is bad enough that no setting of the knobs makes up for it, together: a slow or compressed
 * driver has no swing to spare for what equalising it costs.
 *
 * The defects draw from a stream of their own, so that a unit with a defect is otherwise the same
 * unit as without.
 */
void dut_spoil(struct dut *dut, guint number, const struct defect_set *defects,
               struct random_stream *s)
{
	struct dut_lane *lane = &dut->lanes[number];
	gboolean vcsel = lane->kind == MODEL_VCSEL;

	if (defect_on_lane(defects, WORLD_DEFECT_WEAK_LANE, number))
		lane->slope_w_per_a *= random_uniform(s, 0.13, 0.16) * spare(dut->model);
	if (defect_on_lane(defects, WORLD_DEFECT_DEAD_LANE, number))
		lane->slope_w_per_a = 0;
	if (defect_on_lane(defects, WORLD_DEFECT_NOISY_LASER, number))
		lane->rin_db_hz = random_uniform(s, -130.0, -129.3);
	if (defect_on_lane(defects, WORLD_DEFECT_SLOW_DRIVER, number)) {
		lane->bandwidth_hz = random_uniform(s, 10.2e9, 10.5e9) * (vcsel             ? 0.8
		                                                          : dut->model->wdm ? 0.92
		                                                                            : 1);
		lane->swing_max_v = 1.3;
		lane->mod_max_a = 4e-3;
	}
	if (defect_on_lane(defects, WORLD_DEFECT_COMPRESSED_LEVELS, number)) {
		lane->stuck_inner = random_uniform(s, 0.532, 0.54);
		lane->swing_max_v = 1.25;
		lane->mod_max_a = 4e-3;
	}
	if (defect_on_lane(defects, WORLD_DEFECT_BAD_RSSI, number))
		lane->rx_mon_limit_w = random_uniform(s, 80e-6, 110e-6);
	/* Near the upper end, so that the dirt alone decides whether the lane passes. */
	if (defect_on_lane(defects, WORLD_DEFECT_DIRTY_CONNECTOR, number))
		lane->sensitivity_dbm =
			dut_typical_sensitivity_dbm(dut->model) + random_uniform(s, 0.3, 0.5);
	if (defect_on_lane(defects, WORLD_DEFECT_HOT_LASER, number))
		spoil_hot_laser(dut, lane);
	spoil_spectrum(lane, number, defects, s);
}
