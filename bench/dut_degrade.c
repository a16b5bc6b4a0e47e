/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/dut.h"

#include <math.h>

/* How bad it is: 0 as good as new, 1 beyond all limits. side: -1 or 1, for what has two. */
struct badness {
	double amount;
	double side;
};

typedef void (*degrade_function)(struct dut *dut, struct dut_lane *lane, const struct badness *how);

static void bandwidth(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->bandwidth_hz *= 1 - 0.65 * how->amount;
}

static void noise(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->rin_db_hz += 16 * how->amount;
}

static void efficiency(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->slope_w_per_a *= pow(10, -how->amount);
}

static void sensitivity(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->sensitivity_dbm += 2.4 * how->amount;
}

static void rx_monitor_limit(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->rx_mon_limit_w = 8e-3 * pow(10, -2 * how->amount);
}

static void rx_monitor_drift(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->rx_mon_per_k = how->side * 1.2e-2 * how->amount;
}

static void tx_monitor_drift(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->tx_mon_per_k = how->side * 1.2e-2 * how->amount;
}

static void temperature_bow(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	dut->temp_bow_per_k = how->side * 3e-3 * how->amount;
}

static void side_modes(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	if (lane->kind == MODEL_VCSEL)
		lane->light.rms_width_m += 0.5e-9 * how->amount;
	else
		lane->smsr_db = 40 - 20 * how->amount;
}

static void wavelength(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->light.wavelength_m +=
		how->side * (lane->kind == MODEL_VCSEL ? 15e-9 : 10e-9) * how->amount;
}

static void kink(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->kink_a = lane->kind == MODEL_VCSEL ? 6.6e-3 : 48e-3;
	lane->kink_loss = 0.15 * how->amount;
}

static void echo(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->echo = how->side * 0.25 * how->amount;
}

static void compression(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->stuck_inner = (1 + 0.6 * how->amount) / 3;
}

static void swing(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->swing_max_v *= 1 - 0.75 * how->amount;
	lane->mod_max_a *= 1 - 0.75 * how->amount;
}

static void chirp(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->light.chirp += how->side * 3 * how->amount;
}

static void jitter(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	lane->jitter_s += 1e-12 * how->amount;
}

static void heat(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	/* Rates, not temperatures, are what one is so much worse in. */
	double t0_k = 1 / ((1 - how->amount) / lane->threshold_t0_k + how->amount / 20);
	double t1_k = 1 / ((1 - how->amount) / lane->slope_t1_k + how->amount / 15);

	dut_spoil_heat(lane, dut_sound_degc(lane), t0_k, t1_k);
}

static void cooler(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	dut->cooler_reach_k *= 1 - how->amount;
}

static void consumption(struct dut *dut, struct dut_lane *lane, const struct badness *how)
{
	dut->high_power_w += 4 * how->amount;
}

static const struct {
	const char *name;
	degrade_function function;
} kinds[] = {
	{"bandwidth", bandwidth},
	{"noise", noise},
	{"efficiency", efficiency},
	{"sensitivity", sensitivity},
	{"rx-monitor-limit", rx_monitor_limit},
	{"rx-monitor-drift", rx_monitor_drift},
	{"tx-monitor-drift", tx_monitor_drift},
	{"temperature-bow", temperature_bow},
	{"side-modes", side_modes},
	{"wavelength", wavelength},
	{"kink", kink},
	{"echo", echo},
	{"compression", compression},
	{"swing", swing},
	{"chirp", chirp},
	{"jitter", jitter},
	{"heat", heat},
	{"cooler", cooler},
	{"consumption", consumption},
};

char *dut_degrade(struct dut *dut, guint64 seed, const char *serial, double rate)
{
	struct random_stream s;
	g_autofree char *name = g_strconcat("degrade ", serial, NULL);

	random_init(&s, seed, name);
	if (!(random_uniform(&s, 0, 1) < rate))
		return NULL;
	guint which = (guint)(random_u64(&s) % G_N_ELEMENTS(kinds));
	guint lane = (guint)(random_u64(&s) % dut->model->n_lanes);
	struct badness how = {
		.amount = random_uniform(&s, 0, 1),
		.side = random_uniform(&s, -1, 1) < 0 ? -1 : 1,
	};
	kinds[which].function(dut, &dut->lanes[lane], &how);
	return g_strdup_printf("%s %.3f lane %u", kinds[which].name, how.side * how.amount,
	                       lane + 1);
}
