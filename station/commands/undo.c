/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/rows.h"
#include "station/shell/site.h"
#include "station/shell/table.h"
#include "station/shell/tell.h"

/* What makes safe again what was switched on by hand. */

static const struct table_column columns[] = {{"n", TRUE}, {"undo"}};

static gboolean undo_show(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	struct table *table;

	if (!hand)
		return FALSE;
	g_autoptr(GPtrArray) names = hand_undo_names(hand);
	table = table_new(columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < names->len; i++) {
		table_add(table, shell_value_number(i + 1, "1"));
		table_add(table, shell_value_text(g_ptr_array_index(names, i)));
	}
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_undo_show = {
	.noun = "undo",
	.verb = "show",
	.help = "what is undone when the shell is left, the next first",
	.examples = {"undo show"},
	.run = undo_show,
};

static gboolean undo_run(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	struct shell_tell *tell;
	gboolean ok;

	if (!hand)
		return FALSE;
	tell = shell_tell_begin(shell, hand);
	ok = hand_undo(hand, error);
	shell_tell_end(tell);
	return ok;
}

const struct shell_command command_undo_run = {
	.noun = "undo",
	.verb = "run",
	.help = "undoes all that was switched on by hand, now, and tells each",
	.examples = {"undo run"},
	.right = COMMAND_SETS,
	.run = undo_run,
};
