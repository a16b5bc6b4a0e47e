/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/site.h"

#include "base/error.h"
#include "station/engine/guard_report.h"
#include "station/engine/recover.h"
#include "station/shell/capture.h"
#include "station/shell/command.h"
#include "station/shell/steps.h"
#include "station/shell/tell.h"
#include "station/shell/trace.h"

/* The site of a number, or the first. */
static const struct config_site *find_site(struct shell *shell, int number, GError **error)
{
	const struct config *config = shell_world(shell)->config;
	const struct config_site *site;

	if (!config) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "no configuration names a site: start with --config FILE");
		return NULL;
	}
	site = number ? config_site(config, number) : g_ptr_array_index(config->sites, 0);
	if (!site)
		station_error_set(error, STATION_ERROR_CONFIG, "%s has no site %d", config->path,
		                  number);
	return site;
}

/* What an earlier start left is production's to make safe and to close. */
static void warn_of_left(struct shell *shell)
{
	const struct shell_world *world = shell_world(shell);

	if (recover_is_due(world->config))
		world->write_error("a run was cut off at this station: light may still be on; the "
		                   "next "
		                   "start of production makes the sites safe and closes it",
		                   world->data);
}

/* What a guard made safe of an earlier start; told to production too when it closes a run. */
static void tell_guarded(struct shell *shell)
{
	const struct shell_world *world = shell_world(shell);
	gboolean last = !recover_is_due(world->config);
	g_autoptr(GPtrArray) reports = guard_report_read(world->config, last, NULL);

	for (guint i = 0; reports && i < reports->len; i++) {
		const struct guard_report *report = g_ptr_array_index(reports, i);
		g_autofree char *text = g_strdup_printf("site %d: %s", report->site, report->words);
		world->write_error(text, world->data);
	}
}

struct hand *shell_hand(struct shell *shell, GError **error)
{
	struct shell_site *own = shell_site(shell);
	const struct config_site *site;
	struct hand_world world = {
		.config = shell_world(shell)->config,
		.steps = shell_world(shell)->steps,
		.who = shell_who(shell),
		.hear = shell_trace_hear,
		.hear_data = shell,
	};

	if (own->hand)
		return own->hand;
	site = find_site(shell, own->number, error);
	if (!site)
		return NULL;
	world.store = shell_store(shell, error);
	if (!world.store)
		return NULL;
	warn_of_left(shell);
	tell_guarded(shell);
	own->number = site->site;
	own->hand = hand_new(&world, site);
	return own->hand;
}

char *shell_prompt(struct shell *shell)
{
	const struct hand *hand = shell_site(shell)->hand;
	g_autoptr(GPtrArray) undo = hand ? hand_undo_names(hand) : NULL;

	if (!hand)
		return g_strdup("station> ");
	return g_strdup_printf("station:%d%s%s%s> ", hand_site(hand)->site,
	                       *hand_serial(hand) ? " " : "", hand_serial(hand),
	                       undo->len ? "*" : "");
}

gboolean shell_site_clear(struct shell *shell)
{
	const struct shell_world *world = shell_world(shell);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);

	shell_steps_clear(shell_steps(shell));
	if (shell_site(shell)->hand) {
		struct shell_tell *tell = shell_tell_begin_errors(shell, shell_site(shell)->hand);
		hand_undo(shell_site(shell)->hand, NULL);
		shell_tell_end(tell);
	}
	/* what could not be undone is tried once more */
	hand_free(g_steal_pointer(&shell_site(shell)->hand), notes);
	shell_capture_free(g_steal_pointer(&shell_site(shell)->capture));
	shell_trace_clear(shell);
	for (guint i = 0; i < notes->len; i++)
		world->write_error(g_ptr_array_index(notes, i), world->data);
	return notes->len == 0;
}

gboolean shell_use_site(struct shell *shell, int number, GError **error)
{
	struct shell_site *own = shell_site(shell);

	if (!find_site(shell, number, error))
		return FALSE;
	if (own->hand && !hand_release(own->hand, error))
		return FALSE;
	shell_site_clear(shell);
	own->number = number;
	return TRUE;
}

gboolean shell_do(struct shell *shell, const struct hand_work *work, hand_deed deed, gpointer data,
                  GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct shell_command *command = shell_command_running(shell);
	struct hand_work named = *work;
	g_autofree char *name = command ? command_name(command) : NULL;

	if (!named.what)
		named.what = name ? name : "by hand";
	return hand && hand_do(hand, &named, deed, data, shell_stop(shell), error);
}
