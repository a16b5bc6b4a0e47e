/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_BENCH_TRUTH_BED_H
#define TESTS_UNIT_BENCH_TRUTH_BED_H

#include "base/unit.h"
#include "bench/optics.h"
#include "bench/receiver.h"
#include "bench/stimulus.h"
#include "bench/truth.h"

#include <math.h>
#include <string.h>

/* A unit, and constants as a calibration that knows all parameters would leave them. */
struct bed {
	struct defect_set defects;
	struct dut dut;
	struct fibre fibre;
	struct world_constants constants;
	struct truth_question question;
	guint8 *symbols;
};

static inline void bed_init(struct bed *bed, const char *model, guint64 seed, const char *serial,
                            const char *defects)
{
	memset(bed, 0, sizeof *bed);
	g_assert_true(defect_set_parse(defects, serial, &bed->defects, NULL));
	dut_init(&bed->dut, world_model_find(model), seed, serial, &bed->defects);
	world_constants_of_model(&bed->constants, bed->dut.model);
	fibre_default(&bed->fibre);
	bed->fibre.length_m = bed->dut.model->reach_m;
	bed->symbols = stimulus_new(WORLD_PATTERN_PRBS13Q, &bed->question.n_symbols);
	bed->question.symbols = bed->symbols;
	bed->question.dut = &bed->dut;
	bed->question.defects = &bed->defects;
	bed->question.constants = &bed->constants;
	bed->question.fibre = bed->dut.model->multimode ? NULL : &bed->fibre;
	bed->question.dirty = bed->defects.has[WORLD_DEFECT_DIRTY_CONNECTOR];
}

/* A part of the pattern, with its two long runs put in, tells enough and sooner. */
static inline void bed_shorten_pattern(struct bed *bed)
{
	bed->question.n_symbols = 2000;
	memset(bed->symbols + 500, 3, 7);
	memset(bed->symbols + 1200, 0, 6);
}

static inline void bed_done(struct bed *bed)
{
	g_free(bed->symbols);
}

/* Targets in the middle of what the type allows. */
static inline double bed_oma_w(const struct world_model *model)
{
	if (model->multimode)
		return 1.07e-3;
	if (!model->wdm)
		return 1.259e-3; /* +1.0 dBm */
	return model->transmitter == MODEL_EML_COOLED ? 1.82e-3 : 1.58e-3;
}

static inline double bed_er(const struct world_model *model)
{
	return model->multimode ? 2.51 : 3.02;
}

static inline double bed_settled_er(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                                    double laser_degc, double *oma_w)
{
	double w[4];

	optics_settled_levels_w(lane, knobs, laser_degc, w);
	*oma_w = w[3] - w[0];
	return w[3] / w[0];
}

/* Turns one knob by halving until the ER, or the OMA, is on its target. */
static inline void bed_turn(const struct dut_lane *lane, struct world_tx_knobs *knobs,
                            double laser_degc, double *knob, double low, double high, double er,
                            double oma_w)
{
	gboolean falls = er > 0 && lane->kind == MODEL_VCSEL;

	for (int i = 0; i < 40; i++) {
		double seen_oma_w;
		*knob = (low + high) / 2;
		double seen_er = bed_settled_er(lane, knobs, laser_degc, &seen_oma_w);
		gboolean more = er > 0 ? seen_er < er : seen_oma_w < oma_w;
		if (more != falls)
			low = *knob;
		else
			high = *knob;
	}
}

/* Settings that reach the targets at that laser temperature; swing: of an EML, 0 to find it too. */
static inline struct world_tx_knobs bed_settings(const struct world_model *model,
                                                 const struct dut_lane *lane, double laser_degc,
                                                 double swing_v)
{
	struct world_tx_knobs k = {.laser_bias_a = 60e-3,
	                           .mod_bias_v = 1.35,
	                           .mod_swing_v = swing_v};
	double er = bed_er(model), oma_w = bed_oma_w(model);

	if (lane->kind == MODEL_VCSEL) {
		k = (struct world_tx_knobs){.laser_bias_a = 6e-3, .mod_current_a = 5e-3};
		for (int round = 0; round < 12; round++) {
			bed_turn(lane, &k, laser_degc, &k.mod_current_a, 0, 12e-3, 0, oma_w);
			bed_turn(lane, &k, laser_degc, &k.laser_bias_a, 1e-3, 12e-3, er, 0);
		}
		return k;
	}
	if (swing_v > 0)
		bed_turn(lane, &k, laser_degc, &k.mod_bias_v, 0.3, 3, er, 0);
	else
		bed_turn(lane, &k, laser_degc, &k.mod_swing_v, 0.2, 2.5, er, 0);
	bed_turn(lane, &k, laser_degc, &k.laser_bias_a, 0, 0.12, 0, oma_w);
	return k;
}

static inline void bed_calibrate_lane(struct bed *bed, guint i)
{
	struct world_constants *c = &bed->constants;
	const struct world_model *model = bed->dut.model;
	const struct dut_lane *lane = &bed->dut.lanes[i];

	c->tx[i] = bed_settings(model, lane, dut_laser_degc(&bed->dut, 25, c->tec_degc), 0);
	for (guint e = 0; e < WORLD_TABLE_ENTRIES; e++) {
		struct world_tx_knobs k =
			bed_settings(model, lane, dut_laser_degc(&bed->dut, 10 * e, c->tec_degc),
		                     c->tx[i].mod_swing_v);
		c->bias_table_a[i][e] = k.laser_bias_a;
		c->mod_table[i][e] = lane->kind == MODEL_VCSEL ? k.mod_current_a : k.mod_bias_v;
	}
	c->tx_mon_slope[i] = lane->tx_mon_slope;
	c->tx_mon_offset_w[i] = lane->tx_mon_offset_w;
	c->rx_mon_slope[i] = lane->rx_mon_slope;
	c->rx_mon_offset_w[i] = lane->rx_mon_offset_w;
	c->rx_mon_quad_per_w[i] = lane->rx_mon_quad_per_w;
	c->rx_mon_break_raw_w[i] = lane->rx_mon_break_raw_w;
	c->rx_mon_slope_high[i] = lane->rx_mon_slope_high;
	c->rx_mon_offset_high_w[i] =
		lane->rx_mon_offset_w +
		(lane->rx_mon_slope - lane->rx_mon_slope_high) * lane->rx_mon_break_raw_w;
	c->los_assert_raw_w[i] = receiver_monitor_raw_w(lane, 25, unit_watt_from_dbm(-13.5));
	c->los_deassert_raw_w[i] = receiver_monitor_raw_w(lane, 25, unit_watt_from_dbm(-12));
}

/* What a good calibration leaves in the unit. */
static inline void bed_calibrate(struct bed *bed)
{
	struct world_constants *c = &bed->constants;

	for (guint i = 0; i < bed->dut.model->n_lanes; i++)
		bed_calibrate_lane(bed, i);
	c->table_mode = TRUE;
	c->temp_slope = bed->dut.temp_gain;
	c->temp_offset_degc = bed->dut.temp_offset_k;
	c->vcc_slope = bed->dut.vcc_gain;
	c->vcc_offset_v = bed->dut.vcc_offset_v;
	c->calibrated = TRUE;
}

/* Sanitizers make the light ten times as slow: fewer units then. */
static inline guint bed_units_to_try(guint wanted)
{
	const char *variant = g_getenv("STATION_VARIANT");

	return !variant || strcmp(variant, "release") == 0 ? wanted : MAX(wanted / 10, 1);
}

static inline gboolean bed_says(const struct world_truth *truth, const char *text)
{
	for (char **why = truth->why; *why; why++)
		if (strstr(*why, text))
			return TRUE;
	return FALSE;
}

#endif
