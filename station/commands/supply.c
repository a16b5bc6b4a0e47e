/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/optical_switch.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/steps/corner.h"

#include <math.h>

/* What is around the module: supply, temperature, the switch to the scope. */

/* As "module up" has it. */
#define CURRENT_LIMIT_A 4.5
/* As the steps of corners have them where a plan says none. */
#define WINDOW_DEGC 1.0
#define SOAK_S      20.0

/* --- supply ---------------------------------------------------------------------------------- */

static const struct table_column supply_columns[] = {
	{"voltage", TRUE}, {"current", TRUE}, {"power", TRUE}, {"output"}, {"tripped"},
};

static gboolean look(struct step_context *ctx, gpointer data, GError **error)
{
	struct instrument *supply = step_instrument(ctx, INSTRUMENT_SUPPLY);
	const struct bounds *bounds = step_bounds(ctx);
	guint channel = step_site(ctx)->supply_channel;
	struct table *table = data;
	gboolean on = FALSE, tripped = FALSE;
	double volt = NAN, ampere = NAN;

	if (!supply_measure(supply, channel, &volt, &ampere, bounds, error) ||
	    !supply_is_on(supply, channel, &on, bounds, error) ||
	    !supply_protection_tripped(supply, channel, &tripped, bounds, error))
		return FALSE;
	lanes_add_number(table, volt, "V");
	lanes_add_number(table, ampere, "A");
	lanes_add_number(table, volt * ampere, "W");
	table_add(table, shell_value_flag(on));
	table_add(table, shell_value_flag(tripped));
	return TRUE;
}

static gboolean supply_show(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_SUPPLY};
	g_autoptr(table) table = table_new(supply_columns, G_N_ELEMENTS(supply_columns));

	if (!shell_do(shell, &work, look, table, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_supply_show = {
	.noun = "supply",
	.verb = "show",
	.help = "voltage, current and power at the output, whether it is on, whether a protection "
		"tripped",
	.examples = {"supply show"},
	.run = supply_show,
};

static gboolean set_voltage(struct step_context *ctx, gpointer data, GError **error)
{
	return supply_set(step_instrument(ctx, INSTRUMENT_SUPPLY), step_site(ctx)->supply_channel,
	                  *(const double *)data, CURRENT_LIMIT_A, step_bounds(ctx), error);
}

/* The unit is touched when there is one that feels it. */
static struct hand_work work_on(const struct hand *hand, enum instrument_class class_id)
{
	return (struct hand_work){.needs = 1u << class_id,
	                          .wants = hand_is_up(hand) ? HAND_TOUCH : 0};
}

static gboolean supply_set_command(struct shell *shell, const struct call *call,
                                   struct value *result, GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	double volt = call->values[0].number;
	struct hand_work work;

	if (!hand)
		return FALSE;
	work = work_on(hand, INSTRUMENT_SUPPLY);
	if (!shell_do(shell, &work, set_voltage, &volt, error))
		return FALSE;
	hand_set_corner(hand, "by hand", hand_corner(hand)->case_degc, volt);
	return TRUE;
}

const struct shell_command command_supply_set = {
	.noun = "supply",
	.verb = "set",
	.help = "voltage of the module's supply, now and at the next \"module up\"; switches "
		"nothing on",
	.examples = {"supply set 3.135 V"},
	.arguments = {{"VOLTAGE", ARGUMENT_NUMBER, .unit = "V", .min = CORNER_SUPPLY_MIN_V,
                       .max = CORNER_SUPPLY_MAX_V}},
	.right = COMMAND_SETS,
	.run = supply_set_command,
};

/* --- temperature ----------------------------------------------------------------------------- */

static const struct table_column thermal_columns[] = {{"temperature", TRUE}, {"settled"}};

static gboolean feel(struct step_context *ctx, gpointer data, GError **error)
{
	struct instrument *thermal = step_instrument(ctx, INSTRUMENT_THERMAL);
	struct table *table = data;
	gboolean settled = FALSE;
	double degc = NAN;

	if (!thermal_read_degc(thermal, &degc, step_bounds(ctx), error) ||
	    !thermal_at_temperature(thermal, &settled, step_bounds(ctx), error))
		return FALSE;
	lanes_add_number(table, degc, "degC");
	table_add(table, shell_value_flag(settled));
	return TRUE;
}

static gboolean thermal_show(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_THERMAL};
	g_autoptr(table) table = table_new(thermal_columns, G_N_ELEMENTS(thermal_columns));

	if (!shell_do(shell, &work, feel, table, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_thermal_show = {
	.noun = "thermal",
	.verb = "show",
	.help = "temperature of the head, and whether it has been at what was set for its soak "
		"time",
	.examples = {"thermal show"},
	.run = thermal_show,
};

static gboolean ramp(struct step_context *ctx, gpointer data, GError **error)
{
	return corner_ramp_within(ctx, *(const double *)data, WINDOW_DEGC, SOAK_S, error);
}

static gboolean thermal_set(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	double degc = call->values[0].number;
	struct hand_work work;

	if (!hand)
		return FALSE;
	work = work_on(hand, INSTRUMENT_THERMAL);
	if (!shell_do(shell, &work, ramp, &degc, error))
		return FALSE;
	hand_set_corner(hand, "by hand", degc, hand_corner(hand)->supply_v);
	return TRUE;
}

const struct shell_command command_thermal_set = {
	.noun = "thermal",
	.verb = "set",
	.help = "sends the head to a temperature and does not wait: \"thermal show\" tells when it "
		"is there",
	.examples = {"thermal set 70 degC"},
	.arguments = {{"TEMPERATURE", ARGUMENT_NUMBER, .unit = "degC", .min = -40, .max = 100}},
	.right = COMMAND_ENERGISES,
	.run = thermal_set,
};

static gboolean stop(struct step_context *ctx, gpointer data, GError **error)
{
	return thermal_stop(step_instrument(ctx, INSTRUMENT_THERMAL), step_bounds(ctx), error);
}

static gboolean thermal_off(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_THERMAL};
	struct hand *hand = shell_hand(shell, error);

	if (!hand || !shell_do(shell, &work, stop, NULL, error))
		return FALSE;
	hand_set_corner(hand, "by hand", NAN, hand_corner(hand)->supply_v);
	return TRUE;
}

const struct shell_command command_thermal_off = {
	.noun = "thermal",
	.verb = "off",
	.help = "air off and head up, or the plate off",
	.examples = {"thermal off"},
	.right = COMMAND_SETS,
	.run = thermal_off,
};

/* --- switch ---------------------------------------------------------------------------------- */

static gboolean route(struct step_context *ctx, gpointer data, GError **error)
{
	return optical_switch_route(step_instrument(ctx, INSTRUMENT_OPTICAL_SWITCH),
	                            step_site(ctx)->switch_module, *(const guint *)data,
	                            step_bounds(ctx), error);
}

static gboolean switch_route(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_OPTICAL_SWITCH};
	guint channel = (guint)call->values[0].number;

	return shell_do(shell, &work, route, &channel, error);
}

const struct shell_command command_switch_route = {
	.noun = "switch",
	.verb = "route",
	.help = "brings what is at a channel of the site's switch to scope and wavelength meter",
	.examples = {"switch route 3"},
	.arguments = {{"CHANNEL", ARGUMENT_COUNT, .min = 1, .max = 1000}},
	.right = COMMAND_SETS,
	.run = switch_route,
};
