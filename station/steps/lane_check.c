/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "instruments/attenuator.h"
#include "instruments/scope.h"
#include "station/steps/constants.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/*
 * Whether each lane's light goes where the configuration says. A fan-out put in the wrong way
 * round, two fibres swapped or the wrong demultiplexer would make good units bad and bad ones good,
 * and no value by itself shows it. One lane is changed and everything is watched: what follows is
 * that lane. Fibres are the station's, so a wrong one is an ERROR and never a FAIL.
 */
struct looks {
	double meter_w[CONFIG_LANES_MAX];
	double scope_w;
};

static gboolean read_meters(struct step_context *ctx, double power_w[CONFIG_LANES_MAX],
                            GError **error)
{
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		double power_dbm;

		if (!tx_path_power_dbm(ctx, (int)l + 1, &power_dbm, error))
			return FALSE;
		power_w[l] = unit_watt_from_dbm(power_dbm);
	}
	return TRUE;
}

/* The scope shows an average power only of what it has once found the pattern of. */
static gboolean aim_scope(struct step_context *ctx, int lane, gboolean *sees, GError **error)
{
	const struct tx_capture how = {.pattern = PATTERN_PRBS13Q, .passes = 1};
	GError *local = NULL;
	g_autoptr(waveform) wave = tx_path_capture(ctx, lane, &how, &local);

	*sees = wave != NULL;
	if (wave)
		return TRUE;
	if (!g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA)) {
		g_propagate_error(error, local);
		return FALSE;
	}
	g_error_free(local);
	step_note(ctx, "lane %d: the scope finds no pattern", lane);
	return TRUE;
}

static gboolean look(struct step_context *ctx, gboolean scope, struct looks *looks, GError **error)
{
	looks->scope_w = NAN;
	return clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) &&
	       read_meters(ctx, looks->meter_w, error) &&
	       (!scope || scope_measure_power_w(step_instrument(ctx, INSTRUMENT_SCOPE),
	                                        step_site(ctx)->scope_channel, &looks->scope_w,
	                                        step_bounds(ctx), error));
}

/* The lane that lost the largest part, 1.., when it lost enough to be the one; else 0. What was
 * dark before is noise that follows nothing. */
static int who_follows(const double *before, const double *after, guint n, double part)
{
	double dark_w = unit_watt_from_dbm(TX_PATH_DARK_DBM), least = part;
	int who = 0;

	for (guint l = 0; l < n; l++) {
		if (before[l] > dark_w && after[l] / before[l] < least) {
			least = after[l] / before[l];
			who = (int)l + 1;
		}
	}
	return who;
}

static gboolean refuse(GError **error, int lane, int other, const char *what)
{
	station_error_set(error, STATION_ERROR_FIXTURE,
	                  "the %s of lane %d is where lane %d's belongs: the fibres of lanes %d "
	                  "and %d are swapped, or the configuration's channels are; the unit was "
	                  "not judged",
	                  what, lane, other, MIN(lane, other), MAX(lane, other));
	return FALSE;
}

static gboolean judge_tx(struct step_context *ctx, int lane, const struct looks *before,
                         const struct looks *after, GError **error)
{
	double follows = step_number(ctx, "follows");
	int who = who_follows(before->meter_w, after->meter_w, step_n_lanes(ctx), follows);

	if (who && who != lane)
		return refuse(error, lane, who, "light");
	if (!who) {
		/* a dark lane follows nothing; it is judged where light is asked for */
		step_note(ctx, "lane %d: no meter follows its laser", lane);
		return TRUE;
	}
	if (!(before->scope_w > 0) || after->scope_w / before->scope_w < follows)
		return TRUE;
	station_error_set(error, STATION_ERROR_FIXTURE,
	                  "lane %d: the meter follows its laser, the scope behind switch channel "
	                  "%u does not: that channel carries another lane",
	                  lane, step_path(ctx, lane)->switch_channel);
	return FALSE;
}

static gboolean check_tx(struct step_context *ctx, int lane, GError **error)
{
	struct looks before, after;
	gboolean scope = FALSE, ok;
	double bias_a;

	if (!constants_read(ctx, "laser_bias", lane, &bias_a, error) ||
	    !aim_scope(ctx, lane, &scope, error) || !look(ctx, scope, &before, error))
		return FALSE;
	ok = constants_try(ctx, "laser_bias", lane, bias_a * step_number(ctx, "lower"), error) &&
	     look(ctx, scope, &after, error);
	/* a further attempt would take what it finds for what was */
	ok = constants_put_back(ctx, "laser_bias", lane, bias_a, ok ? error : NULL) && ok;
	return ok && judge_tx(ctx, lane, &before, &after, error);
}

static gboolean read_receivers(struct step_context *ctx, double raw_w[CONFIG_LANES_MAX],
                               GError **error)
{
	if (!clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!constants_read(ctx, "rx_mon_raw", (int)lane, &raw_w[lane - 1], error))
			return FALSE;
	return TRUE;
}

static gboolean check_rx(struct step_context *ctx, int lane, const double *before, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	guint channel = step_path(ctx, lane)->attenuator_channel;
	double after[CONFIG_LANES_MAX];

	if (!attenuator_open_shutter(attenuator, channel, FALSE, step_bounds(ctx), error) ||
	    !read_receivers(ctx, after, error) ||
	    !attenuator_open_shutter(attenuator, channel, TRUE, step_bounds(ctx), error))
		return FALSE;
	int who = who_follows(before, after, step_n_lanes(ctx), 0.5);
	if (who && who != lane)
		return refuse(error, lane, who, "received light");
	if (!who)
		step_note(ctx, "lane %d: no receiver monitor follows its light", lane);
	return TRUE;
}

/* What the demultiplexer passes against what came to it. */
static gboolean check_total(struct step_context *ctx, GError **error)
{
	const struct config_site *site = step_site(ctx);
	double lanes_w[CONFIG_LANES_MAX], sum_w = 0, total_dbm, lost_db;

	if (!step_type(ctx)->wdm || !site->total_meter_channel)
		return TRUE;
	if (!read_meters(ctx, lanes_w, error) || !tx_path_total_dbm(ctx, &total_dbm, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		sum_w += lanes_w[l];
	/* of a dark module nothing can be told; it is judged where light is asked for */
	if (!(total_dbm > TX_PATH_DARK_DBM)) {
		step_note(ctx, "no light: what the demultiplexer loses is not known");
		return TRUE;
	}
	lost_db = total_dbm - unit_dbm_from_watt(sum_w);
	if (isfinite(lost_db))
		step_measure(ctx, "path_demux_loss", 0, lost_db, "dB",
		             tx_path_power_uncertainty_db(ctx));
	if (!(lost_db > step_number(ctx, "demux_loss")))
		return TRUE;
	station_error_set(error, STATION_ERROR_FIXTURE,
	                  "%.1f dB more are lost between the whole light and the lanes' than the "
	                  "configuration says: is the demultiplexer of site %d the one for %s?",
	                  lost_db, site->site, step_type(ctx)->name);
	return FALSE;
}

static gboolean lane_check(struct step_context *ctx, GError **error)
{
	double oma_dbm = step_number(ctx, "power"), received_w[CONFIG_LANES_MAX];

	if (!constants_unlock(ctx, error) || !check_total(ctx, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!check_tx(ctx, (int)lane, error))
			return FALSE;
	if (!rx_path_light_on(ctx, error) || !rx_path_set_all_oma(ctx, oma_dbm, error) ||
	    !read_receivers(ctx, received_w, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!check_rx(ctx, (int)lane, received_w, error))
			return FALSE;
	return rx_path_light_off(ctx, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"lower", "1", "0.7", "the laser current is lowered to this part of what it is"},
	{"follows", "1", "0.85", "a light that falls below this part of itself has followed"},
	{"power", "dBm", "-5 dBm", "OMA at the receivers"},
	{"demux_loss", "dB", "3 dB",
         "so much may be lost in the demultiplexer beyond what is known"},
	{"settle", "s", "30 ms", "from a change to the readings"},
	{0},
};

const struct step_def step_lane_check = {
	.name = "lane-check",
	.help = "each lane's light is where the configuration says, by changing one and watching "
		"all",
	.scope = STEP_UNIT,
	.needs = TX_PATH_NEEDS | RX_PATH_NEEDS,
	.limit_s = 180,
	.params = params,
	.run = lane_check,
};
