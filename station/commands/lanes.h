/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_LANES_H
#define STATION_COMMANDS_LANES_H

#include "station/shell/command.h"
#include "station/shell/site.h"
#include "station/shell/table.h"

/* Commands for one lane or for all of them. */

/* The last argument of such a command; without it all lanes. */
#define LANE_ARGUMENT                                                                              \
	{                                                                                          \
		"LANE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = CONFIG_LANES_MAX,       \
					.complete = complete_lanes                                 \
	}

/* The lanes of the product, or of the site. */
void complete_lanes(struct shell *shell, GPtrArray *names);

struct lanes {
	int lane[CONFIG_LANES_MAX];
	guint n;
};

/* The lane of an argument, or all of the product; of the site when the product is not known.
 * STATION_ERROR_RANGE when there is none of that number. */
gboolean shell_lanes(struct shell *shell, const struct value *argument, struct lanes *lanes,
                     GError **error);

/* shell_do for each of them in turn, with work->lane; the first that fails ends it. */
gboolean shell_do_lanes(struct shell *shell, const struct value *argument,
                        const struct hand_work *work, hand_deed deed, gpointer data,
                        GError **error);

/* --- cells of their tables ------------------------------------------------------------------- */

void lanes_add_count(struct table *table, guint64 count);
/* What is not finite is an empty cell: say the reason in another. */
void lanes_add_number(struct table *table, double value, const char *unit);

#endif
