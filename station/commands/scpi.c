/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/rows.h"
#include "station/commands/instrument_name.h"
#include "station/commands/lanes.h"
#include "station/shell/trace.h"

#include <string.h>

/* A person's own words to an instrument, past its driver. */

#define LIMIT_S 30.0

static const struct table_column columns[] = {{"answer"}, {"time", TRUE}, {"errors"}};

/* What was switched on by hand is switched off with the rest. */
#define SAFE_AFTER(class, suffix)                                                                  \
	static gboolean safe_##suffix(struct step_context *ctx, const struct bounds *bounds,       \
	                              GError **error)                                              \
	{                                                                                          \
		return instrument_safe_state(step_instrument(ctx, class), bounds, error);          \
	}
SAFE_AFTER(INSTRUMENT_ATTENUATOR, attenuator)
SAFE_AFTER(INSTRUMENT_BERT, bert)
SAFE_AFTER(INSTRUMENT_SUPPLY, supply)
SAFE_AFTER(INSTRUMENT_THERMAL, thermal)

/* The classes that emit something. */
static gboolean (*const safe_after[INSTRUMENT_N_CLASSES])(struct step_context *ctx,
                                                          const struct bounds *bounds,
                                                          GError **error) = {
	[INSTRUMENT_ATTENUATOR] = safe_attenuator,
	[INSTRUMENT_BERT] = safe_bert,
	[INSTRUMENT_SUPPLY] = safe_supply,
	[INSTRUMENT_THERMAL] = safe_thermal,
};

struct talk {
	enum instrument_class class;
	const char *message;
	gboolean is_question;
	struct table *table;
};

/* A question may have an argument: "MEAS:VOLT? (@1)". */
static gboolean asks(const char *part)
{
	const char *mark = strchr(part, '?');

	return mark && (mark[1] == '\0' || g_ascii_isspace(mark[1]));
}

static gboolean only_asks(const char *message)
{
	g_auto(GStrv) parts = g_strsplit(message, ";", -1);
	gboolean all = TRUE;

	for (guint i = 0; parts[i]; i++)
		all = all && asks(parts[i]);
	return all;
}

/* Of several in a line the last tells: "*CLS;*IDN?". */
static gboolean is_question(const char *message)
{
	const char *last = strrchr(message, ';');

	return asks(last ? last + 1 : message);
}

static void register_undo(struct step_context *ctx, const struct talk *talk)
{
	const char *instrument = step_site(ctx)->uses[talk->class];
	g_autofree char *name = g_strdup_printf("%s in its safe state", instrument);

	if (safe_after[talk->class] && !only_asks(talk->message))
		step_undo(ctx, 1u << talk->class, name, safe_after[talk->class]);
}

static gboolean say(struct step_context *ctx, gpointer data, GError **error)
{
	const struct talk *talk = data;
	struct instrument *instrument = step_instrument(ctx, talk->class);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autofree char *errors = NULL, *answer = NULL;
	gint64 start_us, end_us;

	register_undo(ctx, talk);
	start_us = g_get_monotonic_time();
	if (!instrument_talk(instrument, talk->message, talk->is_question ? reply : NULL,
	                     step_bounds(ctx), error))
		return FALSE;
	end_us = g_get_monotonic_time();
	if (!instrument_take_errors(instrument, &errors, step_bounds(ctx), error))
		return FALSE;
	answer = shell_trace_text(reply->data, reply->len);
	table_add(talk->table, shell_value_text(talk->is_question ? answer : NULL));
	lanes_add_number(talk->table, (double)(end_us - start_us) * 1e-6, "s");
	table_add(talk->table, shell_value_text(*errors ? errors : NULL));
	return TRUE;
}

static gboolean scpi(struct shell *shell, const struct call *call, struct value *result,
                     GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));
	struct talk talk = {.message = call->values[1].text,
	                    .is_question = is_question(call->values[1].text),
	                    .table = table};
	struct hand_work work = {.limit_s = LIMIT_S};

	if (!hand || !shell_instrument_class(shell, call->values[0].text, &talk.class, error))
		return FALSE;
	work.needs = 1u << talk.class;
	work.wants = hand_is_up(hand) ? HAND_TOUCH : 0;
	if (!shell_do(shell, &work, say, &talk, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_scpi = {
	.noun = "scpi",
	.help = "sends TEXT to an instrument as it is and reads an answer when it is a question; "
		"time, then "
		"what is in the error queue; in quotes where it has a ; or #",
	.examples = {"scpi meter1 *IDN?", "scpi scope ':SYST:ERR?;*OPC?'"},
	.arguments = {INSTRUMENT_ARGUMENT, {"TEXT", ARGUMENT_REST}},
	.right = COMMAND_ENERGISES,
	.run = scpi,
};
