/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "signal/eye.h"
#include "signal/wave_file.h"
#include "station/operator/plot.h"
#include "station/shell/capture.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"

#include <math.h>
#include <string.h>

/*
 * The scope behind the module's transmitters. With a lane a command captures anew; without, it goes
 * on with the last capture: eye, values and file of the same light.
 */

#define DB_PER_NEPER (10.0 / G_LN10)
/* Expanded (k = 2), of the instrument, as the step tx-measure has them where a plan says none. */
#define TDECQ_UNCERTAINTY_DB 0.2
#define ER_UNCERTAINTY_DB    0.1
#define EYE_COLUMNS_DEFAULT  76
#define EYE_COLUMNS_MAX      100
#define EYE_ROWS             22

static const char *const routes[] = {"direct", "fibre", NULL};

#define CAPTURE_ARGUMENTS                                                                          \
	LANE_ARGUMENT,                                                                             \
	{                                                                                          \
		"ROUTE", ARGUMENT_CHOICE, .optional = TRUE, .choices = routes                      \
	}

static struct shell_capture *capture_for(struct shell *shell, const struct value *lane,
                                         const struct value *route, enum tx_route otherwise,
                                         GError **error)
{
	struct lanes lanes;

	if (lane->kind != VALUE_NUMBER)
		return shell_capture_last(shell, error);
	if (route->kind == VALUE_TEXT)
		otherwise = strcmp(route->text, "direct") == 0 ? TX_DIRECT : TX_DISPERSED;
	return shell_lanes(shell, lane, &lanes, error)
	               ? shell_capture_take(shell, lanes.lane[0], otherwise, error)
	               : NULL;
}

/* --- values ---------------------------------------------------------------------------------- */

static const struct table_column columns[] = {
	{"quantity"},
	{"value", TRUE},
	{"uncertainty", TRUE},
	{"reason"},
};

/* instrument: its expanded uncertainty, in that unit; NAN: unknown. */
static void add(struct table *table, const char *quantity, struct signal_value value,
                const char *unit, double instrument)
{
	gboolean ok = value.status == SIGNAL_OK;

	table_add(table, shell_value_text(quantity));
	lanes_add_number(table, ok ? value.value : NAN, unit);
	lanes_add_number(table, ok ? tx_path_expanded(instrument, value.uncertainty) : NAN,
	                 strcmp(unit, "dBm") == 0 ? "dB" : unit);
	table_add(table, shell_value_text(ok ? NULL : value.reason));
}

static void add_level(struct table *table, const char *quantity, struct signal_value power_w,
                      double instrument_db)
{
	if (power_w.status == SIGNAL_OK)
		power_w = signal_ok(unit_dbm_from_watt(power_w.value),
		                    power_w.uncertainty * DB_PER_NEPER / power_w.value);
	add(table, quantity, power_w, "dBm", instrument_db);
}

static void add_percent(struct table *table, const char *quantity, struct signal_value ratio)
{
	if (ratio.status == SIGNAL_OK)
		ratio = signal_ok(100 * ratio.value, 100 * ratio.uncertainty);
	add(table, quantity, ratio, "%", NAN);
}

static struct table *tell(const struct shell_capture *capture)
{
	const struct pam4_result *r = &capture->result;
	struct table *table = table_new(columns, G_N_ELEMENTS(columns));

	add_level(table, "power", r->average_power_w, capture->uncertainty_db);
	add_level(table, "oma", r->oma_outer_w, capture->uncertainty_db);
	add(table, "er", r->outer_er_db, "dB", ER_UNCERTAINTY_DB);
	add(table, "rlm", r->rlm, "1", NAN);
	add(table, "transition_time", r->transition_time_s, "s", NAN);
	add(table, "rise_time", r->rise_time_s, "s", NAN);
	add(table, "fall_time", r->fall_time_s, "s", NAN);
	add_percent(table, "overshoot", r->overshoot);
	add_percent(table, "undershoot", r->undershoot);
	add_level(table, "power_excursion", r->power_excursion_w, capture->uncertainty_db);
	add(table, "rin_oma", r->rin_oma_db_hz, "dB/Hz", NAN);
	add(table, capture->how.route == TX_DIRECT ? "tecq" : "tdecq", r->tdecq_db, "dB",
	    TDECQ_UNCERTAINTY_DB);
	add(table, "ceq", r->ceq_db, "dB", NAN);
	add(table, "noise_margin", r->noise_margin_w, "W", NAN);
	return table;
}

static gboolean scope_measure(struct shell *shell, const struct call *call, struct value *result,
                              GError **error)
{
	struct shell_capture *capture =
		capture_for(shell, &call->values[0], &call->values[1], TX_DIRECT, error);

	if (!capture || !shell_capture_analyse(capture, TRUE, shell_stop(shell), error))
		return FALSE;
	*result = shell_value_take_table(tell(capture));
	return TRUE;
}

const struct shell_command command_scope_measure = {
	.noun = "scope",
	.verb = "measure",
	.help = "captures a lane's transmitter, direct or through the fibre, and measures it all; "
		"without "
		"LANE of the last capture",
	.examples = {"scope measure 1", "scope measure 1 fibre", "scope measure"},
	.arguments = {CAPTURE_ARGUMENTS},
	.right = COMMAND_SETS,
	.run = scope_measure,
};

static gboolean scope_tdecq(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	struct shell_capture *capture =
		capture_for(shell, &call->values[0], &call->values[1], TX_DISPERSED, error);
	const struct signal_value *tdecq;

	if (!capture || !shell_capture_analyse(capture, TRUE, shell_stop(shell), error))
		return FALSE;
	tdecq = &capture->result.tdecq_db;
	if (tdecq->status != SIGNAL_OK) {
		station_error_set(error, STATION_ERROR_DATA, "lane %d has no TDECQ: %s",
		                  capture->lane, tdecq->reason);
		return FALSE;
	}
	*result = shell_value_number(tdecq->value, "dB");
	return TRUE;
}

const struct shell_command command_scope_tdecq = {
	.noun = "scope",
	.verb = "tdecq",
	.help = "captures a lane and gives its TDECQ as the type wants it, or TECQ (direct); "
		"without LANE of "
		"the last capture",
	.examples = {"scope tdecq 1", "scope tdecq 1 direct", "scope tdecq"},
	.arguments = {CAPTURE_ARGUMENTS},
	.right = COMMAND_SETS,
	.run = scope_tdecq,
};

/* --- the eye --------------------------------------------------------------------------------- */

static char *draw(const struct shell_capture *capture, guint width, GError **error)
{
	int columns = width ? (int)MIN(width, EYE_COLUMNS_MAX) : EYE_COLUMNS_DEFAULT;
	guint across = 2 * (guint)MAX(columns - 2, 8), down = 4 * (EYE_ROWS - 2);
	g_autoptr(eye_density) eye =
		eye_density_new(capture->wave, capture->result.alignment.start_samples, across,
	                        down, 0, 0, error);
	g_autofree char *what = shell_capture_title(capture);
	g_autofree char *title = NULL, *top = NULL, *bottom = NULL;
	struct canvas *canvas;
	char *text;

	if (!eye)
		return NULL;
	top = unit_format(eye->top_w, "W", 3);
	bottom = unit_format(eye->bottom_w, "W", 3);
	title = g_strdup_printf("%s, 2 UI, %s to %s", what, bottom, top);
	canvas = canvas_new(columns, EYE_ROWS, g_get_charset(NULL) ? SIGNS_BLOCKS : SIGNS_ASCII);
	plot_shades(canvas, canvas_frame(canvas, canvas_area(canvas), LOOK_TEXT, title), LOOK_TEXT,
	            eye->count, (int)eye->columns, (int)eye->rows);
	text = canvas_dump(canvas);
	canvas_free(canvas);
	return text;
}

static gboolean scope_eye(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct shell_capture *capture =
		capture_for(shell, &call->values[0], &call->values[1], TX_DIRECT, error);
	g_autofree char *text = NULL;

	if (!capture || !shell_capture_analyse(capture, FALSE, shell_stop(shell), error))
		return FALSE;
	text = draw(capture, shell_world(shell)->width, error);
	if (text)
		*result = shell_value_text(text);
	return text != NULL;
}

const struct shell_command command_scope_eye = {
	.noun = "scope",
	.verb = "eye",
	.help = "captures a lane and draws its eye; without LANE that of the last capture",
	.examples = {"scope eye 1", "scope eye 1 fibre", "scope eye"},
	.arguments = {CAPTURE_ARGUMENTS},
	.right = COMMAND_SETS,
	.run = scope_eye,
};

static gboolean scope_save(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	static const struct value direct = {0};
	struct shell_capture *capture =
		capture_for(shell, &call->values[1], &direct, TX_DIRECT, error);

	return capture && wave_file_write(call->values[0].text, capture->wave, error);
}

const struct shell_command command_scope_save = {
	.noun = "scope",
	.verb = "save",
	.help = "writes the last capture, or a new one of LANE, to a file that \"station "
		"waveform\" reads: "
		".csv, .npy, .f32",
	.examples = {"scope save eye.csv", "scope save eye.npy 1"},
	.arguments = {{"FILE", ARGUMENT_FILE}, LANE_ARGUMENT},
	.right = COMMAND_SETS,
	.run = scope_save,
};
