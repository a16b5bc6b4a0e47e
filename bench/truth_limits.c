/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/truth_limits.h"

#include "base/number.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define NONE NAN

/*
 * Product sheets of 400G modules, unless said otherwise; no text of a standard was at hand. Average
 * power has a lower value too, which is informative. LOS from -16.5 to -8.5 dBm and sensitivities
 * above -4 dBm or of LR4 are those of the module's own data sheet.
 */
static const struct truth_limits types[] = {
	/* IEEE 802.3bs clause 124; OMA - TDECQ by the newer sheets' split */
	{
		.type = "400GBASE-DR4",
		.wavelength_min_m = -6.5e-9,
		.wavelength_max_m = 6.5e-9,
		.smsr_min_db = 30,
		.rms_width_max_m = NONE,
		.avg_max_dbm = 4.0,
		.total_max_dbm = NONE,
		.oma_max_dbm = 4.2,
		.oma_min_dbm = -0.8,
		.lane_difference_max_db = NONE,
		.oma_tdecq_min_dbm = -2.2,
		.oma_tdecq_low_er_dbm = -1.9,
		.split_er_db = 5,
		.tdecq_max_db = 3.4,
		.er_min_db = 3.5,
		.transition_max_s = 17e-12,
		.sensitivity_max_dbm = -4.4,
		.los_assert_min_dbm = -15,
		.los_deassert_max_dbm = -10,
	},
	/* the stricter of IEEE 802.3cu (from memory) and 100G Lambda MSA rev 2.0 */
	{
		.type = "400GBASE-FR4",
		.wavelength_min_m = -6.5e-9,
		.wavelength_max_m = 6.5e-9,
		.smsr_min_db = 30,
		.rms_width_max_m = NONE,
		.avg_max_dbm = 3.5,
		.total_max_dbm = 9.3,
		.oma_max_dbm = 3.7,
		.oma_min_dbm = -0.2,
		.lane_difference_max_db = 4,
		.oma_tdecq_min_dbm = -1.6,
		.oma_tdecq_low_er_dbm = -1.6,
		.split_er_db = NONE,
		.tdecq_max_db = 3.4,
		.er_min_db = 3.5,
		.transition_max_s = 17e-12,
		.sensitivity_max_dbm = -4.6,
		.los_assert_min_dbm = -15,
		.los_deassert_max_dbm = -9.5,
	},
	/* IEEE 802.3cu clause 151, from memory throughout */
	{
		.type = "400GBASE-LR4-6",
		.wavelength_min_m = -6.5e-9,
		.wavelength_max_m = 6.5e-9,
		.smsr_min_db = 30,
		.rms_width_max_m = NONE,
		.avg_max_dbm = 5.1,
		.total_max_dbm = 11.1,
		.oma_max_dbm = 4.4,
		.oma_min_dbm = 0.3,
		.lane_difference_max_db = 4,
		.oma_tdecq_min_dbm = -1.1,
		.oma_tdecq_low_er_dbm = -1.1,
		.split_er_db = NONE,
		.tdecq_max_db = 3.4,
		.er_min_db = 3.5,
		.transition_max_s = 17e-12,
		.sensitivity_max_dbm = -5.5,
		.los_assert_min_dbm = -16.5,
		.los_deassert_max_dbm = -8.5,
	},
	/* 100G Lambda MSA; SMSR and ER by a 100G-LR sheet */
	{
		.type = "400G-LR4-10",
		.wavelength_min_m = -6.5e-9,
		.wavelength_max_m = 6.5e-9,
		.smsr_min_db = 30,
		.rms_width_max_m = NONE,
		.avg_max_dbm = 5.1,
		.total_max_dbm = 11.1,
		.oma_max_dbm = 4.4,
		.oma_min_dbm = 0.3,
		.lane_difference_max_db = NONE,
		.oma_tdecq_min_dbm = -1.1,
		.oma_tdecq_low_er_dbm = -1.1,
		.split_er_db = NONE,
		.tdecq_max_db = 3.9,
		.er_min_db = 3.5,
		.transition_max_s = NONE,
		.sensitivity_max_dbm = -5.5,
		.los_assert_min_dbm = -16.5,
		.los_deassert_max_dbm = -8.5,
	},
	/* IEEE 802.3db clause 167: sheets of 800G modules with the same lanes; the window (844 to
         * 863 nm), the slope of the OMA and the ER from memory */
	{
		.type = "400GBASE-SR4",
		.wavelength_min_m = -11e-9,
		.wavelength_max_m = 8e-9,
		.smsr_min_db = NONE,
		.rms_width_max_m = 0.6e-9,
		.avg_max_dbm = 4.0,
		.total_max_dbm = NONE,
		.oma_max_dbm = 3.5,
		.oma_min_dbm = -2.6,
		.lane_difference_max_db = NONE,
		.oma_tdecq_min_dbm = -4.4,
		.oma_tdecq_low_er_dbm = -4.4,
		.split_er_db = NONE,
		.tdecq_max_db = 4.4,
		.er_min_db = 2.5,
		.transition_max_s = NONE,
		.sensitivity_max_dbm = -3.5,
		.los_assert_min_dbm = -16.5,
		.los_deassert_max_dbm = -8.5,
	},
};

/* Accuracy of the monitors, by the module's own data sheet. */
#define POWER_MONITOR_DB      2.0
#define TEMPERATURE_MONITOR_K 3.0
#define SUPPLY_MONITOR_V      0.1

const struct truth_limits *truth_limits_of(const struct world_model *model)
{
	const char *type = world_model_origin(model)->type;

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(types[i].type, type) == 0)
			return &types[i];
	g_return_val_if_reached(&types[0]);
}

struct judging {
	GPtrArray *why;
	guint32 *said;
	guint row; /* of the next judgement */
	char *who; /* owned: "70 degC, lane 3: " */
};

/* A limit that is NaN is none. */
static void judge(struct judging *j, const char *name, const char *unit, double value, double min,
                  double max)
{
	guint32 bit = (guint32)1 << j->row++;

	if ((isnan(min) && isnan(max)) || *j->said & bit)
		return;
	gboolean low = value < min;
	if (!isnan(value) && !low && !(value > max))
		return;
	*j->said |= bit;
	if (isnan(value)) {
		g_ptr_array_add(j->why, g_strdup_printf("%s%s has no value", j->who, name));
		return;
	}
	int digits = fabs(value) >= 1000 ? 6 : 4;
	g_autofree char *value_text = number_format_digits(value, digits);
	g_autofree char *limit_text = number_format_digits(low ? min : max, digits);
	g_ptr_array_add(j->why, g_strdup_printf("%s%s %s %s %s %s %s", j->who, name, value_text,
	                                        unit, low ? "<" : ">", limit_text, unit));
}

static void judge_receiver(struct judging *j, const struct truth_limits *limits,
                           const struct world_truth_lane *lane)
{
	judge(j, "sensitivity", "dBm", lane->sensitivity_dbm, NAN, limits->sensitivity_max_dbm);
	judge(j, "RX monitor", "dB", lane->rx_monitor_error_db, -POWER_MONITOR_DB,
	      POWER_MONITOR_DB);
	judge(j, "LOS", "dBm", lane->los_assert_dbm, limits->los_assert_min_dbm, NAN);
	judge(j, "end of LOS", "dBm", lane->los_deassert_dbm, NAN, limits->los_deassert_max_dbm);
}

static double oma_above_tdecq_dbm(const struct truth_limits *limits,
                                  const struct world_truth_lane *lane, double *min_dbm)
{
	gboolean vcsel = !isnan(limits->rms_width_max_m);
	double penalty_db = vcsel ? fmax(lane->tdecq_db, lane->tecq_db) : lane->tdecq_db;

	*min_dbm = lane->er_db < limits->split_er_db ? limits->oma_tdecq_low_er_dbm
	                                             : limits->oma_tdecq_min_dbm;
	return isfinite(penalty_db) ? lane->oma_dbm - penalty_db : INFINITY;
}

static void judge_transmitter(struct judging *j, const struct truth_limits *limits,
                              double nominal_m, const struct world_truth_lane *lane)
{
	double min_dbm, above_dbm = oma_above_tdecq_dbm(limits, lane, &min_dbm);

	judge(j, "average power", "dBm", lane->avg_dbm, NAN, limits->avg_max_dbm);
	judge(j, "OMA", "dBm", lane->oma_dbm, limits->oma_min_dbm, limits->oma_max_dbm);
	judge(j, "ER", "dB", lane->er_db, limits->er_min_db, NAN);
	judge(j, "TDECQ", "dB", lane->tdecq_db, NAN, limits->tdecq_max_db);
	judge(j, "TX monitor", "dB", lane->tx_monitor_error_db, -POWER_MONITOR_DB,
	      POWER_MONITOR_DB);
	judge(j, "OMA - TDECQ", "dBm", above_dbm, min_dbm, NAN);
	if (isfinite(lane->transition_s)) /* not every pattern has the edges */
		judge(j, "transition time", "ps", lane->transition_s * 1e12, NAN,
		      limits->transition_max_s * 1e12);
	else
		j->row++;
	judge(j, "wavelength", "nm", lane->wavelength_m * 1e9,
	      (nominal_m + limits->wavelength_min_m) * 1e9,
	      (nominal_m + limits->wavelength_max_m) * 1e9);
	judge(j, "SMSR", "dB", lane->smsr_db, limits->smsr_min_db, NAN);
	judge(j, "spectral width", "nm", lane->rms_width_m * 1e9, NAN,
	      limits->rms_width_max_m * 1e9);
}

static void judge_lane(struct judging *j, const struct world_model *model, guint number,
                       const struct world_truth_lane *lane)
{
	const struct truth_limits *limits = truth_limits_of(model);

	j->row = 0;
	judge_receiver(j, limits, lane);
	guint32 dark = (guint32)1 << 31;
	if (isfinite(lane->oma_dbm))
		judge_transmitter(j, limits, model->wavelength_m[number], lane);
	else if (!(*j->said & dark))
		g_ptr_array_add(j->why, g_strdup_printf("%sno light", j->who));
	if (!isfinite(lane->oma_dbm))
		*j->said |= dark;
}

void truth_judge_corner(const struct world_model *model, const struct world_truth_corner *corner,
                        guint32 said[WORLD_LANES + 1], GPtrArray *why)
{
	const struct truth_limits *limits = truth_limits_of(model);
	g_autofree char *at = corner->case_degc == 25
	                              ? g_strdup("")
	                              : g_strdup_printf("%g degC", corner->case_degc);
	struct judging j = {.why = why, .said = &said[WORLD_LANES]};

	j.who = *at ? g_strdup_printf("%s: ", at) : g_strdup("");
	judge(&j, "temperature monitor", "degC", corner->temp_error_degc, -TEMPERATURE_MONITOR_K,
	      TEMPERATURE_MONITOR_K);
	judge(&j, "supply monitor", "V", corner->vcc_error_v, -SUPPLY_MONITOR_V, SUPPLY_MONITOR_V);
	judge(&j, "power", "W", corner->power_w, NAN, model->max_power_quarter_w / 4.0);
	judge(&j, "total power", "dBm", corner->total_dbm, NAN, limits->total_max_dbm);
	if (!isnan(corner->lane_difference_db))
		judge(&j, "difference between lanes", "dB", corner->lane_difference_db, NAN,
		      limits->lane_difference_max_db);
	g_free(j.who);
	for (guint i = 0; i < model->n_lanes; i++) {
		j.said = &said[i];
		j.who = g_strdup_printf("%s%slane %u: ", at, *at ? ", " : "", i + 1);
		judge_lane(&j, model, i, &corner->lanes[i]);
		g_free(j.who);
	}
}
