/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/recover.h"

#include "base/error.h"
#include "station/engine/guard.h"
#include "station/engine/guard_report.h"
#include "station/engine/step.h"

#include <math.h>
#include <string.h>

#define LOADER_LIMIT_S 60.0

#define CUT_OFF "the station ended in mid-run"

char *recover_folder(const struct config *config)
{
	return g_strconcat(config->store_path, "-open", NULL);
}

gboolean recover_is_due(const struct config *config)
{
	g_autofree char *folder = recover_folder(config);

	return open_run_any(folder);
}

void recover_keep(struct run *run)
{
	g_autofree char *folder = recover_folder(run->config);
	g_autoptr(GError) error = NULL;

	if (run->config->is_replayed)
		return;
	run->open = open_run_begin(folder, run->record, run->rested, &error);
	if (error)
		run_record_add_note(run->record, "%s", error->message);
}

/* --- the record ------------------------------------------------------------------------------- */

static gint64 last_known_us(const struct run_record *record)
{
	gint64 last_us = record->start_us;

	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = g_ptr_array_index(record->steps, i);
		gint64 end_us = step->start_us + (gint64)llround(step->duration_s * 1e6);
		last_us = MAX(last_us, end_us);
	}
	return last_us;
}

void recover_close(struct run_record *record)
{
	struct record_step *last =
		record->steps->len ? g_ptr_array_index(record->steps, record->steps->len - 1)
				   : NULL;
	g_autofree char *reason =
		last ? g_strdup_printf(CUT_OFF ", in or after %s", last->name) : g_strdup(CUT_OFF);

	record->end_us = last_known_us(record);
	record->verdict = VERDICT_ABORTED;
	record->marginal = FALSE;
	record_text(&record->reason, reason);
	record_text(&record->first_failing_step, last ? last->name : "load");
	if (!last || last->verdict != VERDICT_NONE || last->duration_s > 0)
		return;
	last->verdict = VERDICT_ABORTED;
	record_text(&last->reason, "the station ended before it was over");
}

/* --- a site that is not safe ------------------------------------------------------------------ */

static gboolean undo_cut_off(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	gboolean ok = fixture_safe(ctx->run->fixture, bounds, error);

	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		if (ctx->needs & (1u << i) &&
		    !instrument_safe_state(ctx->instruments[i], bounds, ok ? error : NULL))
			ok = FALSE;
	return ok;
}

struct undo_entry *recover_undo(const struct pool *pool, const struct config_site *site,
                                GError **error)
{
	struct undo_entry *entry = g_new0(struct undo_entry, 1);

	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		if (!(GUARD_CLASSES & (1u << i)) || !site->uses[i] ||
		    pool_peek(pool, site->uses[i]))
			continue;
		entry->needs |= 1u << i;
		if (!*error)
			station_error_set(error, STATION_ERROR_INSTRUMENT, "%s was not reached",
			                  site->uses[i]);
	}
	entry->name = g_strdup("make safe what a run that was cut off left");
	entry->undo = undo_cut_off;
	if (*error) {
		const struct guard_site told = {site->site, TRUE, entry->needs};

		guard_tell(pool_guard(pool), &told);
	} else {
		g_clear_pointer(&entry, undo_entry_free);
	}
	return entry;
}

gboolean recover_take_out(const struct config_site *site, struct fixture *fixture,
                          const char *serial, GError **error)
{
	struct bounds bounds = {deadline_in_s(LOADER_LIMIT_S), NULL};
	gboolean present = FALSE;

	return !site->loader || (fixture_module_present(fixture, &present, &bounds, error) &&
	                         (!present || loader_run(site, "unload", serial, &bounds, error)));
}

/* --- the sites -------------------------------------------------------------------------------- */

static struct site *site_of(const GPtrArray *sites, int number)
{
	for (guint i = 0; i < sites->len; i++)
		if (site_number(g_ptr_array_index(sites, i)) == number)
			return g_ptr_array_index(sites, i);
	return NULL;
}

/* The last run that was begun at a site. */
static const struct open_run_left *last_at(const GPtrArray *left, int site)
{
	const struct open_run_left *last = NULL;

	for (guint i = 0; i < left->len; i++) {
		const struct open_run_left *item = g_ptr_array_index(left, i);
		if (item->record->site == site)
			last = item;
	}
	return last;
}

static void tell(const struct site_shared *shared, int site, const char *text)
{
	struct event event = event_make(EVENT_NOTE, site, NULL);

	event_set_text(&event, text);
	event_publish(shared->bus, &event);
}

/* Words for the records: what became of the site. */
static char *make_safe(const struct site_shared *shared, struct site *site,
                       const struct open_run_left *last)
{
	const char *inside = last->record->verdict == VERDICT_NONE ? last->record->serial : NULL;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (site_make_safe(site, inside, &error))
		return g_strdup("everything was made safe at the next start");
	text = g_strdup_printf("the next start found the site not safe: %s", error->message);
	tell(shared, site_number(site), text);
	return g_steal_pointer(&text);
}

/* What a guard did at once, before what is done now. */
static void tell_guarded(const struct site_shared *shared, const GPtrArray *left)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) reports = guard_report_read(shared->config, TRUE, &error);

	if (error)
		tell(shared, 0, error->message);
	for (guint i = 0; reports && i < reports->len; i++) {
		const struct guard_report *report = g_ptr_array_index(reports, i);

		tell(shared, report->site, report->words);
		for (guint k = 0; k < left->len; k++) {
			const struct open_run_left *one = g_ptr_array_index(left, k);
			if (one->record->site == report->site)
				run_record_add_note(one->record, "%s", report->words);
		}
	}
}

/* Each site once, whatever number of runs was left there. */
static void make_all_safe(const struct site_shared *shared, const GPtrArray *sites,
                          const GPtrArray *left)
{
	for (guint i = 0; i < left->len; i++) {
		const struct open_run_left *item = g_ptr_array_index(left, i);
		struct site *site = site_of(sites, item->record->site);
		g_autofree char *words = NULL;

		if (item != last_at(left, item->record->site))
			continue;
		words = site ? make_safe(shared, site, item)
		             : g_strdup("there is no such site any more that could be made safe");
		for (guint k = 0; k <= i; k++) {
			const struct open_run_left *one = g_ptr_array_index(left, k);
			if (one->record->site == item->record->site)
				run_record_add_note(one->record, "%s", words);
		}
	}
}

/* --- the store -------------------------------------------------------------------------------- */

static void publish(const struct site_shared *shared, const struct run_record *record,
                    const char *what)
{
	struct event event = event_make(EVENT_RECOVERED, record->site, record->serial);
	g_autofree char *text = g_strdup_printf("%s%s%s", what, record->reason ? ": " : "",
	                                        record->reason ? record->reason : "");

	g_strlcpy(event.run_id, record->run_id, sizeof event.run_id);
	g_strlcpy(event.name, record->first_failing_step ? record->first_failing_step : "",
	          sizeof event.name);
	event.verdict = record->verdict;
	event.marginal = record->marginal;
	event.seconds = (double)(record->end_us - record->start_us) * 1e-6;
	event_set_text(&event, text);
	event_publish(shared->bus, &event);
}

/* A store that can be written and yet refuses a record has a record that is not right. */
static gboolean refuse(const struct site_shared *shared, const struct open_run_left *left,
                       GError *refusal, GError **error)
{
	g_autofree char *aside = NULL;
	g_autofree char *text = NULL;

	if (!store_check(shared->store, NULL)) {
		g_propagate_prefixed_error(error, refusal,
		                           "the record of %s, kept in %s: ", left->record->serial,
		                           left->path);
		return FALSE;
	}
	aside = open_run_set_aside(left->path, error);
	if (aside) {
		text = g_strdup_printf("the record of %s is refused and set aside as %s: %s",
		                       left->record->serial, aside, refusal->message);
		tell(shared, 0, text);
	}
	g_error_free(refusal);
	return aside != NULL;
}

static gboolean store_one(const struct site_shared *shared, const struct open_run_left *left,
                          GError **error)
{
	struct run_record *record = left->record;
	gboolean found, was_over = record->verdict != VERDICT_NONE;
	GError *refusal = NULL;

	if (!store_has_run(shared->store, record->run_id, &found, error))
		return FALSE;
	if (found) /* the station ended between the two */
		return open_run_left_stored(left, error);
	if (!was_over)
		recover_close(record);
	else
		run_record_add_note(record, "kept beside the store until it could take it");
	if (!store_save_run(shared->store, record, &refusal))
		return refuse(shared, left, refusal, error);
	publish(shared, record,
	        was_over ? "the record that could not be stored is stored now" : "closed");
	return open_run_left_stored(left, error);
}

gboolean recover_runs(const struct site_shared *shared, const GPtrArray *sites, GError **error)
{
	g_autofree char *folder = recover_folder(shared->config);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) left = open_run_find(folder, shared->config->station_id, words, error);

	if (!left)
		return FALSE;
	for (guint i = 0; i < words->len; i++)
		tell(shared, 0, g_ptr_array_index(words, i));
	tell_guarded(shared, left);
	make_all_safe(shared, sites, left);
	for (guint i = 0; i < left->len; i++)
		if (!store_one(shared, g_ptr_array_index(left, i), error))
			return FALSE;
	return TRUE;
}
