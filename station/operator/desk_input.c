/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/action.h"
#include "station/operator/desk_parts.h"
#include "station/operator/words.h"

#include <string.h>

/* --- dialogs ------------------------------------------------------------------------------------
 */

static void answer(struct desk *desk, struct desk_site *site, const char *words)
{
	const char *who = desk->person.name[0] != '\0' ? desk->person.name : desk->person.badge;
	g_autoptr(GError) error = NULL;

	if (WORLD(desk, answer, site->view->site, words, who, &error))
		return;
	desk_refuse(desk, "%s", error->message);
}

/* One site, or all of them when all are shown. */
static void abort_units(struct desk *desk)
{
	for (guint i = 0; i < desk->sites->len; i++) {
		struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if ((desk->zoom >= 0 && (int)i != desk->zoom) ||
		    (site->view->state != SITE_RUNNING && site->view->state != SITE_CHECKING))
			continue;
		desk_log(desk, "abort", site->view->serial);
		if (WORLD(desk, abort, site->view->site) > 0 || site->wanted) {
			site_view_refuse(site->view);
			site->wanted = FALSE;
		} else {
			site->aborting = TRUE;
		}
	}
}

static void hand_over(struct desk *desk)
{
	g_autofree char *counts =
		g_strdup_printf("units=%u passed=%u failed=%u errors=%u", desk->shift.units,
	                        desk->shift.passed, desk->shift.failed, desk->shift.errors);

	desk_log(desk, "handover", counts);
	desk_log_out(desk);
}

void dialog_cancel(struct desk *desk)
{
	switch (desk->dialog) {
	case DIALOG_PIN:
		desk->dialog = desk->checking_pin ? DIALOG_PIN : DIALOG_BADGE;
		break;
	case DIALOG_BADGE:
	case DIALOG_QUESTION: /* wants an answer; F8 ends the unit */
		break;
	default:
		desk->dialog = DIALOG_NONE;
		desk_show_questions(desk);
	}
}

static void choose_lot(struct desk *desk)
{
	guint n = desk->lots ? g_strv_length(desk->lots) : 0;

	if (desk->choice < n)
		desk_take_lot(desk, desk->lots[desk->choice]);
}

static void choose_answer(struct desk *desk)
{
	struct desk_site *site = desk_zoomed(desk);

	if (site && site->answers[0][0] != '\0')
		answer(desk, site, site->answers[site->chosen]);
	else
		desk_refuse(desk, _("Type the answer, then Enter"));
}

void dialog_confirm(struct desk *desk)
{
	enum desk_dialog dialog = desk->dialog;

	/* what it does may open another one */
	if (dialog != DIALOG_BADGE && dialog != DIALOG_PIN && dialog != DIALOG_QUESTION)
		dialog_cancel(desk);
	switch (dialog) {
	case DIALOG_LOTS:
		choose_lot(desk);
		break;
	case DIALOG_ABORT:
		abort_units(desk);
		break;
	case DIALOG_HANDOVER:
		hand_over(desk);
		break;
	case DIALOG_QUIT:
		desk_log(desk, "quit", "");
		desk_leave(desk);
		break;
	case DIALOG_QUESTION:
		choose_answer(desk);
		break;
	default:
		break;
	}
}

/* Up and down in what is to be chosen from. */
static void choose(struct desk *desk, int by)
{
	struct desk_site *site = desk_zoomed(desk);
	int n = 0, at = (int)desk->choice;

	if (desk->dialog == DIALOG_LOTS) {
		n = desk->lots ? (int)g_strv_length(desk->lots) : 0;
	} else if (desk->dialog == DIALOG_QUESTION && site) {
		at = site->chosen;
		while (n < DESK_ANSWERS_MAX && site->answers[n][0] != '\0')
			n++;
	}
	at = CLAMP(at + by, 0, MAX(n - 1, 0));
	if (desk->dialog == DIALOG_QUESTION && site)
		site->chosen = at;
	else
		desk->choice = (guint)at;
}

gboolean dialog_key(struct desk *desk, gunichar key)
{
	if (desk->dialog == DIALOG_NONE)
		return FALSE;
	switch (key) {
	case SCAN_KEY_ENTER:
		dialog_confirm(desk);
		return TRUE;
	case SCAN_KEY_ESCAPE:
		dialog_cancel(desk);
		return TRUE;
	case DESK_KEY_UP:
	case DESK_KEY_LEFT:
		choose(desk, -1);
		return TRUE;
	case DESK_KEY_DOWN:
	case DESK_KEY_RIGHT:
		choose(desk, 1);
		return TRUE;
	default:
		return FALSE;
	}
}

static void take_pin(struct desk *desk, const char *pin)
{
	if (desk->checking_pin)
		return;
	desk->checking_pin = TRUE;
	desk->refusal[0] = '\0';
	WORLD(desk, check_pin, desk->badge, pin);
}

gboolean dialog_line(struct desk *desk, const char *line)
{
	struct desk_site *site = desk_zoomed(desk);

	if (desk->dialog == DIALOG_PIN && !g_str_has_prefix(line, "CMD:")) {
		take_pin(desk, line);
		return TRUE;
	}
	if (desk->dialog != DIALOG_QUESTION || !site || g_str_has_prefix(line, "CMD:"))
		return FALSE;
	for (int i = 0; i < DESK_ANSWERS_MAX; i++)
		if (site->answers[i][0] != '\0' &&
		    g_ascii_strcasecmp(site->answers[i], line) == 0) {
			answer(desk, site, site->answers[i]);
			return TRUE;
		}
	if (site->answers[0][0] != '\0')
		return FALSE;
	answer(desk, site, line);
	return TRUE;
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static void take_action(struct desk *desk, gunichar key)
{
	const struct action *action = action_of_key(key);

	if (!action)
		return;
	if (action->is_open(desk)) {
		desk->message[0] = '\0';
		action->run(desk);
	} else if (action->word) {
		desk_refuse(desk, _("%s is not possible now"), action->key_name);
	}
}

/* One that is no character: it does something at once. */
static void press(struct desk *desk, gunichar key)
{
	if (!dialog_key(desk, key))
		take_action(desk, key);
}

void desk_interrupt(struct desk *desk)
{
	if (!desk_is_busy(desk) && !(desk->needs_login && desk_is_logged_in(desk)))
		desk_leave(desk);
	else
		press(desk, DESK_KEY_F12);
}

static void take_line(struct desk *desk)
{
	gboolean scanned;
	char *line = scanner_take(desk->scanner, &scanned);

	desk_line(desk, line, scanned);
	/* it may have been a PIN */
	explicit_bzero(line, strlen(line));
	g_free(line);
}

void desk_key(struct desk *desk, gunichar key)
{
	desk->last_key_us = desk->now_us;
	if (key >= DESK_KEY_F1) {
		press(desk, key);
		return;
	}
	switch (scanner_key(desk->scanner, key, desk->now_us)) {
	case SCAN_LINE:
		take_line(desk);
		break;
	case SCAN_TOO_LONG:
		desk_refuse(desk, _("That was too long for a scan: nothing was taken"));
		break;
	case SCAN_PLAIN:
		press(desk, key);
		break;
	default:
		break;
	}
}
