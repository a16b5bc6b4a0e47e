/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/truth.h"

#include "base/number.h"
#include "base/unit.h"
#include "bench/eyetruth.h"
#include "bench/heat.h"
#include "bench/lightwave.h"
#include "bench/receiver.h"

#include <math.h>
#include <stddef.h>

#define SAMPLES_PER_SYMBOL 16
#define LANE(member)       offsetof(struct world_truth_lane, member)
#define UNIT(member)       offsetof(struct world_truth, member)

/*
 * 400GBASE-DR4, IEEE 802.3bs clause 124, as product sheets print it; the monitors and the power
 * as the module's own data sheet has them. The average power's lower value is informative there
 * and left out. OMA - TDECQ has a rule of its own below.
 */
static const struct {
	const char *name;
	const char *unit;
	gsize offset;
	double min;
	double max;
} lane_limits[] = {
	{"average power", "dBm", LANE(avg_dbm), -INFINITY, 4.0},
	{"OMA", "dBm", LANE(oma_dbm), -0.8, 4.2},
	{"ER", "dB", LANE(er_db), 3.5, INFINITY},
	{"TDECQ", "dB", LANE(tdecq_db), -INFINITY, 3.4},
	{"sensitivity", "dBm", LANE(sensitivity_dbm), -INFINITY, -4.4},
	{"TX monitor", "dB", LANE(tx_monitor_error_db), -2.0, 2.0},
	{"RX monitor", "dB", LANE(rx_monitor_error_db), -2.0, 2.0},
};

static const struct {
	const char *name;
	const char *unit;
	gsize offset;
	double min;
	double max;
} unit_limits[] = {
	{"temperature monitor", "degC", UNIT(temp_error_degc), -3.0, 3.0},
	{"supply monitor", "V", UNIT(vcc_error_v), -0.1, 0.1},
	{"power", "W", UNIT(power_w), 0.0, 9.0},
};

static double dirt_db(const struct truth_question *q, guint lane)
{
	return q->dirty && defect_on_lane(q->defects, WORLD_DEFECT_DIRTY_CONNECTOR, lane)
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
}

static gboolean look(const struct lightwave_request *wave, struct eye_result *eye)
{
	g_autofree float *light = g_new(float, wave->n_symbols *SAMPLES_PER_SYMBOL);
	struct eye_input input = {
		.power_w = light,
		.n_symbols = wave->n_symbols,
		.samples_per_symbol = SAMPLES_PER_SYMBOL,
		.symbols = wave->symbols,
		.symbol_rate_bd = LIGHTWAVE_SYMBOL_RATE_BD,
		.rin_variance = lightwave_rin_variance(wave->lane, LIGHTWAVE_BANDWIDTH_HZ),
		.jitter_s = wave->lane->jitter_s,
	};

	lightwave_make(wave, light);
	return eye_measure(&input, eye);
}

void truth_transmitter(const struct truth_question *question, guint lane,
                       const struct world_tx_knobs *knobs, struct world_truth_lane *out)
{
	struct lightwave_request wave = {
		.lane = &question->dut->lanes[lane],
		.knobs = *knobs,
		.laser_degc = HEAT_AMBIENT_DEGC + OPTICS_SELF_HEATING_K,
		.symbols = question->symbols,
		.n_symbols = question->n_symbols,
		.samples_per_symbol = SAMPLES_PER_SYMBOL,
		.bandwidth_hz = LIGHTWAVE_BANDWIDTH_HZ,
	};
	struct eye_result eye, behind_fibre;

	no_light(out);
	if (!(optics_laser_w(wave.lane, knobs->laser_bias_a, wave.laser_degc) > 0))
		return;
	if (!look(&wave, &eye))
		return;
	behind_fibre = eye;
	wave.fibre = question->fibre;
	if (wave.fibre && !look(&wave, &behind_fibre))
		return;
	double loss_db = dirt_db(question, lane);
	out->avg_dbm = unit_dbm_from_watt(eye.avg_w) - loss_db;
	out->oma_dbm = unit_dbm_from_watt(eye.oma_w) - loss_db;
	out->er_db = eye.er_db;
	out->tecq_db = eye.tdecq_db;
	out->tdecq_db = behind_fibre.tdecq_db;
	out->rlm = eye.rlm;
}

/* Reported over true; NaN when nothing above zero is reported. */
static double error_db(double reported_w, double true_w)
{
	return reported_w > 0 && true_w > 0 ? unit_db_from_ratio(reported_w / true_w) : NAN;
}

/* The sensor sits inside, before the dirt. */
static void find_tx_monitor(const struct truth_question *q, guint i, struct world_truth_lane *out)
{
	const struct dut_lane *lane = &q->dut->lanes[i];
	double port_w = unit_watt_from_dbm(out->avg_dbm);
	double inside_w = port_w * unit_ratio_from_db(dirt_db(q, i));
	double raw_w = (inside_w - lane->tx_mon_offset_w) / lane->tx_mon_slope;

	out->tx_monitor_error_db =
		error_db(q->constants->tx_mon_slope[i] * raw_w + q->constants->tx_mon_offset_w[i],
	                 port_w);
}

static void find_rx_monitor(const struct truth_question *q, guint i, struct world_truth_lane *out)
{
	static const double points_dbm[] = {-8, -6, -4, -2, 0};
	const struct dut_lane *lane = &q->dut->lanes[i];
	double pass = unit_ratio_from_db(-dirt_db(q, i));

	out->rx_monitor_error_db = 0;
	for (gsize k = 0; k < G_N_ELEMENTS(points_dbm); k++) {
		double port_w = unit_watt_from_dbm(points_dbm[k]);
		double raw_w = receiver_monitor_raw_w(lane, port_w * pass);
		double miss = error_db(q->constants->rx_mon_slope[i] * raw_w +
		                               q->constants->rx_mon_offset_w[i],
		                       port_w);
		if (!(fabs(miss) <= fabs(out->rx_monitor_error_db)))
			out->rx_monitor_error_db = miss;
		if (isnan(miss))
			break;
	}
	out->los_assert_dbm = unit_dbm_from_watt(
		receiver_monitor_power_w(lane, q->constants->los_assert_raw_w[i]) / pass);
	out->los_deassert_dbm = unit_dbm_from_watt(
		receiver_monitor_power_w(lane, q->constants->los_deassert_raw_w[i]) / pass);
}

static void add_why(GPtrArray *why, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add_why(GPtrArray *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(why, g_strdup_vprintf(format, args));
	va_end(args);
}

static void judge(GPtrArray *why, const char *who, const char *name, const char *unit, double value,
                  double min, double max)
{
	if (value >= min && value <= max)
		return;
	gboolean low = value < min;
	g_autofree char *value_text = number_format_digits(value, 3);
	g_autofree char *limit_text = number_format_digits(low ? min : max, 3);
	if (isnan(value))
		add_why(why, "%s%s has no value", who, name);
	else
		add_why(why, "%s%s %s %s %s %s %s", who, name, value_text, unit, low ? "<" : ">",
		        limit_text, unit);
}

static void judge_lane(GPtrArray *why, guint number, const struct world_truth_lane *lane)
{
	g_autofree char *who = g_strdup_printf("lane %u: ", number + 1);
	gboolean dark = !isfinite(lane->oma_dbm);

	if (dark)
		add_why(why, "%sno light", who);
	for (gsize i = 0; i < G_N_ELEMENTS(lane_limits); i++) {
		gboolean receives = lane_limits[i].offset == LANE(sensitivity_dbm) ||
		                    lane_limits[i].offset == LANE(rx_monitor_error_db);
		if (dark && !receives)
			continue; /* said already */
		judge(why, who, lane_limits[i].name, lane_limits[i].unit,
		      G_STRUCT_MEMBER(double, lane, lane_limits[i].offset), lane_limits[i].min,
		      lane_limits[i].max);
	}
	/* -2.2 dBm from an ER of 5 dB on, -1.9 dBm below (the newer sheets' split). */
	if (!dark && isfinite(lane->tdecq_db))
		judge(why, who, "OMA - TDECQ", "dBm", lane->oma_dbm - lane->tdecq_db,
		      lane->er_db >= 5 ? -2.2 : -1.9, INFINITY);
}

static void judge_unit(GPtrArray *why, const struct defect_set *defects,
                       const struct world_truth *truth)
{
	if (defects->has[WORLD_DEFECT_I2C_NACK])
		add_why(why, "does not answer on its management interface");
	if (defects->has[WORLD_DEFECT_CORRUPT_CHECKSUM])
		add_why(why, "checksum of page 00h is wrong");
	if (defects->has[WORLD_DEFECT_WRONG_PART_NUMBER])
		add_why(why, "part number is not VB-QDD-DR4-500");
	for (gsize i = 0; i < G_N_ELEMENTS(unit_limits); i++)
		judge(why, "", unit_limits[i].name, unit_limits[i].unit,
		      G_STRUCT_MEMBER(double, truth, unit_limits[i].offset), unit_limits[i].min,
		      unit_limits[i].max);
}

void truth_find(const struct truth_question *question, struct world_truth *truth)
{
	const struct world_constants *c = question->constants;
	g_autoptr(GPtrArray) why = g_ptr_array_new();
	double bias_a[WORLD_LANES];

	*truth = (struct world_truth){.dirty = question->dirty, .calibrated = c->calibrated};
	for (guint i = 0; i < WORLD_LANES; i++) {
		struct world_truth_lane *lane = &truth->lanes[i];
		truth_transmitter(question, i, &c->tx[i], lane);
		lane->sensitivity_dbm =
			question->dut->lanes[i].sensitivity_dbm + dirt_db(question, i);
		find_tx_monitor(question, i, lane);
		find_rx_monitor(question, i, lane);
		bias_a[i] = c->tx[i].laser_bias_a;
	}
	truth->temp_error_degc = c->temp_offset_degc - question->dut->temp_offset_k;
	truth->vcc_error_v = c->vcc_offset_v - question->dut->vcc_offset_v;
	truth->power_w = dut_power_w(question->dut, TRUE, bias_a);
	judge_unit(why, question->defects, truth);
	for (guint i = 0; i < WORLD_LANES; i++)
		judge_lane(why, i, &truth->lanes[i]);
	truth->good = why->len == 0;
	g_ptr_array_add(why, NULL);
	truth->why = (char **)g_ptr_array_free(g_steal_pointer(&why), FALSE);
}

void world_truth_clear(struct world_truth *truth)
{
	g_clear_pointer(&truth->serial, g_free);
	g_clear_pointer(&truth->defects, g_free);
	g_clear_pointer(&truth->why, g_strfreev);
}
