/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_SITE_H
#define STATION_SHELL_SITE_H

#include "station/engine/hand.h"
#include "station/shell/shell.h"

/* The site that the shell works at: the configuration's first until "site use" takes another. */

struct shell_site {
	struct hand *hand;             /* null: not used yet */
	int number;                    /* of the site; 0: the first */
	struct shell_capture *capture; /* the last; null: none */
	GPtrArray *traced; /* names of instruments whose messages are shown; null: of none */
};
/* Undoes and gives back; FALSE when something could not be done, which is told by write_error. */
gboolean shell_site_clear(struct shell *shell);

/*
 * What stands in front of a line: "station> ", "station:2 SN1> " with a site and a unit in hand,
 * and a '*' before the '>' while there is something to be undone. Free with g_free.
 */
char *shell_prompt(struct shell *shell);

/* Made when first asked for; touches nothing. STATION_ERROR_CONFIG without a configuration. */
struct hand *shell_hand(struct shell *shell, GError **error);
/* Undoes and gives back what the site before has; STATION_ERROR_CONFIG when there is none of that
 * number. */
gboolean shell_use_site(struct shell *shell, int site, GError **error);

/*
 * A command's work at that site (hand_do): a command that does more than look has HAND_TOUCH in
 * work->wants where it reaches the unit. work->what may be null: noun and verb of the command.
 */
gboolean shell_do(struct shell *shell, const struct hand_work *work, hand_deed deed, gpointer data,
                  GError **error);

#endif
