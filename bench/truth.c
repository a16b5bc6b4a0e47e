/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/truth.h"

#include "base/unit.h"
#include "bench/eyetruth.h"
#include "bench/lightwave.h"
#include "bench/receiver.h"
#include "bench/truth_limits.h"

#include <math.h>
#include <string.h>

#define SAMPLES_PER_SYMBOL 16
#define NOMINAL_V          3.3
#define LOW_V              3.135
#define HIGH_V             3.465
/* A step of the L-I curve that the module's data sheet does not allow. */
#define KINK_MAX 0.05

static double dirt_db(const struct truth_question *q, guint lane)
{
	if (!q->dirty || !q->defects->has[WORLD_DEFECT_DIRTY_CONNECTOR])
		return 0;
	return q->dut->model->wdm || defect_on_lane(q->defects, WORLD_DEFECT_DIRTY_CONNECTOR, lane)
	               ? TRUTH_DIRT_DB
	               : 0;
}

static void no_light(struct world_truth_lane *out)
{
	out->avg_dbm = -INFINITY;
	out->oma_dbm = -INFINITY;
	out->er_db = NAN;
	out->tecq_db = NAN;
	out->tdecq_db = NAN;
	out->rlm = NAN;
	out->transition_s = NAN;
}

/* What the equalisers of a lane came to on a pattern, without and with the channel. */
struct taps {
	gboolean known;
	double alone[EYE_MAX_TAPS];
	double behind[EYE_MAX_TAPS];
};

/* On the pattern that every lane is judged with, and on the whole one. */
struct lane_taps {
	struct taps first;
	struct taps whole;
};

struct eyes {
	struct eye_result alone;
	struct eye_result behind;
};

static gboolean look(const struct truth_question *q, const struct lightwave_request *wave,
                     const float *light, const double *near, struct eye_result *eye)
{
	struct eye_input input = {
		.power_w = light,
		.n_symbols = wave->n_symbols,
		.samples_per_symbol = wave->samples_per_symbol,
		.symbols = wave->symbols,
		.symbol_rate_bd = LIGHTWAVE_SYMBOL_RATE_BD,
		.rin_variance = lightwave_rin_variance(wave->lane, wave->bandwidth_hz),
		.jitter_s = wave->lane->jitter_s,
		.n_taps = wave->lane->kind == MODEL_VCSEL ? EYE_TAPS_MMF : EYE_TAPS_SMF,
		.near_taps = near,
		.no_equaliser = q->no_equaliser,
	};

	return eye_measure(&input, eye);
}

/* The eye at the end of the channel. light is what was seen at its beginning, and is spent. */
static gboolean look_behind_channel(const struct truth_question *q, struct lightwave_request *wave,
                                    float *light, const double *near, struct eye_result *eye)
{
	if (q->no_equaliser)
		return TRUE;
	if (q->dut->model->multimode) {
		wave->bandwidth_hz = TRUTH_MULTIMODE_BANDWIDTH_HZ;
		lightwave_make(wave, light);
	} else if (q->fibre) {
		/* Dispersion behind the observer's filter is the same: both are linear. */
		struct fibre_light colour = optics_fibre_light(wave->lane, wave->laser_degc);
		fibre_disperse(q->fibre, &colour, light, wave->n_symbols * wave->samples_per_symbol,
		               wave->samples_per_symbol * LIGHTWAVE_SYMBOL_RATE_BD);
	} else {
		return TRUE;
	}
	return look(q, wave, light, near, eye);
}

static gboolean look_both(const struct truth_question *question, struct lightwave_request wave,
                          struct taps *taps, struct eyes *eyes)
{
	g_autofree float *light = g_new(float, wave.n_symbols *wave.samples_per_symbol);

	lightwave_make(&wave, light);
	if (!look(question, &wave, light, taps->known ? taps->alone : NULL, &eyes->alone))
		return FALSE;
	eyes->behind = eyes->alone;
	if (!look_behind_channel(question, &wave, light, taps->known ? taps->behind : NULL,
	                         &eyes->behind))
		return FALSE;
	memcpy(taps->alone, eyes->alone.taps, sizeof taps->alone);
	memcpy(taps->behind, eyes->behind.taps, sizeof taps->behind);
	taps->known = TRUE;
	return TRUE;
}

static gboolean look_again(const struct truth_question *question, const struct eyes *eyes)
{
	double worse_db = fmax(eyes->alone.tdecq_db, eyes->behind.tdecq_db);
	double above_db = worse_db - truth_limits_of(question->dut->model)->tdecq_max_db;

	return question->whole_symbols && !question->no_equaliser && above_db > -TRUTH_BELOW_DB &&
	       above_db < TRUTH_ABOVE_DB;
}

static void find_transmitter(const struct truth_question *question, guint lane, double case_degc,
                             const struct world_tx_knobs *knobs, struct lane_taps *taps,
                             struct world_truth_lane *out)
{
	struct lightwave_request wave = {
		.lane = &question->dut->lanes[lane],
		.knobs = *knobs,
		.laser_degc = dut_laser_degc(question->dut, case_degc,
	                                     question->constants ? question->constants->tec_degc
	                                                         : case_degc),
		.symbols = question->symbols,
		.n_symbols = question->n_symbols,
		.samples_per_symbol = SAMPLES_PER_SYMBOL,
		.bandwidth_hz = LIGHTWAVE_BANDWIDTH_HZ,
	};
	struct eyes eyes;

	no_light(out);
	if (!(optics_light_w(wave.lane, knobs, wave.laser_degc, 1) > 0) ||
	    !look_both(question, wave, &taps->first, &eyes))
		return;
	if (look_again(question, &eyes)) {
		wave.symbols = question->whole_symbols;
		wave.n_symbols = question->n_whole_symbols;
		if (!look_both(question, wave, &taps->whole, &eyes))
			return;
	}
	const struct eye_result *eye = &eyes.alone;
	double loss_db = dirt_db(question, lane);
	out->avg_dbm = unit_dbm_from_watt(eye->avg_w) - loss_db;
	out->oma_dbm = unit_dbm_from_watt(eye->oma_w) - loss_db;
	out->er_db = eye->er_db;
	out->tecq_db = eye->tdecq_db;
	out->tdecq_db = eyes.behind.tdecq_db;
	out->rlm = eye->rlm;
	out->transition_s = eye->transition_s;
	if (question->no_equaliser)
		out->tecq_db = out->tdecq_db = out->rlm = NAN;
}

void truth_transmitter(const struct truth_question *question, guint lane, double case_degc,
                       const struct world_tx_knobs *knobs, struct world_truth_lane *out)
{
	struct lane_taps taps = {0};

	find_transmitter(question, lane, case_degc, knobs, &taps, out);
}

/* Reported over true; NaN when nothing above zero is reported. */
static double error_db(double reported_w, double true_w)
{
	return reported_w > 0 && true_w > 0 ? unit_db_from_ratio(reported_w / true_w) : NAN;
}

/* The sensor sits inside, before the dirt. */
static void find_tx_monitor(const struct truth_question *q, guint i, double case_degc,
                            struct world_truth_lane *out)
{
	double port_w = unit_watt_from_dbm(out->avg_dbm);
	double inside_w = port_w * unit_ratio_from_db(dirt_db(q, i));
	double raw_w = optics_monitor_raw_w(&q->dut->lanes[i], case_degc, inside_w);

	out->tx_monitor_error_db =
		error_db(q->constants->tx_mon_slope[i] * raw_w + q->constants->tx_mon_offset_w[i],
	                 port_w);
}

/* What the module makes of a raw reading. */
static double reported_rx_w(const struct world_constants *c, enum model_rssi rssi, guint i,
                            double raw_w)
{
	if (rssi == MODEL_RSSI_TWO_SLOPES && raw_w > c->rx_mon_break_raw_w[i])
		return c->rx_mon_slope_high[i] * raw_w + c->rx_mon_offset_high_w[i];
	double power_w = c->rx_mon_slope[i] * raw_w + c->rx_mon_offset_w[i];
	return rssi == MODEL_RSSI_QUADRATIC ? power_w + c->rx_mon_quad_per_w[i] * raw_w * raw_w
	                                    : power_w;
}

static void find_receiver(const struct truth_question *q, guint i, double case_degc,
                          struct world_truth_lane *out)
{
	static const double points_dbm[] = {-8, -6, -4, -2, 0};
	const struct dut_lane *lane = &q->dut->lanes[i];
	double pass = unit_ratio_from_db(-dirt_db(q, i));

	out->sensitivity_dbm = receiver_sensitivity_dbm(lane, case_degc) + dirt_db(q, i);
	out->rx_monitor_error_db = 0;
	for (gsize k = 0; k < G_N_ELEMENTS(points_dbm); k++) {
		double port_w = unit_watt_from_dbm(points_dbm[k]);
		double raw_w = receiver_monitor_raw_w(lane, case_degc, port_w * pass);
		double miss = error_db(reported_rx_w(q->constants, lane->rssi, i, raw_w), port_w);
		if (!(fabs(miss) <= fabs(out->rx_monitor_error_db)))
			out->rx_monitor_error_db = miss;
		if (isnan(miss))
			break;
	}
	out->los_assert_dbm = unit_dbm_from_watt(
		receiver_monitor_power_w(lane, case_degc, q->constants->los_assert_raw_w[i]) /
		pass);
	out->los_deassert_dbm = unit_dbm_from_watt(
		receiver_monitor_power_w(lane, case_degc, q->constants->los_deassert_raw_w[i]) /
		pass);
}

static double vcc_error_v(const struct truth_question *q, double volt)
{
	return q->constants->vcc_slope * dut_vcc_raw_v(q->dut, volt) + q->constants->vcc_offset_v -
	       volt;
}

static void find_lane(const struct truth_question *q, guint i, double case_degc,
                      const struct world_tx_knobs *knobs, struct lane_taps *taps,
                      struct world_truth_lane *out)
{
	const struct dut_lane *lane = &q->dut->lanes[i];
	double laser_degc = dut_laser_degc(q->dut, case_degc, q->constants->tec_degc);

	find_transmitter(q, i, case_degc, knobs, taps, out);
	out->wavelength_m = optics_wavelength_m(lane, laser_degc);
	out->smsr_db = lane->kind == MODEL_VCSEL ? NAN : lane->smsr_db;
	out->rms_width_m = lane->light.rms_width_m;
	find_tx_monitor(q, i, case_degc, out);
	find_receiver(q, i, case_degc, out);
}

static void find_sums(const struct world_model *model, struct world_truth_corner *corner)
{
	double total_w = 0, least_dbm = INFINITY, most_dbm = -INFINITY;

	for (guint i = 0; i < model->n_lanes; i++) {
		total_w += unit_watt_from_dbm(corner->lanes[i].avg_dbm);
		least_dbm = fmin(least_dbm, corner->lanes[i].oma_dbm);
		most_dbm = fmax(most_dbm, corner->lanes[i].oma_dbm);
	}
	corner->total_dbm = unit_dbm_from_watt(total_w);
	corner->lane_difference_db = isfinite(least_dbm) ? most_dbm - least_dbm : NAN;
}

/* taps: of each lane, of a corner before if there was one. */
static void find_corner(const struct truth_question *question, double case_degc,
                        struct lane_taps taps[WORLD_LANES], struct world_truth_corner *corner)
{
	const struct world_constants *c = question->constants;
	const struct dut *dut = question->dut;
	double monitor_degc =
		c->temp_slope * dut_temp_raw_degc(dut, case_degc) + c->temp_offset_degc;
	double low_v = vcc_error_v(question, LOW_V), high_v = vcc_error_v(question, HIGH_V);
	struct dut_state state = {
		.high_power = TRUE,
		.case_degc = case_degc,
		.tec_degc = c->tec_degc,
		.volt = HIGH_V, /* where it takes the most */
	};

	*corner = (struct world_truth_corner){
		.case_degc = case_degc,
		.temp_error_degc = monitor_degc - case_degc,
		.vcc_error_v = fabs(low_v) > fabs(high_v) ? low_v : high_v,
	};
	for (guint i = 0; i < dut->model->n_lanes; i++) {
		struct world_tx_knobs knobs = world_constants_knobs(c, dut->model, i, monitor_degc);
		find_lane(question, i, case_degc, &knobs, &taps[i], &corner->lanes[i]);
		state.bias_a[i] = knobs.laser_bias_a;
	}
	find_sums(dut->model, corner);
	corner->power_w = dut_power_w(dut, &state);
}

void truth_find_corner(const struct truth_question *question, double case_degc,
                       struct world_truth_corner *corner)
{
	struct lane_taps taps[WORLD_LANES] = {0};

	find_corner(question, case_degc, taps, corner);
}

static void judge_identity(GPtrArray *why, const struct truth_question *q)
{
	static const struct {
		enum world_defect defect;
		const char *says;
	} rows[] = {
		{WORLD_DEFECT_I2C_NACK, "does not answer on its management interface"},
		{WORLD_DEFECT_CORRUPT_CHECKSUM, "checksum of page 00h is wrong"},
		{WORLD_DEFECT_RESETS, "restarts by itself"},
		{WORLD_DEFECT_FORGETFUL, "does not keep what it is told to store"},
		{WORLD_DEFECT_STUCK_KNOB, "does not take new values of laser_bias"},
		{WORLD_DEFECT_OLD_FIRMWARE, "its maker's pages have another layout"},
		{WORLD_DEFECT_CMIS3, "speaks CMIS 3.0"},
		{WORLD_DEFECT_QSFP28, "is not a CMIS module"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (q->defects->has[rows[i].defect])
			g_ptr_array_add(why, g_strdup(rows[i].says));
	if (q->defects->has[WORLD_DEFECT_WRONG_PART_NUMBER])
		g_ptr_array_add(why, g_strdup_printf("part number is not %s",
		                                     q->dut->model->part_number));
	for (guint i = 0; i < q->dut->model->n_lanes; i++)
		if (q->dut->lanes[i].kink_a > 0 && q->dut->lanes[i].kink_loss > KINK_MAX)
			g_ptr_array_add(why, g_strdup_printf("lane %u: L-I curve has a kink at "
			                                     "%.1f mA",
			                                     i + 1, q->dut->lanes[i].kink_a * 1e3));
}

void truth_find(const struct truth_question *question, struct world_truth *truth)
{
	static const double case_degc[WORLD_CORNERS] = {0, 25, 70};
	static const enum world_corner order[] = {WORLD_CORNER_ROOM, WORLD_CORNER_COLD,
	                                          WORLD_CORNER_HOT};
	g_autoptr(GPtrArray) why = g_ptr_array_new();
	guint32 said[WORLD_LANES + 1] = {0};
	struct lane_taps taps[WORLD_LANES] = {0};

	*truth = (struct world_truth){
		.dirty = question->dirty,
		.calibrated = question->constants->calibrated,
	};
	judge_identity(why, question);
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
		struct world_truth_corner *corner = &truth->corners[order[i]];
		find_corner(question, case_degc[order[i]], taps, corner);
		truth_judge_corner(question->dut->model, corner, said, why);
	}
	memcpy(truth->lanes, truth->corners[WORLD_CORNER_ROOM].lanes, sizeof truth->lanes);
	truth->good = why->len == 0;
	g_ptr_array_add(why, NULL);
	truth->why = (char **)g_ptr_array_free(g_steal_pointer(&why), FALSE);
}

void world_truth_clear(struct world_truth *truth)
{
	g_clear_pointer(&truth->serial, g_free);
	g_clear_pointer(&truth->defects, g_free);
	g_clear_pointer(&truth->degraded, g_free);
	g_clear_pointer(&truth->why, g_strfreev);
}
