/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/rows.h"
#include "station/shell/site.h"

/* A module on its way up and down. */

static gboolean module_up(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct cmis_identity *id;
	g_autofree char *text = NULL;

	if (!hand || !hand_power_up(hand, shell_stop(shell), error))
		return FALSE;
	id = module_identity(hand_module(hand));
	text = g_strdup_printf("%s %s, serial %s, CMIS %u.%u: %s", id->vendor_name, id->part_number,
	                       id->serial_number, id->cmis_major, id->cmis_minor,
	                       hand_product(hand) ? hand_product(hand)->type
	                                          : "no product of the configuration");
	*result = shell_value_text(text);
	return TRUE;
}

const struct shell_command command_module_up = {
	.noun = "module",
	.verb = "up",
	.help = "supply on, out of reset, low power, identified; no laser is on",
	.examples = {"module up"},
	.right = COMMAND_ENERGISES,
	.run = module_up,
};

static gboolean module_down(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	struct hand *hand = shell_hand(shell, error);

	return hand && hand_undo(hand, error);
}

const struct shell_command command_module_down = {
	.noun = "module",
	.verb = "down",
	.help = "undoes all that was switched on by hand: light, module, supply",
	.examples = {"module down"},
	.right = COMMAND_SETS,
	.run = module_down,
};
