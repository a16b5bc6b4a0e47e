/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/address.h"
#include "station/commands/rows.h"
#include "station/commands/instrument_name.h"
#include "station/commands/lanes.h"
#include "station/shell/trace.h"

#include <string.h>

/* The instruments themselves, whatever their class. */

#define SELF_TEST_LIMIT_S 90.0

/* --- what they are --------------------------------------------------------------------------- */

static const struct table_column columns[] = {
	{"name"},     {"class"},           {"model"},     {"serial"}, {"firmware"},
	{"evidence"}, {"calibration_due"}, {"connected"}, {"held"},   {"options"},
};

/* Who has it: by its lock file, and while it is connected by the bus's own lock where there is one.
 */
static void add_holder(struct table *table, struct hand *hand, const struct config_instrument *item)
{
	g_autofree char *holder = hand_holder(hand, item);
	gboolean by_bus = hand_peek(hand, item->config.name) &&
	                  instrument_bus_has_lock(item->config.resource);
	g_autofree char *both = by_bus && holder ? g_strconcat(holder, ", bus locked", NULL) : NULL;

	table_add(table, shell_value_text(both ? both : holder));
}

static void add_due(struct table *table, const char *due)
{
	g_autofree char *over = config_is_over(due) ? g_strdup_printf("%s (over)", due) : NULL;

	table_add(table, shell_value_text(over ? over : due));
}

/* One that is not connected is as the configuration wants it to be. */
static void add_instrument(struct table *table, struct hand *hand,
                           const struct config_instrument *item)
{
	const struct instrument *peek = hand_peek(hand, item->config.name);
	const struct instrument_identity *identity = peek ? instrument_identity(peek) : NULL;

	table_add(table, shell_value_text(item->config.name));
	table_add(table, shell_value_text(instrument_class_name(item->config.class)));
	table_add(table, shell_value_text(identity ? identity->model : item->model));
	table_add(table, shell_value_text(identity ? identity->serial : item->serial));
	table_add(table, shell_value_text(identity ? identity->firmware : item->firmware));
	table_add(table, shell_value_text(peek ? evidence_name(instrument_evidence(peek)) : NULL));
	add_due(table, item->config.calibration_due);
	table_add(table, shell_value_flag(peek != NULL));
	add_holder(table, hand, item);
	table_add(table, shell_value_text(identity ? identity->options : NULL));
}

static gboolean instrument_list(struct shell *shell, const struct call *call, struct value *result,
                                GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct config *config = hand ? hand_config(hand) : NULL;
	struct table *table;

	if (!hand)
		return FALSE;
	table = table_new(columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < config->instruments->len; i++)
		add_instrument(table, hand, g_ptr_array_index(config->instruments, i));
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_instrument_list = {
	.noun = "instrument",
	.verb = "list",
	.help = "all of the configuration: what they said they are, how well the driver is known "
		"to be "
		"right, and which process has them; touches none",
	.examples = {"instrument list"},
	.run = instrument_list,
};

/* --- one of the site ------------------------------------------------------------------------- */

static gboolean work_on(struct shell *shell, const char *name, guint wants, double limit_s,
                        hand_deed deed, gpointer data, GError **error)
{
	struct hand_work work = {.wants = wants, .limit_s = limit_s};
	enum instrument_class class;

	if (!shell_instrument_class(shell, name, &class, error))
		return FALSE;
	work.needs = 1u << class;
	return shell_do(shell, &work, deed, data, error);
}

/* The one instrument that the deed was given. */
static struct instrument *given(struct step_context *ctx, const char *name)
{
	const struct config_site *site = step_site(ctx);

	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		if (site->uses[i] && (strcmp(site->uses[i], name) == 0 ||
		                      strcmp(instrument_class_name(i), name) == 0))
			return step_instrument(ctx, i);
	g_assert_not_reached();
}

struct question {
	const char *name;
	struct table *table;
};

static gboolean ask(struct step_context *ctx, gpointer data, GError **error)
{
	const struct question *question = data;
	struct instrument *instrument = given(ctx, question->name);
	const struct instrument_identity *identity = instrument_identity(instrument);

	if (!instrument_identify(instrument, step_bounds(ctx), error) ||
	    !instrument_read_options(instrument, step_bounds(ctx), error))
		return FALSE;
	table_add(question->table, shell_value_text(instrument_name(instrument)));
	table_add(question->table, shell_value_text(identity->maker));
	table_add(question->table, shell_value_text(identity->model));
	table_add(question->table, shell_value_text(identity->serial));
	table_add(question->table, shell_value_text(identity->firmware));
	table_add(question->table, shell_value_text(identity->options));
	table_add(question->table,
	          shell_value_text(evidence_name(instrument_evidence(instrument))));
	return TRUE;
}

static const struct table_column identity_columns[] = {
	{"name"}, {"maker"}, {"model"}, {"serial"}, {"firmware"}, {"options"}, {"evidence"},
};

static gboolean identify(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	g_autoptr(table) table = table_new(identity_columns, G_N_ELEMENTS(identity_columns));
	struct question question = {call->values[0].text, table};

	if (!work_on(shell, question.name, 0, 0, ask, &question, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_instrument_identify = {
	.noun = "instrument",
	.verb = "identify",
	.help = "connects one of the site's instruments, by name or class, and asks who it is",
	.examples = {"instrument identify scope1", "instrument identify power-meter"},
	.arguments = {INSTRUMENT_ARGUMENT},
	.run = identify,
};

static gboolean test(struct step_context *ctx, gpointer data, GError **error)
{
	return instrument_self_test(given(ctx, data), step_bounds(ctx), error);
}

static gboolean selftest(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	if (!work_on(shell, call->values[0].text, 0, SELF_TEST_LIMIT_S, test, call->values[0].text,
	             error))
		return FALSE;
	*result = shell_value_text("passed");
	return TRUE;
}

const struct shell_command command_instrument_selftest = {
	.noun = "instrument",
	.verb = "selftest",
	.help = "lets an instrument test itself; takes up to a minute and may disturb what it is "
		"doing",
	.examples = {"instrument selftest meter1"},
	.arguments = {INSTRUMENT_ARGUMENT},
	.right = COMMAND_SETS,
	.run = selftest,
};

static gboolean make_safe(struct step_context *ctx, gpointer data, GError **error)
{
	return instrument_safe_state(given(ctx, data), step_bounds(ctx), error);
}

/* Each is tried, whatever becomes of the others; the first error is told. */
static gboolean instrument_safe(struct shell *shell, const struct call *call, struct value *result,
                                GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	GError *first = NULL;

	if (!hand)
		return FALSE;
	guint wants = hand_is_up(hand) ? HAND_TOUCH : 0;
	if (call->values[0].kind == VALUE_TEXT)
		return work_on(shell, call->values[0].text, wants, 0, make_safe,
		               call->values[0].text, error);
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		char *name = hand_site(hand)->uses[i];
		if (name)
			work_on(shell, name, wants, 0, make_safe, name, first ? NULL : &first);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

const struct shell_command command_instrument_safe = {
	.noun = "instrument",
	.verb = "safe",
	.help = "shutters closed, outputs and air off, of one or of all of the site's instruments; "
		"a "
		"module on that supply goes down with it",
	.examples = {"instrument safe", "instrument safe attenuator1"},
	.arguments = {{"NAME", ARGUMENT_NAME, .optional = TRUE,
                       .complete = shell_instrument_names}},
	.right = COMMAND_SETS,
	.run = instrument_safe,
};

/* --- what is said to them -------------------------------------------------------------------- */

static const char *name_of(struct shell *shell, const char *text, GError **error)
{
	enum instrument_class class;

	if (!shell_instrument_class(shell, text, &class, error))
		return NULL;
	return hand_site(shell_hand(shell, NULL))->uses[class];
}

static const char *const switches[] = {"on", "off", NULL};

static gboolean instrument_trace(struct shell *shell, const struct call *call, struct value *result,
                                 GError **error)
{
	const char *name = name_of(shell, call->values[0].text, error);

	if (name)
		shell_trace_set(shell, name, strcmp(call->values[1].text, "on") == 0);
	return name != NULL;
}

const struct shell_command command_instrument_trace = {
	.noun = "instrument",
	.verb = "trace",
	.help = "shows each message to (>) and from (<) an instrument, and how long it took, on "
		"the error "
		"output",
	.examples = {"instrument trace scope1 on", "instrument trace scope1 off"},
	.arguments = {INSTRUMENT_ARGUMENT, {"SWITCH", ARGUMENT_CHOICE, .choices = switches}},
	.run = instrument_trace,
};

static gboolean instrument_record(struct shell *shell, const struct call *call,
                                  struct value *result, GError **error)
{
	const char *name = name_of(shell, call->values[0].text, error);
	const char *path = call->values[1].kind == VALUE_TEXT ? call->values[1].text : NULL;

	return name && hand_record_instrument(shell_hand(shell, NULL), name, path, error);
}

const struct shell_command command_instrument_record = {
	.noun = "instrument",
	.verb = "record",
	.help = "connects an instrument anew with its next use, as it is at the begin (shutters "
		"closed), and "
		"writes all that is said to FILE, which \"replay:\" plays; without FILE no more",
	.examples = {"instrument record meter1 meter1.jsonl", "instrument record meter1"},
	.arguments = {INSTRUMENT_ARGUMENT, {"FILE", ARGUMENT_FILE, .optional = TRUE}},
	.right = COMMAND_SETS,
	.run = instrument_record,
};
