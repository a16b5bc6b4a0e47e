/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/desk_parts.h"
#include "station/operator/words.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

static struct desk_site *site_new(int number)
{
	struct desk_site *site = g_new0(struct desk_site, 1);

	site->view = site_view_new(number);
	site->case_degc = site->left_s = NAN;
	site->eye.counts = g_array_new(FALSE, TRUE, sizeof(guint32));
	site->points.line = NAN;
	site->points.points = g_array_new(FALSE, TRUE, sizeof(struct plot_point));
	return site;
}

static void site_free(gpointer data)
{
	struct desk_site *site = data;

	site_view_free(site->view);
	g_array_unref(site->eye.counts);
	g_array_unref(site->points.points);
	g_free(site);
}

/* The instrument in use whose calibration is due first. */
static void find_calibration(struct desk *desk)
{
	const struct config *config = desk->setup.config;
	const struct config_instrument *first = NULL;

	for (guint i = 0; i < config->instruments->len; i++) {
		const struct config_instrument *item = g_ptr_array_index(config->instruments, i);
		const char *due = item->config.calibration_due;
		if (due && (!first || strcmp(due, first->config.calibration_due) < 0))
			first = item;
	}
	if (first)
		g_snprintf(desk->calibration, sizeof desk->calibration, "%s %s", first->config.name,
		           first->config.calibration_due);
	desk->calibration_over = config_expired(config) || config_path_expired(config);
}

struct desk *desk_new(const struct desk_setup *setup)
{
	const struct operator_policy *policy = setup->config->operator_policy;
	const GPtrArray *sites = setup->config->sites;
	struct desk *desk = g_new0(struct desk, 1);

	desk->setup = *setup;
	desk->sites = g_ptr_array_new_with_free_func(site_free);
	for (guint i = 0; i < sites->len; i++)
		g_ptr_array_add(desk->sites,
		                site_new(
					((struct config_site *)g_ptr_array_index(sites, i))->site));
	desk->zoom = sites->len == 1 ? 0 : -1;
	desk->scanner = scanner_new(policy->scan_gap_s);
	desk->causes = g_array_new(FALSE, TRUE, sizeof(struct desk_cause));
	desk->instruments = g_array_new(FALSE, TRUE, sizeof(struct desk_instrument));
	desk->notes = g_ptr_array_new_with_free_func(g_free);
	desk->needs_login = policy->users_path != NULL;
	find_calibration(desk);
	desk_log_out(desk);
	return desk;
}

void desk_free(struct desk *desk)
{
	if (!desk)
		return;
	g_ptr_array_unref(desk->sites);
	scanner_free(desk->scanner);
	lot_file_free(desk->lot);
	g_strfreev(desk->lots);
	g_array_unref(desk->causes);
	g_clear_pointer(&desk->units, g_ptr_array_unref);
	run_record_free(desk->why);
	g_array_unref(desk->instruments);
	g_ptr_array_unref(desk->notes);
	g_free(desk);
}

/* --- what is to be known ------------------------------------------------------------------------
 */

struct desk_site *desk_zoomed(const struct desk *desk)
{
	return desk->zoom >= 0 && (guint)desk->zoom < desk->sites->len
	               ? g_ptr_array_index(desk->sites, desk->zoom)
	               : NULL;
}

struct desk_site *desk_site(const struct desk *desk, int number)
{
	for (guint i = 0; i < desk->sites->len; i++) {
		struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (site->view->site == number)
			return site;
	}
	return NULL;
}

int desk_index(const struct desk *desk, const struct desk_site *site)
{
	guint index;

	return g_ptr_array_find(desk->sites, site, &index) ? (int)index : -1;
}

gboolean desk_is_logged_in(const struct desk *desk)
{
	return !desk->needs_login || desk->person.badge[0] != '\0';
}

gboolean desk_is_busy(const struct desk *desk)
{
	for (guint i = 0; i < desk->sites->len; i++) {
		const struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (site->view->state == SITE_CHECKING || site->view->state == SITE_RUNNING)
			return TRUE;
	}
	return FALSE;
}

/* --- words --------------------------------------------------------------------------------------
 */

void desk_say(struct desk *desk, enum look look, const char *words)
{
	g_strlcpy(desk->message, words, sizeof desk->message);
	desk->message_look = look;
}

void desk_refuse(struct desk *desk, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list args;

	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	desk_say(desk, LOOK_WARNING, words);
	WORLD(desk, beep);
}

void desk_log(struct desk *desk, const char *what, const char *text)
{
	WORLD(desk, log, desk->person.badge, what, text);
}

void desk_zoom(struct desk *desk, int index)
{
	desk->zoom = index;
	desk->scroll = 0;
}

void desk_log_out(struct desk *desk)
{
	memset(&desk->person, 0, sizeof desk->person);
	desk->badge[0] = '\0';
	desk->checking_pin = FALSE;
	desk->page = PAGE_SITES;
	desk->dialog = desk->needs_login ? DIALOG_BADGE : DIALOG_NONE;
	desk_show_questions(desk);
}

/* --- time ---------------------------------------------------------------------------------------
 */

static void lock_when_left(struct desk *desk)
{
	double limit_s = desk->setup.config->operator_policy->lock_after_s;

	if (!desk->needs_login || desk->person.badge[0] == '\0' || limit_s <= 0 ||
	    (double)(desk->now_us - desk->last_key_us) < limit_s * 1e6)
		return;
	desk_log(desk, "lock", "");
	desk_log_out(desk);
}

/* Counts are those of a shift: they begin anew with the next. */
static void change_shift(struct desk *desk)
{
	gint64 start =
		operator_policy_shift_start(desk->setup.config->operator_policy, desk->now_utc_us);

	if (start == desk->shift_start_us)
		return;
	desk->shift_start_us = start;
	WORLD(desk, ask_counts, desk->lot ? desk->lot->name : NULL);
}

static int local_offset_s(gint64 utc_us)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) local = utc ? g_date_time_to_local(utc) : NULL;

	return local ? (int)(g_date_time_get_utc_offset(local) / G_USEC_PER_SEC) : 0;
}

void desk_tick(struct desk *desk, gint64 mono_us, gint64 utc_us)
{
	if (!desk->last_key_us)
		desk->last_key_us = mono_us;
	/* the offset and the shift change at whole minutes only */
	if (utc_us / 60000000 != desk->now_utc_us / 60000000) {
		desk->utc_offset_s = local_offset_s(utc_us);
		desk->now_utc_us = utc_us;
		change_shift(desk);
	}
	desk->now_us = mono_us;
	desk->now_utc_us = utc_us;
	lock_when_left(desk);
}

void desk_leave(struct desk *desk)
{
	if (desk->leaving)
		return;
	desk->leaving = TRUE;
	for (guint i = 0; i < desk->sites->len; i++) {
		struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (site->view->state != SITE_RUNNING && site->view->state != SITE_CHECKING)
			continue;
		site->aborting = TRUE;
		/* what waited for the store, or was queued and not begun, is not run */
		if (WORLD(desk, abort, site->view->site) > 0 || site->wanted) {
			site_view_refuse(site->view);
			site->wanted = site->aborting = FALSE;
		}
	}
	desk->quit = !desk_is_busy(desk);
}
