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

/* What two ways of reckoning differ by has to do with the light, little with the temperature. */
static gboolean is_checked(const struct step_context *ctx)
{
	double case_degc = step_case_degc(ctx);

	return strcmp(step_text(ctx, "scope_checks"), "all") == 0 ||
	       (case_degc >= ROOM_LOW_DEGC && case_degc <= ROOM_HIGH_DEGC);
}

/* Of a nearly closed eye there is nothing to compare, and a scope may have no number for it. */
static gboolean is_compared(const struct step_context *ctx, struct signal_value ours)
{
	return ours.status == SIGNAL_OK && ours.value < step_number(ctx, "compare_below");
}

/* What the scope makes of the light itself. */
struct second_opinion {
	gboolean is_asked;
	double db;
	GError *error; /* why it has none, which matters only where it is compared */
};

/*
 * Asked before our own TDECQ is known, for that is found when the scope serves others. A scope that
 * has no number is no fault while there may be nothing to compare; one that does not answer is.
 */
static gboolean ask_scope(struct step_context *ctx, struct second_opinion *second, GError **error)
{
	second->is_asked = TRUE;
	if (scope_measure_tdecq_db(step_instrument(ctx, INSTRUMENT_SCOPE),
	                           step_site(ctx)->scope_channel, &second->db, step_bounds(ctx),
	                           &second->error) ||
	    g_error_matches(second->error, STATION_ERROR, STATION_ERROR_DATA))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&second->error));
	return FALSE;
}

/*
 * The scope's own reckoning is a second judge of the same light. When the two disagree, one of them
 * is wrong and the unit cannot be judged. A nearly closed eye is failed by both, whatever the
 * number.
 */
static gboolean cross_check(struct step_context *ctx, const char *id, struct signal_value ours,
                            struct second_opinion *second, GError **error)
{
	double allowed_db = step_number(ctx, "scope_agrees");

	if (!second->is_asked || !is_compared(ctx, ours))
		return TRUE;
	if (second->error) {
		g_propagate_error(error, g_steal_pointer(&second->error));
		return FALSE;
	}
	step_measure(ctx, id, step_lane(ctx), second->db, "dB", NAN);
	if (!agrees(step_type(ctx), ours.value, second->db, allowed_db)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "lane %d: %s: %.2f dB here and %.2f dB in the scope; more "
		                  "than %.2f dB apart",
		                  step_lane(ctx), id, ours.value, second->db, allowed_db);
		return FALSE;
	}
	return TRUE;
}

/* --- captures -------------------------------------------------------------------------------- */

/* What is captured of a lane: as short as it goes, for everything but TDECQ, and as the type wants
 * it for TDECQ. */
struct captures {
	struct tx_capture how;
	gboolean dispersed;
	struct waveform *direct_wave, *dispersed_wave; /* the second is null when not dispersed */
	struct second_opinion second;                  /* of the last of them */
};

static void captures_clear(struct captures *captures)
{
	g_clear_pointer(&captures->direct_wave, waveform_free);
	g_clear_pointer(&captures->dispersed_wave, waveform_free);
	g_clear_error(&captures->second.error);
}

static void captures_free(gpointer data)
{
	captures_clear(data);
	g_free(data);
}

static struct waveform *capture(struct step_context *ctx, const struct captures *captures,
                                enum tx_route route, GError **error)
{
	struct tx_capture how = captures->how;

	how.route = route;
	return tx_path_capture(ctx, step_lane(ctx), &how, error);
}

/* All that needs light and instruments. */
static gboolean capture_all(struct step_context *ctx, struct captures *captures, GError **error)
{
	captures->direct_wave = capture(ctx, captures, TX_DIRECT, error);
	if (!captures->direct_wave)
		return FALSE;
	if (captures->dispersed)
		captures->dispersed_wave = capture(ctx, captures, TX_DISPERSED, error);
	return (!captures->dispersed || captures->dispersed_wave) &&
	       (!is_checked(ctx) || ask_scope(ctx, &captures->second, error));
}

static gboolean analyse(struct step_context *ctx, struct tx_capture *how, enum tx_route route,
                        const struct waveform *wave, struct pam4_result *result, GError **error)
{
	how->route = route;
	if (tx_path_analyse(step_type(ctx), wave, how, step_bounds(ctx)->cancellable, result,
	                    error))
		return TRUE;
	g_prefix_error(error, "lane %d: ", step_lane(ctx));
	return FALSE;
}

/* Everything but TDECQ, TECQ in its place. */
static gboolean report_direct(struct step_context *ctx, struct captures *captures,
                              struct pam4_result *result, GError **error)
{
	const struct waveform *wave = captures->direct_wave;

	if (!analyse(ctx, &captures->how, TX_DIRECT, wave, result, error))
		return FALSE;
	report_level(ctx, "tx_oma", result->oma_outer_w);
	report_shape(ctx, result);
	report_closure(ctx, "tx_tecq", result->tdecq_db);
	if (captures->dispersed)
		return TRUE;
	report_eyes(ctx, result);
	return tx_eye_record(ctx, wave, &captures->how, result, error) &&
	       cross_check(ctx, "tx_tecq_scope", result->tdecq_db, &captures->second, error);
}

static gboolean report_dispersed(struct step_context *ctx, struct captures *captures,
                                 struct signal_value tecq_db, GError **error)
{
	const struct waveform *wave = captures->dispersed_wave;
	struct pam4_result result;

	if (!analyse(ctx, &captures->how, TX_DISPERSED, wave, &result, error))
		return FALSE;
	report_closure(ctx, "tx_tdecq", result.tdecq_db);
	if (result.tdecq_db.status != SIGNAL_EYE_CLOSED)
		report_closure(ctx, "tx_tdecq_ceq", result.tdecq.tdecq_minus_ceq_db);
	report_difference(ctx, tecq_db, result.tdecq_db);
	report_eyes(ctx, &result);
	return tx_eye_record(ctx, wave, &captures->how, &result, error) &&
	       cross_check(ctx, "tx_tdecq_scope", result.tdecq_db, &captures->second, error);
}

static gboolean report_all(struct step_context *ctx, gpointer data, GError **error)
{
	struct captures *captures = data;
	struct pam4_result direct;

	if (!report_direct(ctx, captures, &direct, error))
		return FALSE;
	g_clear_pointer(&captures->direct_wave, waveform_free); /* large */
	return !captures->dispersed || report_dispersed(ctx, captures, direct.tdecq_db, error);
}

static gboolean measure_all(struct step_context *ctx, struct captures *captures, GError **error)
{
	gboolean ok = capture_all(ctx, captures, error) && report_all(ctx, captures, error);

	captures_clear(captures);
	captures->second = (struct second_opinion){0};
	return ok;
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
 * the same way; else all of it is measured once more, with all sweeps. What comes of the first
 * decides about the second, so the instruments are kept.
 */
static gboolean capture_sweeps(struct step_context *ctx, struct captures *captures, GError **error)
{
	struct step_mark mark = step_mark(ctx);
	guint all = captures->how.passes;
	double clearance;

	captures->how.passes = 1;
	if (!measure_all(ctx, captures, error))
		return FALSE;
	clearance = step_clearance(ctx, mark);
	if (!(clearance >= step_number(ctx, "clear_by"))) {
		step_take_back(ctx, mark);
		captures->how.passes = all;
		if (!measure_all(ctx, captures, error))
			return FALSE;
	}
	step_measure(ctx, "tx_sweeps", step_lane(ctx), captures->how.passes, "1", NAN);
	step_remark(ctx,
	            "lane %d: %u sweeps of %u: after one the verdict was %.1f uncertainties away "
	            "from another, asked for are %g",
	            step_lane(ctx), captures->how.passes, all, clearance,
	            step_number(ctx, "clear_by"));
	return TRUE;
}

/* The rest needs neither light nor instruments. */
static gboolean capture_once(struct step_context *ctx, const struct captures *wanted,
                             GError **error)
{
	struct captures *captures = g_memdup2(wanted, sizeof *wanted);

	if (!capture_all(ctx, captures, error)) {
		captures_free(captures);
		return FALSE;
	}
	step_rest(ctx, report_all, captures, captures_free);
	return TRUE;
}

static gboolean may_go_ahead(const struct step_context *ctx)
{
	gboolean early;

	return may_end_early(ctx, &early, NULL) && !early;
}

static gboolean measure(struct step_context *ctx, gboolean dispersed, GError **error)
{
	int lane = step_lane(ctx);
	struct captures captures = {.dispersed = dispersed};
	double power_dbm;
	gboolean early;

	if (!capture_of(ctx, &captures.how, error) || !may_end_early(ctx, &early, error) ||
	    !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	step_check(ctx, "tx_light", lane, power_dbm > TX_PATH_DARK_DBM,
	           "no light: %.1f dBm average with the laser on", power_dbm);
	if (!(power_dbm > TX_PATH_DARK_DBM))
		return TRUE;
	step_measure(ctx, "tx_avg", lane, power_dbm, "dBm", tx_path_power_uncertainty_db(ctx));
	return early ? capture_sweeps(ctx, &captures, error) : capture_once(ctx, &captures, error);
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
	.may_go_ahead = may_go_ahead,
	.params = params,
	.run = tx_measure,
};

const struct step_def step_tx_measure_direct = {
	.name = "tx-measure-direct",
	.help = "the same for a station without that fibre: TECQ and its eyes, no TDECQ",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 240,
	.may_go_ahead = may_go_ahead,
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

static gboolean off_may_go_ahead(const struct step_context *ctx)
{
	return TRUE;
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
	.needs = TX_POWER_NEEDS,
	.limit_s = 60,
	.may_go_ahead = off_may_go_ahead,
	.params = off_params,
	.run = tx_off,
};
