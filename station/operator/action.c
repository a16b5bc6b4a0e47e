/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/action.h"

#include "station/operator/desk_parts.h"
#include "station/operator/words.h"

#include <string.h>

enum { SCROLL_PAGE = 10 };

/* --- when ---------------------------------------------------------------------------------------
 */

/* Somebody is there, and nothing else wants an answer. */
static gboolean at_work(const struct desk *desk)
{
	return desk_is_logged_in(desk) && desk->dialog == DIALOG_NONE;
}

static gboolean at_sites(const struct desk *desk)
{
	return at_work(desk) && desk->page == PAGE_SITES;
}

static gboolean can_change_lot(const struct desk *desk)
{
	return at_work(desk) && !desk_is_busy(desk);
}

static gboolean can_hand_over(const struct desk *desk)
{
	return at_work(desk) && desk->needs_login;
}

/* The site that an action at one site means: the zoomed one, or the only one that it can mean. */
static struct desk_site *meant(const struct desk *desk,
                               gboolean (*is_meant)(const struct desk_site *site))
{
	struct desk_site *zoomed = desk_zoomed(desk), *found = NULL;
	guint n = 0;

	if (zoomed)
		return is_meant(zoomed) ? zoomed : NULL;
	for (guint i = 0; i < desk->sites->len; i++) {
		struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (!is_meant(site))
			continue;
		found = site;
		n++;
	}
	return n == 1 ? found : NULL;
}

static gboolean wants_to_be_seen(const struct desk_site *site)
{
	return !site->view->acknowledged;
}

static gboolean has_ended(const struct desk_site *site)
{
	enum site_state state = site->view->state;

	return site->view->acknowledged && site->view->serial[0] != '\0' &&
	       (state == SITE_PASS || state == SITE_FAIL || state == SITE_ERROR ||
	        state == SITE_ABORTED);
}

static gboolean can_retest(const struct desk_site *site)
{
	return has_ended(site) && site->view->state != SITE_PASS;
}

static gboolean can_acknowledge(const struct desk *desk)
{
	return at_sites(desk) && meant(desk, wants_to_be_seen);
}

static gboolean can_retest_unit(const struct desk *desk)
{
	return at_sites(desk) && meant(desk, can_retest);
}

static gboolean has_record(const struct desk_site *site)
{
	return has_ended(site) && site->view->stored && site->view->run_id[0] != '\0';
}

static gboolean can_print(const struct desk *desk)
{
	return at_sites(desk) && meant(desk, has_record);
}

static gboolean can_abort(const struct desk *desk)
{
	const struct desk_site *zoomed = desk_zoomed(desk);
	gboolean runs =
		zoomed ? zoomed->view->state == SITE_CHECKING || zoomed->view->state == SITE_RUNNING
		       : desk_is_busy(desk);

	return desk_is_logged_in(desk) && runs &&
	       (desk->dialog == DIALOG_NONE || desk->dialog == DIALOG_QUESTION);
}

static gboolean can_open_unit(const struct desk *desk)
{
	return at_work(desk) && desk->page == PAGE_UNITS && desk->units &&
	       desk->choice < desk->units->len;
}

static gboolean can_enter(const struct desk *desk)
{
	return can_acknowledge(desk) || can_open_unit(desk);
}

static gboolean can_change_site(const struct desk *desk)
{
	return at_sites(desk) && desk->sites->len > 1;
}

static gboolean can_show_picture(const struct desk *desk)
{
	return at_sites(desk) && desk_zoomed(desk);
}

static gboolean is_on_page(const struct desk *desk)
{
	return at_work(desk) && desk->page != PAGE_SITES;
}

static gboolean wants_answer(const struct desk *desk)
{
	return desk->dialog != DIALOG_NONE && desk->dialog != DIALOG_BADGE &&
	       desk->dialog != DIALOG_PIN;
}

/* --- what ---------------------------------------------------------------------------------------
 */

static void open_page(struct desk *desk, enum desk_page page)
{
	desk->page = desk->page == page ? PAGE_SITES : page;
	desk->scroll = desk->choice = 0;
}

static void help(struct desk *desk)
{
	open_page(desk, PAGE_HELP);
}

static void hand_over(struct desk *desk)
{
	desk->dialog = DIALOG_HANDOVER;
}

static void choose_lot(struct desk *desk)
{
	g_strfreev(desk->lots);
	desk->lots = WORLD(desk, lots);
	desk->choice = 0;
	desk->dialog = DIALOG_LOTS;
}

static void next_picture(struct desk *desk)
{
	desk->pane = (desk->pane + 1) % PANES;
}

static void print_label(struct desk *desk)
{
	const struct desk_site *site = meant(desk, has_record);

	WORLD(desk, print, site->view->run_id);
	desk_log(desk, "print", site->view->serial);
}

static void retest(struct desk *desk)
{
	const struct desk_site *site = meant(desk, can_retest);
	g_autofree char *serial = g_strdup(site->view->serial);

	desk_log(desk, "retest", serial);
	desk_take_unit(desk, serial, site->view->site);
}

static void units(struct desk *desk)
{
	open_page(desk, PAGE_UNITS);
	WORLD(desk, ask_units);
}

static void abort_unit(struct desk *desk)
{
	desk->dialog = DIALOG_ABORT;
}

static void lot(struct desk *desk)
{
	open_page(desk, PAGE_LOT);
}

static void instruments(struct desk *desk)
{
	open_page(desk, PAGE_INSTRUMENTS);
}

static void quit(struct desk *desk)
{
	desk->dialog = DIALOG_QUIT;
}

static void why(struct desk *desk)
{
	const struct store_run *row = g_ptr_array_index(desk->units, desk->choice);

	desk_why(desk, NULL);
	desk->page = PAGE_WHY;
	desk->scroll = 0;
	WORLD(desk, ask_why, row->run_id);
}

static void enter(struct desk *desk)
{
	struct desk_site *site;

	if (desk->page == PAGE_UNITS) {
		why(desk);
		return;
	}
	site = meant(desk, wants_to_be_seen);
	site_view_acknowledge(site->view);
	desk_log(desk, "acknowledge", site->view->serial);
}

static void next_site(struct desk *desk)
{
	desk_zoom(desk, desk->zoom + 1 < (int)desk->sites->len ? desk->zoom + 1 : -1);
}

static void back(struct desk *desk)
{
	desk->page = desk->page == PAGE_WHY ? PAGE_UNITS : PAGE_SITES;
	desk->scroll = 0;
}

static void yes(struct desk *desk)
{
	dialog_confirm(desk);
}

static void no(struct desk *desk)
{
	dialog_cancel(desk);
}

static void move(struct desk *desk, int by)
{
	guint *at = desk->page == PAGE_UNITS ? &desk->choice : &desk->scroll;
	guint most = desk->page == PAGE_UNITS
	                     ? desk->units && desk->units->len ? desk->units->len - 1 : 0
	                     : desk->scroll_most;

	*at = (guint)CLAMP((int)*at + by, 0, (int)most);
}

static void up(struct desk *desk)
{
	move(desk, -1);
}

static void down(struct desk *desk)
{
	move(desk, 1);
}

static void page_up(struct desk *desk)
{
	move(desk, -SCROLL_PAGE);
}

static void page_down(struct desk *desk)
{
	move(desk, SCROLL_PAGE);
}

static void to_start(struct desk *desk)
{
	move(desk, -G_MAXINT / 2);
}

static void to_end(struct desk *desk)
{
	move(desk, G_MAXINT / 2);
}

/* --- the table ----------------------------------------------------------------------------------
 */

#define F(n) (DESK_KEY_F1 + (n)-1)

/* clang-format off */
const struct action actions[] = {
	{SCAN_KEY_ENTER, "Enter", "ACK", N_("seen"), N_("A FAIL or ERROR has been seen; in the list of units: why"), can_enter, enter},
	{SCAN_KEY_TAB, "Tab", "NEXT", N_("site"), N_("Show the next site large, then all of them"), can_change_site, next_site},
	{SCAN_KEY_ESCAPE, "Esc", "BACK", N_("back"), N_("Back to the sites"), is_on_page, back},
	{F(1), "F1", "HELP", N_("help"), N_("This page"), at_work, help},
	{F(2), "F2", "LOGOUT", N_("hand over"), N_("Hand over to the next operator, with the counts of the shift"), can_hand_over, hand_over},
	{F(3), "F3", "LOTS", N_("lot"), N_("Choose a lot from the list"), can_change_lot, choose_lot},
	{F(4), "F4", "PICTURE", N_("picture"), N_("Values, eye, waterfall or steps of the site shown large"), can_show_picture, next_picture},
	{F(5), "F5", "REPRINT", N_("label"), N_("Print the label of the tested unit once more"), can_print, print_label},
	{F(6), "F6", "RETEST", N_("retest"), N_("Test the same unit again, as far as the rule allows"), can_retest_unit, retest},
	{F(7), "F7", "UNITS", N_("units"), N_("The last units, and why one of them failed"), at_work, units},
	{F(8), "F8", "ABORT", N_("abort"), N_("End the test of the site shown large, or of all; asks first"), can_abort, abort_unit},
	{F(9), "F9", "YIELD", N_("yield"), N_("Yield of the lot, and what fails most"), at_work, lot},
	{F(10), "F10", "STATE", N_("state"), N_("Instruments, sites, and what was noted"), at_work, instruments},
	{F(12), "F12", "QUIT", N_("leave"), N_("Close the terminal; asks first"), at_work, quit},
	{0, NULL, "YES", NULL, N_("Answers what is asked, as Enter does"), wants_answer, yes},
	{0, NULL, "NO", NULL, N_("Leaves what is asked undone, as Esc does"), wants_answer, no},
	{DESK_KEY_UP, "Up", NULL, NULL, N_("One line up in a list"), is_on_page, up},
	{DESK_KEY_DOWN, "Down", NULL, NULL, N_("One line down"), is_on_page, down},
	{DESK_KEY_PAGE_UP, "PgUp", NULL, NULL, N_("Ten lines up"), is_on_page, page_up},
	{DESK_KEY_PAGE_DOWN, "PgDn", NULL, NULL, N_("Ten lines down"), is_on_page, page_down},
	{DESK_KEY_HOME, "Home", NULL, NULL, N_("To the first line"), is_on_page, to_start},
	{DESK_KEY_END, "End", NULL, NULL, N_("To the last line"), is_on_page, to_end},
};
/* clang-format on */
const guint n_actions = G_N_ELEMENTS(actions);

const struct action *action_of_key(gunichar key)
{
	for (guint i = 0; i < n_actions; i++)
		if (actions[i].key && actions[i].key == key)
			return &actions[i];
	return NULL;
}

const struct action *action_of_command(const char *command)
{
	for (guint i = 0; i < n_actions; i++)
		if (actions[i].command && strcmp(actions[i].command, command) == 0)
			return &actions[i];
	return NULL;
}
