/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/attenuator.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/steps/rx_path.h"

#include <math.h>
#include <string.h>

/* Light for the module's receivers: reference transmitters, attenuators, what may reach them. */

static gboolean switch_on(struct step_context *ctx, gpointer data, GError **error)
{
	return rx_path_pattern_on(ctx, *(const enum bert_pattern *)data, error);
}

static const char *const patterns[] = {"PRBS31Q", "PRBS13Q", "SSPRQ", NULL};

static gboolean light_on(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	static const struct hand_work work = {.needs = RX_PATH_NEEDS,
	                                      .wants = HAND_UNIT | HAND_PRODUCT | HAND_TOUCH};
	enum bert_pattern pattern = BERT_PATTERN_PRBS31Q;

	for (guint i = 0; call->values[0].kind == VALUE_TEXT && i < BERT_N_PATTERNS; i++)
		if (strcmp(call->values[0].text, bert_pattern_name(i)) == 0)
			pattern = i;
	return shell_do(shell, &work, switch_on, &pattern, error);
}

const struct shell_command command_light_on = {
	.noun = "light",
	.verb = "on",
	.help = "reference transmitters on with a pattern (PRBS31Q), behind closed shutters and "
		"the most "
		"attenuation; \"light set\" lets it through",
	.examples = {"light on", "light on PRBS13Q"},
	.arguments = {{"PATTERN", ARGUMENT_CHOICE, .optional = TRUE, .choices = patterns}},
	.right = COMMAND_ENERGISES,
	.run = light_on,
};

static gboolean switch_off(struct step_context *ctx, gpointer data, GError **error)
{
	return rx_path_light_off(ctx, error);
}

static gboolean light_off(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	static const struct hand_work work = {.needs = RX_PATH_NEEDS};

	return shell_do(shell, &work, switch_off, NULL, error);
}

const struct shell_command command_light_off = {
	.noun = "light",
	.verb = "off",
	.help = "shutters closed and reference transmitters off",
	.examples = {"light off"},
	.right = COMMAND_SETS,
	.run = light_off,
};

struct setting {
	double oma_dbm;
	int lane; /* 0: all at once, so that none is set when one is refused */
};

static gboolean set_oma(struct step_context *ctx, gpointer data, GError **error)
{
	const struct setting *setting = data;

	return setting->lane ? rx_path_set_oma(ctx, setting->lane, setting->oma_dbm, error)
	                     : rx_path_set_all_oma(ctx, setting->oma_dbm, error);
}

/* What closes the shutters again is registered by "light on". */
static gboolean is_on(struct shell *shell, GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	g_autoptr(GPtrArray) names = hand ? hand_undo_names(hand) : NULL;

	for (guint i = 0; names && i < names->len; i++)
		if (strcmp(names->pdata[i], RX_PATH_UNDO_LIGHT) == 0)
			return TRUE;
	if (names)
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "no light is on: \"light on\" switches it on");
	return FALSE;
}

static gboolean light_set(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct hand_work work = {.needs = RX_PATH_NEEDS,
	                         .wants = HAND_UNIT | HAND_PRODUCT | HAND_TOUCH};
	struct setting setting = {.oma_dbm = call->values[0].number};
	struct lanes lanes;

	if (!is_on(shell, error) || !shell_lanes(shell, &call->values[1], &lanes, error))
		return FALSE;
	if (call->values[1].kind == VALUE_NUMBER)
		work.lane = setting.lane = lanes.lane[0];
	return shell_do(shell, &work, set_oma, &setting, error);
}

const struct shell_command command_light_set = {
	.noun = "light",
	.verb = "set",
	.help = "that OMA at the receiver, shutters open; refused where the path cannot give it or "
		"the "
		"receiver may not bear it",
	.examples = {"light set -5 dBm", "light set -8 dBm 2"},
	.arguments = {{"OMA", ARGUMENT_NUMBER, .unit = "dBm", .min = -60, .max = 20},
                      LANE_ARGUMENT},
	.right = COMMAND_ENERGISES,
	.run = light_set,
};

static const struct table_column columns[] = {
	{"lane", TRUE},        {"open"},           {"oma", TRUE}, {"average", TRUE},
	{"uncertainty", TRUE}, {"most_oma", TRUE},
};

static gboolean show_lane(struct step_context *ctx, gpointer data, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	const struct bounds *bounds = step_bounds(ctx);
	int lane = step_lane(ctx);
	guint channel = step_path(ctx, lane)->attenuator_channel;
	struct table *table = data;
	gboolean open = FALSE;
	double db = NAN, oma_dbm;

	if (!attenuator_get_db(attenuator, channel, &db, bounds, error) ||
	    !attenuator_is_open(attenuator, channel, &open, bounds, error))
		return FALSE;
	oma_dbm = open ? rx_path_max_oma_dbm(ctx, lane) - db : NAN;
	lanes_add_count(table, (guint64)lane);
	table_add(table, shell_value_flag(open));
	lanes_add_number(table, oma_dbm, "dBm");
	lanes_add_number(table, rx_path_average_from_oma_dbm(ctx, lane, oma_dbm), "dBm");
	lanes_add_number(table, open ? rx_path_uncertainty_db(ctx) : NAN, "dB");
	lanes_add_number(table, rx_path_most_oma_dbm(ctx, lane), "dBm");
	return TRUE;
}

static gboolean light_show(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_ATTENUATOR,
	                                      .wants = HAND_PRODUCT};
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));
	static const struct value all = {0};

	if (!shell_do_lanes(shell, &all, &work, show_lane, table, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_light_show = {
	.noun = "light",
	.verb = "show",
	.help = "what attenuators and path let through to each receiver of the reference "
		"transmitters' "
		"light, and the most it may get",
	.examples = {"light show"},
	.run = light_show,
};
