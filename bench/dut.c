/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/dut.h"

#include <math.h>
#include <string.h>

#define SELF_HEATING_K 7.0
/* Volts across a laser and its current source. */
#define LASER_RAIL_V 1.8
#define NOMINAL_V    3.3
/* The cooler works down to its last watt however warm or cold the case is. */
#define COOLER_IDLE_W 0.1

/* Normal distributions, cut at 2.5 sigma. */
struct spread {
	double mean, sigma;
};

/*
 * What models differ in. A long reach needs more light and less chirp: what is left of 10 km at
 * the ends of the band is some 30 ps/nm.
 */
struct recipe {
	struct spread slope_w_per_a;
	struct spread sensitivity_dbm;
	struct spread chirp;
	struct spread off_nominal_m; /* of the wavelength at 25 degC of the laser */
	struct spread common_off_m;  /* the same, one draw for all four lanes */
	struct spread high_power_w;
};

static const struct recipe recipes[] = {
	/* DR4 */
	{{0.063, 0.003}, {-5.7, 0.16}, {0.6, 0.15}, {-1.7e-9, 1.0e-9}, {0, 0}, {6.9, 0.25}},
	/* FR4 */
	{{0.085, 0.004}, {-6.1, 0.16}, {0.25, 0.10}, {-1.7e-9, 0.9e-9}, {0, 0}, {7.3, 0.25}},
	/* LR4 to 6 km: laser at 45 degC, so 2 nm above where it would be at 25 */
	{{0.117, 0.005}, {-7.9, 0.16}, {0.10, 0.08}, {-2e-9, 0.5e-9}, {0, 0.6e-9}, {7.3, 0.25}},
	/* LR4 to 10 km */
	{{0.122, 0.005}, {-8.2, 0.16}, {0.00, 0.08}, {-2e-9, 0.5e-9}, {0, 0.6e-9}, {7.3, 0.25}},
	/* SR4 */
	{{0.420, 0.012}, {-6.0, 0.16}, {0, 0}, {-2.4e-9, 0.9e-9}, {0, 0}, {6.3, 0.25}},
};

static const struct recipe *recipe_of(const struct world_model *model)
{
	if (model->transmitter == MODEL_VCSEL)
		return &recipes[4];
	if (model->transmitter == MODEL_EML_COOLED)
		return &recipes[model->reach_m > 6000 ? 3 : 2];
	return &recipes[model->wdm ? 1 : 0];
}

double dut_typical_sensitivity_dbm(const struct world_model *model)
{
	return recipe_of(model)->sensitivity_dbm.mean;
}

/* A stream, and how many times as wide as usual its normal draws are. */
struct draws {
	struct random_stream stream;
	double width;
};

/* A normal draw that stays within 2.5 sigma. */
static double around(struct draws *d, double mean, double sigma)
{
	return mean + random_bounded(&d->stream, sigma * d->width, 2.5);
}

static double draw(struct draws *d, const struct spread *spread)
{
	return around(d, spread->mean, spread->sigma);
}

static double between(struct draws *d, double low, double high)
{
	return random_uniform(&d->stream, low, high);
}

static void init_laser(struct dut_lane *lane, const struct recipe *recipe, struct draws *s)
{
	if (lane->kind == MODEL_VCSEL) {
		lane->threshold_a = around(s, 0.8e-3, 0.05e-3);
		lane->slope_w_per_a = draw(s, &recipe->slope_w_per_a);
		lane->rollover_a = around(s, 80e-3, 4e-3);
		lane->threshold_t0_k = around(s, 60, 3);
		lane->slope_t1_k = around(s, 74, 3);
		lane->rin_db_hz = around(s, -145.0, 0.6);
		return;
	}
	lane->threshold_a = around(s, 10.5e-3, 0.8e-3);
	lane->slope_w_per_a = draw(s, &recipe->slope_w_per_a);
	lane->rollover_a = around(s, 0.40, 0.02);
	lane->threshold_t0_k = around(s, 60, 3);
	lane->slope_t1_k = around(s, 150, 8);
	lane->rin_db_hz = around(s, -145.5, 0.6);
	lane->mod_v0 = around(s, 1.35, 0.05);
	lane->mod_vs = around(s, 0.56, 0.025);
	lane->mod_floor = fmax(around(s, 0.02, 0.004), 0.002);
	lane->mod_v0_per_k = around(s, -1.5e-3, 0.2e-3);
}

static void init_driver(struct dut_lane *lane, struct draws *s)
{
	if (lane->kind == MODEL_VCSEL) {
		lane->bandwidth_hz = around(s, 25e9, 0.5e9);
		lane->bandwidth_per_a = 35; /* 3.5 % for each mA */
		lane->bandwidth_per_k = -1e-3;
	} else {
		lane->bandwidth_hz = around(s, 27e9, 1.2e9);
	}
	lane->echo = around(s, 0, 0.012);
	lane->echo_delay_s = between(s, 50e-12, 90e-12);
	lane->jitter_s = around(s, 180e-15, 20e-15);
	lane->swing_max_v = 2.5;
	lane->mod_max_a = 12e-3;
}

static void init_rest(struct dut_lane *lane, const struct recipe *recipe, struct draws *s)
{
	lane->tx_mon_slope = around(s, 1, 0.06);
	lane->tx_mon_offset_w = around(s, 0, 4e-6);
	lane->rx_mon_slope = around(s, 1, 0.06);
	lane->rx_mon_offset_w = around(s, 0, 1.5e-6);
	lane->bias_sense = around(s, 1, 0.008);
	lane->sensitivity_dbm = draw(s, &recipe->sensitivity_dbm);
}

/* What follows the temperature, the spectrum, the shape of the monitor: of a second stream. */
static void init_drifts(struct dut_lane *lane, const struct world_model *model, struct draws *s)
{
	lane->rssi = model->rssi;
	lane->tx_mon_per_k = around(s, 0, 3e-4);
	lane->rx_mon_per_k = around(s, 0, 2e-4);
	lane->rx_mon_quad_per_w = between(s, 60, 140);
	lane->rx_mon_break_raw_w = between(s, 180e-6, 260e-6);
	lane->rx_mon_slope_high = lane->rx_mon_slope * between(s, 1.25, 1.40);
	lane->sensitivity_db_per_k = around(s, 4e-3, 0.8e-3);
	lane->smsr_db = between(s, 38, 52);
	lane->light.rms_width_m = lane->kind == MODEL_VCSEL ? between(s, 0.25e-9, 0.5e-9) : 0;
	lane->wavelength_per_k = lane->kind == MODEL_VCSEL ? 0.06e-9 : 0.1e-9;
}

static void init_lanes(struct dut *dut, const struct recipe *recipe, struct draws *unit,
                       struct draws *more)
{
	double common_m = draw(more, &recipe->common_off_m);

	for (guint i = 0; i < WORLD_LANES; i++) {
		struct dut_lane *lane = &dut->lanes[i];
		*lane = (struct dut_lane){.kind = dut->model->transmitter};
		init_laser(lane, recipe, unit);
		init_driver(lane, unit);
		init_rest(lane, recipe, unit);
		init_drifts(lane, dut->model, more);
	}
	dut->temp_offset_k = around(unit, 0, 1.5);
	dut->vcc_offset_v = around(unit, 0, 0.02);
	dut->low_power_w = between(unit, 0.9, 1.3);
	dut->high_power_w = draw(unit, &recipe->high_power_w);
	for (guint i = 0; i < WORLD_LANES; i++) {
		struct fibre_light *light = &dut->lanes[i].light;
		light->wavelength_m =
			dut->model->wavelength_m[i] + common_m + draw(unit, &recipe->off_nominal_m);
		light->chirp = draw(unit, &recipe->chirp);
	}
}

void dut_init(struct dut *dut, const struct world_model *model, guint64 seed, const char *serial,
              const struct defect_set *defects)
{
	dut_init_wide(dut, model, seed, serial, defects, 1);
}

void dut_init_wide(struct dut *dut, const struct world_model *model, guint64 seed,
                   const char *serial, const struct defect_set *defects, double width)
{
	struct draws unit = {.width = width}, more = {.width = width};
	struct random_stream faults;
	g_autofree char *unit_name = g_strconcat("unit ", serial, NULL);
	g_autofree char *more_name = g_strconcat("temperature ", serial, NULL);
	g_autofree char *faults_name = g_strconcat("faults ", serial, NULL);

	random_init(&unit.stream, seed, unit_name);
	random_init(&more.stream, seed, more_name);
	random_init(&faults, seed, faults_name);
	memset(dut, 0, sizeof *dut);
	dut->model = model;
	init_lanes(dut, recipe_of(model), &unit, &more);
	dut->temp_gain = between(&more, 0.98, 1.02);
	dut->vcc_gain = between(&more, 0.98, 1.02);
	/* Gains turn about what a unit is at most of the time. */
	dut->temp_offset_k += (1 - dut->temp_gain) * DUT_REFERENCE_DEGC;
	dut->vcc_offset_v += (1 - dut->vcc_gain) * NOMINAL_V;
	dut->power_w_per_k = around(&more, 4e-3, 0.5e-3);
	if (model->transmitter == MODEL_EML_COOLED)
		dut->cooler_w_per_k = around(&more, 0.03, 0.003);
	dut->cooler_reach_k = 60;
	for (guint i = 0; i < WORLD_LANES; i++)
		dut_spoil(dut, i, defects, &faults);
}

double dut_laser_degc(const struct dut *dut, double case_degc, double tec_degc)
{
	if (dut->model->transmitter != MODEL_EML_COOLED)
		return case_degc + SELF_HEATING_K;
	return fmax(tec_degc, case_degc - dut->cooler_reach_k);
}

double dut_power_w(const struct dut *dut, const struct dut_state *state)
{
	if (!state->high_power)
		return dut->low_power_w;
	double sum =
		dut->high_power_w + dut->power_w_per_k * (state->case_degc - DUT_REFERENCE_DEGC);
	for (guint i = 0; i < WORLD_LANES; i++)
		sum += LASER_RAIL_V * state->bias_a[i];
	if (dut->cooler_w_per_k > 0)
		sum += COOLER_IDLE_W +
		       dut->cooler_w_per_k *
		               fabs(state->case_degc -
		                    dut_laser_degc(dut, state->case_degc, state->tec_degc));
	/* Switching regulators take the same power at any voltage, but for their losses. */
	return sum * (1 + 0.06 * (state->volt - NOMINAL_V));
}

double dut_temp_raw_degc(const struct dut *dut, double case_degc)
{
	double rise = case_degc - DUT_REFERENCE_DEGC;

	return (case_degc - dut->temp_offset_k + dut->temp_bow_per_k * rise * rise) /
	       dut->temp_gain;
}

double dut_vcc_raw_v(const struct dut *dut, double volt)
{
	return (volt - dut->vcc_offset_v) / dut->vcc_gain;
}
