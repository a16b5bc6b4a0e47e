/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/steps/rx_path.h"

#include <math.h>

/* The attenuators between the reference transmitters and the module's receivers. */

#define NEEDS (1u << INSTRUMENT_ATTENUATOR)

static const struct table_column columns[] = {
	{"lane", TRUE}, {"channel", TRUE}, {"attenuation", TRUE}, {"open"}, {"oma", TRUE},
};

static gboolean show_lane(struct step_context *ctx, gpointer data, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	const struct bounds *bounds = step_bounds(ctx);
	int lane = step_lane(ctx);
	guint channel = step_path(ctx, lane)->attenuator_channel;
	struct table *table = data;
	gboolean open = FALSE;
	double db = NAN;

	if (!attenuator_get_db(attenuator, channel, &db, bounds, error) ||
	    !attenuator_is_open(attenuator, channel, &open, bounds, error))
		return FALSE;
	lanes_add_count(table, (guint64)lane);
	lanes_add_count(table, channel);
	lanes_add_number(table, db, "dB");
	table_add(table, shell_value_flag(open));
	lanes_add_number(table, open ? rx_path_max_oma_dbm(ctx, lane) - db : NAN, "dBm");
	return TRUE;
}

static gboolean attenuator_show(struct shell *shell, const struct call *call, struct value *result,
                                GError **error)
{
	static const struct hand_work work = {.needs = NEEDS};
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));

	if (!shell_do_lanes(shell, &call->values[0], &work, show_lane, table, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_attenuator_show = {
	.noun = "attenuator",
	.verb = "show",
	.help = "attenuation and shutter as the instrument says, and the OMA behind it when its "
		"light is "
		"on",
	.examples = {"attenuator show", "attenuator show 2"},
	.arguments = {LANE_ARGUMENT},
	.run = attenuator_show,
};

static gboolean set_lane(struct step_context *ctx, gpointer data, GError **error)
{
	return rx_path_set_attenuation(ctx, step_lane(ctx), *(const double *)data, error);
}

/* The product tells what its receivers bear; the mark is for a unit that gets the light. */
static gboolean work_lanes(struct shell *shell, const struct value *lane, hand_deed deed,
                           gpointer data, GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	struct hand_work work = {.needs = NEEDS, .wants = HAND_PRODUCT};

	if (!hand)
		return FALSE;
	if (hand_is_up(hand))
		work.wants |= HAND_TOUCH;
	return shell_do_lanes(shell, lane, &work, deed, data, error);
}

static gboolean attenuator_set(struct shell *shell, const struct call *call, struct value *result,
                               GError **error)
{
	double db = call->values[0].number;

	return work_lanes(shell, &call->values[1], set_lane, &db, error);
}

const struct shell_command command_attenuator_set = {
	.noun = "attenuator",
	.verb = "set",
	.help = "attenuation as it is; refused where the receiver may not bear what comes then; "
		"shutters "
		"stay as they are",
	.examples = {"attenuator set 3.5 dB", "attenuator set 12 dB 2"},
	.arguments = {{"ATTENUATION", ARGUMENT_NUMBER, .unit = "dB", .min = 0, .max = 100},
                      LANE_ARGUMENT},
	.right = COMMAND_SETS,
	.run = attenuator_set,
};

static gboolean open_lane(struct step_context *ctx, gpointer data, GError **error)
{
	return rx_path_open(ctx, step_lane(ctx), TRUE, error);
}

static gboolean attenuator_open(struct shell *shell, const struct call *call, struct value *result,
                                GError **error)
{
	return work_lanes(shell, &call->values[0], open_lane, NULL, error);
}

const struct shell_command command_attenuator_open = {
	.noun = "attenuator",
	.verb = "open",
	.help = "opens shutters; refused where the receiver may not bear what comes then",
	.examples = {"attenuator open", "attenuator open 2"},
	.arguments = {LANE_ARGUMENT},
	.right = COMMAND_ENERGISES,
	.run = attenuator_open,
};

static gboolean close_lane(struct step_context *ctx, gpointer data, GError **error)
{
	return rx_path_open(ctx, step_lane(ctx), FALSE, error);
}

static gboolean attenuator_close(struct shell *shell, const struct call *call, struct value *result,
                                 GError **error)
{
	static const struct hand_work work = {.needs = NEEDS};

	return shell_do_lanes(shell, &call->values[0], &work, close_lane, NULL, error);
}

const struct shell_command command_attenuator_close = {
	.noun = "attenuator",
	.verb = "close",
	.help = "closes shutters",
	.examples = {"attenuator close", "attenuator close 2"},
	.arguments = {LANE_ARGUMENT},
	.right = COMMAND_SETS,
	.run = attenuator_close,
};
