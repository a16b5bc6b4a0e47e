/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/lanes.h"

#include "base/error.h"

#include <math.h>

static guint count_lanes(const struct hand *hand)
{
	const struct config_product *product = hand_product(hand);

	return product ? product->n_lanes : hand_site(hand)->n_lanes;
}

void complete_lanes(struct shell *shell, GPtrArray *names)
{
	const struct hand *hand = shell_hand(shell, NULL);

	for (guint i = 0; hand && i < count_lanes(hand); i++)
		g_ptr_array_add(names, g_strdup_printf("%u", i + 1));
}

gboolean shell_lanes(struct shell *shell, const struct value *argument, struct lanes *lanes,
                     GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct config_product *product = hand ? hand_product(hand) : NULL;
	guint n;

	*lanes = (struct lanes){.n = 0};
	if (!hand)
		return FALSE;
	n = count_lanes(hand);
	if (argument->kind == VALUE_NUMBER && argument->number > n) {
		station_error_set(error, STATION_ERROR_RANGE, "there is no lane %.0f; %s has %u",
		                  argument->number, product ? product->part_number : "the site", n);
		return FALSE;
	}
	if (argument->kind == VALUE_NUMBER)
		lanes->lane[lanes->n++] = (int)argument->number;
	for (guint i = 0; argument->kind != VALUE_NUMBER && i < n; i++)
		lanes->lane[lanes->n++] = (int)i + 1;
	return TRUE;
}

gboolean shell_do_lanes(struct shell *shell, const struct value *argument,
                        const struct hand_work *work, hand_deed deed, gpointer data, GError **error)
{
	struct hand_work each = *work;
	struct lanes lanes;

	if (!shell_lanes(shell, argument, &lanes, error))
		return FALSE;
	for (guint i = 0; i < lanes.n; i++) {
		each.lane = lanes.lane[i];
		if (!shell_do(shell, &each, deed, data, error))
			return FALSE;
	}
	return TRUE;
}

void lanes_add_count(struct table *table, guint64 count)
{
	table_add(table, shell_value_number((double)count, "1"));
}

void lanes_add_number(struct table *table, double value, const char *unit)
{
	table_add(table, isfinite(value) ? shell_value_number(value, unit) : (struct value){0});
}
