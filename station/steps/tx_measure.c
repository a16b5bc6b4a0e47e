/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "instruments/scope.h"
#include "station/steps/steps.h"
#include "station/steps/tx_eye.h"
#include "station/steps/tx_path.h"

#include <math.h>
#include <string.h>

#define ROOM_LOW_DEGC  15.0
#define ROOM_HIGH_DEGC 35.0
#define DB_PER_NEPER   (10.0 / G_LN10) /* of a small relative change of power */

/* --- values ---------------------------------------------------------------------------------- */

struct unit_of {
	const char *name;
	double scale; /* from the value's SI */
};

/* instrument: its expanded uncertainty in that unit; NAN when unknown. */
static void report_value(struct step_context *ctx, const char *id, struct signal_value value,
                         struct unit_of unit, double instrument)
{
	if (value.status == SIGNAL_OK)
		step_measure(ctx, id, step_lane(ctx), value.value * unit.scale, unit.name,
		             tx_path_expanded(instrument, value.uncertainty * unit.scale));
	else
		step_no_value(ctx, id, step_lane(ctx), unit.name, value.reason);
}

/* A power as a level: its uncertainty is relative to it. */
static void report_level(struct step_context *ctx, const char *id, struct signal_value power_w)
{
	if (power_w.status == SIGNAL_OK) {
		power_w.uncertainty *= DB_PER_NEPER / power_w.value;
		power_w.value = unit_dbm_from_watt(power_w.value);
	}
	report_value(ctx, id, power_w, (struct unit_of){"dBm", 1},
	             tx_path_scope_uncertainty_db(ctx));
}

static void report_power(struct step_context *ctx, const char *id, struct signal_value power_w)
{
	report_value(ctx, id, power_w, (struct unit_of){"W", 1},
	             fabs(power_w.value) * tx_path_scope_uncertainty_db(ctx) / DB_PER_NEPER);
}

/* A closed eye is the unit's doing, whatever else has no value is the station's. */
static void report_closure(struct step_context *ctx, const char *id, struct signal_value db)
{
	if (db.status == SIGNAL_EYE_CLOSED)
		step_no_value_by_unit(ctx, id, step_lane(ctx), "dB", db.reason);
	else
		report_value(ctx, id, db, (struct unit_of){"dB", 1},
		             step_number(ctx, "tdecq_uncertainty"));
}

static void report_shape(struct step_context *ctx, const struct pam4_result *r)
{
	static const struct unit_of plain = {"1", 1}, seconds = {"s", 1}, percent = {"%", 100};
	static const struct unit_of decibel = {"dB", 1}, density = {"dB/Hz", 1};

	report_value(ctx, "tx_er", r->outer_er_db, decibel, step_number(ctx, "er_uncertainty"));
	report_value(ctx, "tx_rlm", r->rlm, plain, NAN);
	report_value(ctx, "tx_transition_time", r->transition_time_s, seconds, NAN);
	report_value(ctx, "tx_overshoot", r->overshoot, percent, NAN);
	report_value(ctx, "tx_undershoot", r->undershoot, percent, NAN);
	report_level(ctx, "tx_power_excursion", r->power_excursion_w);
	report_value(ctx, "tx_rin_oma", r->rin_oma_db_hz, density, NAN);
}

/* What stands behind the reference equaliser. */
static void report_eyes(struct step_context *ctx, const struct pam4_result *r)
{
	static const struct {
		const char *height, *width;
	} ids[] = {
		{"tx_eye_height_lower", "tx_eye_width_lower"},
		{"tx_eye_height_middle", "tx_eye_width_middle"},
		{"tx_eye_height_upper", "tx_eye_width_upper"},
	};
	struct unit_of time = {"s", 1 / step_type(ctx)->symbol_rate_bd};

	report_power(ctx, "tx_noise_margin", r->noise_margin_w);
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
		report_power(ctx, ids[i].height, r->eye[i].height_w);
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
		report_value(ctx, ids[i].width, r->eye[i].width_ui, time, NAN);
}

/* What the instrument adds is nearly the same in both and leaves with the difference. */
static void report_difference(struct step_context *ctx, struct signal_value tecq_db,
                              struct signal_value tdecq_db)
{
	struct signal_value difference = tdecq_db.status == SIGNAL_OK ? tecq_db : tdecq_db;

	if (difference.status == SIGNAL_OK)
		difference = signal_ok(tdecq_db.value - tecq_db.value,
		                       hypot(tdecq_db.uncertainty, tecq_db.uncertainty));
	report_value(ctx, "tx_tdecq_tecq_diff", difference, (struct unit_of){"dB", 1}, NAN);
}

/* Taps of the equaliser that scopes have for their own TDECQ. */
#define SCOPE_TAPS 5

/* More taps than the scope's leave a better signal, so then the scope may find it worse only. */
static gboolean agrees(const struct optical_type *type, double ours_db, double theirs_db,
                       double allowed_db)
{
	return ours_db - theirs_db <= allowed_db &&
	       (type->taps > SCOPE_TAPS || theirs_db - ours_db <= allowed_db);
}

/*
 * What two ways of reckoning differ by has to do with the light, little with the temperature. Of a
 * nearly closed eye there is nothing to compare, and a scope may have no number for it.
 */
static gboolean is_checked(const struct step_context *ctx, struct signal_value ours)
{
	double case_degc = step_case_degc(ctx);

	if (ours.status != SIGNAL_OK || !(ours.value < step_number(ctx, "compare_below")))
		return FALSE;
	return strcmp(step_text(ctx, "scope_checks"), "all") == 0 ||
	       (case_degc >= ROOM_LOW_DEGC && case_degc <= ROOM_HIGH_DEGC);
}

/*
 * The scope's own reckoning is a second judge of the same light. When the two disagree, one of them
 * is wrong and the unit cannot be judged. A nearly closed eye is failed by both, whatever the
 * number.
 */
static gboolean cross_check(struct step_context *ctx, const char *id, struct signal_value ours,
                            GError **error)
{
	double theirs_db, allowed_db = step_number(ctx, "scope_agrees");

	if (!is_checked(ctx, ours))
		return TRUE;
	if (!scope_measure_tdecq_db(step_instrument(ctx, INSTRUMENT_SCOPE),
	                            step_site(ctx)->scope_channel, &theirs_db, step_bounds(ctx),
	                            error))
		return FALSE;
	step_measure(ctx, id, step_lane(ctx), theirs_db, "dB", NAN);
	if (!agrees(step_type(ctx), ours.value, theirs_db, allowed_db)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "lane %d: %s: %.2f dB here and %.2f dB in the scope; more "
		                  "than %.2f dB apart",
		                  step_lane(ctx), id, ours.value, theirs_db, allowed_db);
		return FALSE;
	}
	return TRUE;
}

/* --- captures -------------------------------------------------------------------------------- */

/* As short as it goes: everything but TDECQ, TECQ in its place. */
static gboolean measure_direct(struct step_context *ctx, struct tx_capture *how, gboolean is_last,
                               struct pam4_result *result, GError **error)
{
	g_autoptr(waveform) wave = NULL;

	how->route = TX_DIRECT;
	if (!tx_path_measure(ctx, step_lane(ctx), how, result, &wave, error))
		return FALSE;
	report_level(ctx, "tx_oma", result->oma_outer_w);
	report_shape(ctx, result);
	report_closure(ctx, "tx_tecq", result->tdecq_db);
	if (!is_last)
		return TRUE;
	report_eyes(ctx, result);
	return tx_eye_record(ctx, wave, how, result, error) &&
	       cross_check(ctx, "tx_tecq_scope", result->tdecq_db, error);
}

static gboolean measure_dispersed(struct step_context *ctx, struct tx_capture *how,
                                  struct signal_value tecq_db, GError **error)
{
	g_autoptr(waveform) wave = NULL;
	struct pam4_result result;

	how->route = TX_DISPERSED;
	if (!tx_path_measure(ctx, step_lane(ctx), how, &result, &wave, error))
		return FALSE;
	report_closure(ctx, "tx_tdecq", result.tdecq_db);
	if (result.tdecq_db.status != SIGNAL_EYE_CLOSED)
		report_closure(ctx, "tx_tdecq_ceq", result.tdecq.tdecq_minus_ceq_db);
	report_difference(ctx, tecq_db, result.tdecq_db);
	report_eyes(ctx, &result);
	return tx_eye_record(ctx, wave, how, &result, error) &&
	       cross_check(ctx, "tx_tdecq_scope", result.tdecq_db, error);
}

static gboolean capture_of(struct step_context *ctx, struct tx_capture *how, GError **error)
{
	*how = (struct tx_capture){.passes = step_count(ctx, "passes"), .with_tdecq = TRUE};
	if (pattern_from_name(step_type(ctx)->pattern, &how->pattern))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: there is no pattern \"%s\"",
	                  step_type(ctx)->path, step_type(ctx)->pattern);
	return FALSE;
}

static gboolean capture_all(struct step_context *ctx, struct tx_capture *how, gboolean dispersed,
                            GError **error)
{
	struct pam4_result direct;

	return measure_direct(ctx, how, !dispersed, &direct, error) &&
	       (!dispersed || measure_dispersed(ctx, how, direct.tdecq_db, error));
}

/* FALSE with error: sweeps_end is no word of it. */
static gboolean may_end_early(const struct step_context *ctx, gboolean *early, GError **error)
{
	const char *ends = step_text(ctx, "sweeps_end");

	*early = strcmp(ends, "certain") == 0 && step_count(ctx, "passes") > 1;
	if (strcmp(ends, "certain") == 0 || strcmp(ends, "full") == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "sweeps_end: \"%s\" is neither certain nor full", ends);
	return FALSE;
}

/*
 * One sweep first. Where everything it tells is far from its limits, an average would judge it in
 * the same way; else all of it is measured once more, with all sweeps.
 */
static gboolean capture_sweeps(struct step_context *ctx, struct tx_capture *how, gboolean dispersed,
                               GError **error)
{
	struct step_mark mark = step_mark(ctx);
	guint all = how->passes;
	double clearance;
	gboolean early;

	if (!may_end_early(ctx, &early, error))
		return FALSE;
	if (!early)
		return capture_all(ctx, how, dispersed, error);
	how->passes = 1;
	if (!capture_all(ctx, how, dispersed, error))
		return FALSE;
	clearance = step_clearance(ctx, mark);
	if (!(clearance >= step_number(ctx, "clear_by"))) {
		step_take_back(ctx, mark);
		how->passes = all;
		if (!capture_all(ctx, how, dispersed, error))
			return FALSE;
	}
	step_measure(ctx, "tx_sweeps", step_lane(ctx), how->passes, "1", NAN);
	step_remark(ctx,
	            "lane %d: %u sweeps of %u: after one the verdict was %.1f uncertainties away "
	            "from another, asked for are %g",
	            step_lane(ctx), how->passes, all, clearance, step_number(ctx, "clear_by"));
	return TRUE;
}

static gboolean measure(struct step_context *ctx, gboolean dispersed, GError **error)
{
	int lane = step_lane(ctx);
	struct tx_capture how;
	double power_dbm;

	if (!capture_of(ctx, &how, error) || !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	step_check(ctx, "tx_light", lane, power_dbm > TX_PATH_DARK_DBM,
	           "no light: %.1f dBm average with the laser on", power_dbm);
	if (!(power_dbm > TX_PATH_DARK_DBM))
		return TRUE;
	step_measure(ctx, "tx_avg", lane, power_dbm, "dBm", tx_path_power_uncertainty_db(ctx));
	return capture_sweeps(ctx, &how, dispersed, error);
}

static gboolean tx_measure(struct step_context *ctx, GError **error)
{
	return measure(ctx, TRUE, error);
}

static gboolean tx_measure_direct(struct step_context *ctx, GError **error)
{
	return measure(ctx, FALSE, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"passes", STEP_COUNT, "1", "sweeps averaged", 1, 256},
	{"sweeps_end", NULL, "certain",
         "certain: after the first sweep where every value is clear_by away from a change of its "
         "verdict; full: never before all passes"},
	{"clear_by", "1", "2",
         "distance from limits and their guard bands, in expanded uncertainties of the value"},
	{"tdecq_uncertainty", "dB", "0.2 dB",
         "expanded uncertainty of TECQ and TDECQ that is the instrument's; that of the samples is "
         "added"},
	{"er_uncertainty", "dB", "0.1 dB", "the same of the extinction ratio"},
	{"scope_checks", NULL, "room",
         "where the scope's own TDECQ is compared: room, at case temperatures of 15 to 35 degC, or "
         "all"},
	{"scope_agrees", "dB", "0.5 dB", "how far the scope's own TDECQ may differ"},
	{"compare_below", "dB", "3.2 dB", "above this TDECQ the two are not compared"},
	{0},
};

const struct step_def step_tx_measure = {
	.name = "tx-measure",
	.help = "average power, OMA, ER, TECQ, RLM, shape and noise of a lane; TDECQ and eyes "
		"as the type wants them: through the fibre, which every lane's light path must "
		"then have, or behind the bandwidth that stands for it",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.needs_fibre = TRUE,
	.limit_s = 240,
	.params = params,
	.run = tx_measure,
};

const struct step_def step_tx_measure_direct = {
	.name = "tx-measure-direct",
	.help = "the same for a station without that fibre: TECQ and its eyes, no TDECQ",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 240,
	.params = params,
	.run = tx_measure_direct,
};

static gboolean tx_off(struct step_context *ctx, GError **error)
{
	struct module *module = step_module(ctx);
	int lane = step_lane(ctx);
	double power_dbm;

	if (!module_set_tx_disable(module, (guint8)(1u << (lane - 1)), step_bounds(ctx), error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	/* a reading of nothing, or below it by noise, is less than the meter can tell from dark */
	step_measure(ctx, "tx_off", lane,
	             isfinite(power_dbm) ? power_dbm : step_number(ctx, "floor"), "dBm",
	             tx_path_power_uncertainty_db(ctx));
	/* disabling one lane may take its whole data path down: wait until it is up again */
	return module_set_tx_disable(module, 0, step_bounds(ctx), error) &&
	       module_wait_activated(module, step_bounds(ctx), error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

static const struct step_param off_params[] = {
	TX_PATH_PARAMS,
	{"settle", "s", "200 ms", "from switching to the reading"},
	{"floor", "dBm", "-70 dBm", "what is told when the meter reads nothing"},
	{0},
};

const struct step_def step_tx_off = {
	.name = "tx-off",
	.help = "power of a disabled lane, the others running",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 60,
	.params = off_params,
	.run = tx_off,
};
