/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/suggest.h"
#include "station/commands/rows.h"
#include "station/commands/module_view.h"

#include <string.h>

/* Pins and lines of the socket and of what stands beside it. */

struct pin {
	const char *name;
	const char *low, *high; /* what these levels mean */
	gboolean is_set;        /* by the station */
};

static const struct pin qsfp_dd[] = {
	{"ResetL", "held in reset", "not in reset", TRUE},
	{"LPMode", "high power allowed", "low power asked for", TRUE},
	{"ModSelL", "selected", "not selected", TRUE},
	{"ModPrsL", "module present", "no module", FALSE},
	{"IntL", "interrupt asserted", "no interrupt", FALSE},
	{0},
};

static const struct pin osfp[] = {
	{"RSTn", "held in reset", "not in reset", TRUE},
	{"LPWn", "low power asked for", "high power allowed", TRUE},
	{0},
};

static const struct pin tower[] = {
	{"TowerRed", "dark", "lit", TRUE},
	{"TowerAmber", "dark", "lit", TRUE},
	{"TowerGreen", "dark", "lit", TRUE},
	{"TowerBlue", "dark", "lit", TRUE},
	{0},
};

static gboolean is_osfp(struct fixture *fixture)
{
	return strcmp(fixture_form(fixture), "OSFP") == 0;
}

/* --- show ------------------------------------------------------------------------------------- */

static const struct table_column columns[] = {{"pin"}, {"level"}, {"means"}};

static void add_row(struct table *table, const char *name, struct value level, const char *means)
{
	unit_add_text(table, name);
	table_add(table, level);
	unit_add_text(table, means);
}

static gboolean add_pin(struct table *table, struct fixture *fixture, const struct pin *pin,
                        const struct bounds *bounds, GError **error)
{
	gboolean level = FALSE;

	if (!fixture_pin_get(fixture, pin->name, &level, bounds, error))
		return FALSE;
	add_row(table, pin->name, shell_value_text(level ? "high" : "low"),
	        level ? pin->high : pin->low);
	return TRUE;
}

/* The two lines of an OSFP socket, each of which says two things by its voltage. */
static gboolean add_lines(struct table *table, struct fixture *fixture, const struct bounds *bounds,
                          GError **error)
{
	gboolean asserted = FALSE, present = FALSE;
	double volts[2] = {0};

	if (!fixture_line_get(fixture, "INT/RSTn", &volts[0], bounds, error) ||
	    !fixture_line_get(fixture, "LPWn/PRSn", &volts[1], bounds, error) ||
	    !fixture_interrupt(fixture, &asserted, bounds, error) ||
	    !fixture_module_present(fixture, &present, bounds, error))
		return FALSE;
	add_row(table, "INT/RSTn", shell_value_number(volts[0], "V"),
	        asserted ? "interrupt asserted" : "no interrupt");
	add_row(table, "LPWn/PRSn", shell_value_number(volts[1], "V"),
	        present ? "module present" : "no module");
	return TRUE;
}

static gboolean add_beside(struct table *table, struct fixture *fixture,
                           const struct bounds *bounds, GError **error)
{
	gboolean closed = FALSE, pressed = FALSE;
	guint64 insertions = 0;

	if (fixture_has_lid(fixture)) {
		if (!fixture_lid_closed(fixture, &closed, bounds, error))
			return FALSE;
		add_row(table, "lid", shell_value_text(closed ? "closed" : "open"),
		        closed ? NULL : "no module is spoken to while it is open");
	}
	if (fixture_has_start(fixture)) {
		if (!fixture_start_pressed(fixture, &pressed, bounds, error))
			return FALSE;
		add_row(table, "start", shell_value_text(pressed ? "pressed" : "not pressed"),
		        NULL);
	}
	if (!fixture_insertions(fixture, &insertions, bounds, error))
		return FALSE;
	add_row(table, "insertions", shell_value_number((double)insertions, "1"),
	        "since the socket was replaced");
	return TRUE;
}

static gboolean show(struct unit_call *unit, GError **error)
{
	struct fixture *fixture = module_fixture(step_module(unit->ctx));
	const struct pin *pins = is_osfp(fixture) ? osfp : qsfp_dd;
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));

	for (guint i = 0; pins[i].name; i++)
		if (!add_pin(table, fixture, &pins[i], unit->bounds, error))
			return FALSE;
	if ((is_osfp(fixture) && !add_lines(table, fixture, unit->bounds, error)) ||
	    !add_beside(table, fixture, unit->bounds, error))
		return FALSE;
	*unit->result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

static gboolean run_show(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {show, HAND_FIXTURE};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_pin_show = {
	.noun = "pin",
	.verb = "show",
	.help = "levels of the socket's pins and lines and what they mean; lid, insertions",
	.examples = {"pin show"},
	.run = run_show,
};

/* --- set -------------------------------------------------------------------------------------- */

/* What is the same in each socket. */
static const struct {
	const char *name;
	gboolean (*set)(struct fixture *fixture, gboolean on, const struct bounds *bounds,
	                GError **error);
} meanings[] = {
	{"reset", fixture_set_reset},
	{"low-power", fixture_set_low_power},
	{"select", fixture_select},
};

static void add_pins(GPtrArray *names, const struct pin *pins)
{
	for (guint i = 0; pins[i].name; i++)
		if (pins[i].is_set)
			g_ptr_array_add(names, g_strdup(pins[i].name));
}

/* Null: those of both forms. */
static void add_names(GPtrArray *names, const char *form)
{
	for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
		g_ptr_array_add(names, g_strdup(meanings[i].name));
	if (g_strcmp0(form, "OSFP") != 0)
		add_pins(names, qsfp_dd);
	if (g_strcmp0(form, "QSFP-DD") != 0)
		add_pins(names, osfp);
	add_pins(names, tower);
}

static void complete_pins(struct shell *shell, GPtrArray *names)
{
	struct hand *hand = shell_hand(shell, NULL);

	add_names(names, hand ? hand_site(hand)->form_factor : NULL);
}

static gboolean tell_unknown(struct fixture *fixture, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *all = NULL;
	const char *near;

	add_names(names, fixture_form(fixture));
	g_ptr_array_add(names, NULL);
	near = suggest_nearest(name, (const char *const *)names->pdata);
	all = g_strjoinv(", ", (char **)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG, "there is no pin \"%s\" to be set; %s%s%s",
	                  name, near ? "did you mean \"" : "there is: ", near ? near : all,
	                  near ? "\"?" : "");
	return FALSE;
}

static const struct pin *find_pin(struct fixture *fixture, const char *name)
{
	const struct pin *lists[] = {is_osfp(fixture) ? osfp : qsfp_dd, tower};

	for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
		for (guint i = 0; lists[k][i].name; i++)
			if (lists[k][i].is_set && strcmp(lists[k][i].name, name) == 0)
				return &lists[k][i];
	return NULL;
}

static gboolean undo_module(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return module_safe(step_module(ctx), bounds, error);
}

static gboolean set(struct unit_call *unit, GError **error)
{
	struct fixture *fixture = module_fixture(step_module(unit->ctx));
	const char *name = unit_text(unit, 0, "");
	gboolean on = strcmp(unit_text(unit, 1, "off"), "on") == 0;
	const struct pin *pin = find_pin(fixture, name);
	guint meaning = 0;

	while (meaning < G_N_ELEMENTS(meanings) && strcmp(meanings[meaning].name, name) != 0)
		meaning++;
	if (!pin && meaning == G_N_ELEMENTS(meanings))
		return tell_unknown(fixture, name, error);
	if (!g_str_has_prefix(name, "Tower"))
		step_undo(unit->ctx, 0, "module in reset", undo_module);
	return pin ? fixture_pin_set(fixture, pin->name, on, unit->bounds, error)
	           : meanings[meaning].set(fixture, on, unit->bounds, error);
}

static gboolean run_set(struct shell *shell, const struct call *call, struct value *result,
                        GError **error)
{
	const struct unit_work work = {set, HAND_FIXTURE | HAND_TOUCH};

	return unit_do(shell, call, result, &work, error);
}

static const char *const levels[] = {"on", "off", NULL};

/* Out of reset, and without low power asked for, a module may light up by itself. */
const struct shell_command command_pin_set = {
	.noun = "pin",
	.verb = "set",
	.help = "sets reset, low-power or select; or a pin by its name, where on is the high level",
	.examples = {"pin set reset on", "pin set low-power off", "pin set TowerBlue on"},
	.arguments = {{"NAME", ARGUMENT_NAME, .complete = complete_pins},
                      {"LEVEL", ARGUMENT_CHOICE, .choices = levels}},
	.right = COMMAND_ENERGISES,
	.run = run_set,
};
