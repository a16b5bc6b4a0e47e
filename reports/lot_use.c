/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/lot_use.h"

#include "reports/page.h"

#include <math.h>
#include <string.h>

/* Instruments of a run that have a bit. */
#define BITS_MAX 64

/* --- names and intervals ------------------------------------------------------------------------
 */

gboolean lot_use_many_stations(const GPtrArray *records)
{
	for (guint i = 1; i < records->len; i++) {
		const struct run_record *run = records->pdata[i], *first = records->pdata[0];
		if (strcmp(run->station_id, first->station_id) != 0)
			return TRUE;
	}
	return FALSE;
}

char *lot_use_site_name(const struct run_record *run, gboolean many)
{
	return many ? g_strdup_printf("%s: site %d", run->station_id, run->site)
	            : g_strdup_printf("site %d", run->site);
}

char *lot_use_instrument_name(const struct run_record *run, guint instrument, gboolean many)
{
	const struct record_instrument *item = run->instruments->pdata[instrument];
	return many ? g_strdup_printf("%s: %s", run->station_id, item->name) : g_strdup(item->name);
}

static double seconds_at(const GArray *column, guint i)
{
	return g_array_index(column, double, i) * 1e-3;
}

gboolean lot_use_at(const struct run_record *run, guint i, struct lot_use_interval *interval)
{
	const struct record_uses *uses = &run->uses;
	if (i >= uses->step->len)
		return FALSE;
	*interval = (struct lot_use_interval){
		.start_s = seconds_at(uses->start_ms, i),
		.waited_s = seconds_at(uses->waited_ms, i),
		.held_s = seconds_at(uses->held_ms, i),
		.instruments = (guint64)g_array_index(uses->instruments, double, i),
		.step = (int)g_array_index(uses->step, double, i),
	};
	return TRUE;
}

/* --- sums ---------------------------------------------------------------------------------------
 */

static void instrument_clear(gpointer data)
{
	g_free(((struct lot_instrument *)data)->name);
}

static void site_clear(gpointer data)
{
	g_free(((struct lot_site *)data)->name);
}

static struct lot_instrument *instrument_named(struct lot_use *use, const char *name)
{
	for (guint i = 0; i < use->instruments->len; i++) {
		struct lot_instrument *one =
			&g_array_index(use->instruments, struct lot_instrument, i);
		if (strcmp(one->name, name) == 0)
			return one;
	}
	struct lot_instrument added = {.name = g_strdup(name)};
	g_array_append_val(use->instruments, added);
	return &g_array_index(use->instruments, struct lot_instrument, use->instruments->len - 1);
}

static struct lot_site *site_named(struct lot_use *use, const char *name)
{
	for (guint i = 0; i < use->sites->len; i++) {
		struct lot_site *one = &g_array_index(use->sites, struct lot_site, i);
		if (strcmp(one->name, name) == 0)
			return one;
	}
	struct lot_site added = {.name = g_strdup(name)};
	g_array_append_val(use->sites, added);
	return &g_array_index(use->sites, struct lot_site, use->sites->len - 1);
}

static void add_run(struct lot_use *use, const struct run_record *run, gboolean many)
{
	g_autofree char *site_name = lot_use_site_name(run, many);
	struct lot_site *site = site_named(use, site_name);
	struct lot_use_interval interval;
	double held_s[BITS_MAX] = {0};
	guint takes[BITS_MAX] = {0}, n = MIN(run->instruments->len, BITS_MAX);
	site->runs++;
	site->test_s += (double)(run->end_us - run->start_us) / G_USEC_PER_SEC;
	for (guint u = 0; lot_use_at(run, u, &interval); u++) {
		site->waited_s += interval.waited_s;
		for (guint i = 0; i < n; i++) {
			if (!(interval.instruments >> i & 1))
				continue;
			held_s[i] += interval.held_s;
			takes[i]++;
		}
	}
	for (guint i = 0; i < n; i++) {
		if (takes[i] == 0)
			continue;
		g_autofree char *name = lot_use_instrument_name(run, i, many);
		struct lot_instrument *instrument = instrument_named(use, name);
		instrument->busy_s += held_s[i];
		instrument->takes += takes[i];
	}
}

/* --- the time under test ------------------------------------------------------------------------
 */

static int compare_starts(gconstpointer a, gconstpointer b)
{
	const struct lot_session *first = a, *second = b;
	return (first->start_us > second->start_us) - (first->start_us < second->start_us);
}

/* Joins spans that are no further from each other than a pause may last. */
static GArray *join(const GArray *spans, double pause_s)
{
	GArray *joined = g_array_new(FALSE, FALSE, sizeof(struct lot_session));
	for (guint i = 0; i < spans->len; i++) {
		struct lot_session span = g_array_index(spans, struct lot_session, i);
		struct lot_session *last =
			joined->len ? &g_array_index(joined, struct lot_session, joined->len - 1)
				    : NULL;
		if (last && (double)(span.start_us - last->end_us) <= pause_s * G_USEC_PER_SEC)
			last->end_us = MAX(last->end_us, span.end_us);
		else
			g_array_append_val(joined, span);
	}
	return joined;
}

static double seconds_of(const GArray *spans)
{
	double sum_s = 0;
	for (guint i = 0; i < spans->len; i++) {
		const struct lot_session *span = &g_array_index(spans, struct lot_session, i);
		sum_s += (double)(span->end_us - span->start_us) / G_USEC_PER_SEC;
	}
	return sum_s;
}

static int compare_busy(gconstpointer a, gconstpointer b)
{
	const struct lot_instrument *first = a, *second = b;
	if (first->busy_s != second->busy_s)
		return first->busy_s > second->busy_s ? -1 : 1;
	return strcmp(first->name, second->name);
}

static int compare_sites(gconstpointer a, gconstpointer b)
{
	const struct lot_site *first = a, *second = b;
	gsize x = strlen(first->name), y = strlen(second->name);
	/* "site 2" before "site 10" */
	return x != y ? (x > y) - (x < y) : strcmp(first->name, second->name);
}

struct lot_use *lot_use_of(const GPtrArray *records)
{
	struct lot_use *use = g_new0(struct lot_use, 1);
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct lot_session));
	gboolean many = lot_use_many_stations(records);
	use->instruments = g_array_new(FALSE, TRUE, sizeof(struct lot_instrument));
	g_array_set_clear_func(use->instruments, instrument_clear);
	use->sites = g_array_new(FALSE, TRUE, sizeof(struct lot_site));
	g_array_set_clear_func(use->sites, site_clear);
	for (guint i = 0; i < records->len; i++) {
		const struct run_record *run = records->pdata[i];
		struct lot_session span = {run->start_us, run->end_us};
		if (run->end_us < run->start_us)
			continue;
		add_run(use, run, many);
		g_array_append_val(spans, span);
	}
	g_array_sort(spans, compare_starts);
	use->sessions = join(spans, LOT_PAUSE_S);
	g_autoptr(GArray) tested = join(spans, 0);
	use->test_s = seconds_of(tested);
	use->runs_per_hour = use->test_s > 0 ? 3600.0 * spans->len / use->test_s : NAN;
	for (guint i = 0; i < use->instruments->len; i++) {
		struct lot_instrument *one =
			&g_array_index(use->instruments, struct lot_instrument, i);
		one->busy_pct = use->test_s > 0 ? 100 * one->busy_s / use->test_s : NAN;
	}
	g_array_sort(use->instruments, compare_busy);
	g_array_sort(use->sites, compare_sites);
	return use;
}

void lot_use_free(struct lot_use *use)
{
	if (!use)
		return;
	g_array_unref(use->instruments);
	g_array_unref(use->sites);
	g_array_unref(use->sessions);
	g_free(use);
}

const struct lot_instrument *lot_use_bottleneck(const struct lot_use *use)
{
	const struct lot_instrument *first =
		use->instruments->len ? &g_array_index(use->instruments, struct lot_instrument, 0)
				      : NULL;
	return first && first->busy_s > 0 ? first : NULL;
}

char *lot_use_text(const struct lot_use *use)
{
	const struct lot_instrument *bottleneck = lot_use_bottleneck(use);
	g_autofree char *tested = page_duration(use->test_s);
	GString *text = g_string_new(NULL);
	if (bottleneck)
		g_string_append_printf(text,
		                       "Bottleneck: %s, busy %.1f %% of the %s with a unit under "
		                       "test.",
		                       bottleneck->name, bottleneck->busy_pct, tested);
	else
		g_string_append_printf(text, "Units were under test for %s.", tested);
	if (isfinite(use->runs_per_hour))
		g_string_append_printf(text, " %.3g runs an hour of it.", use->runs_per_hour);
	return g_string_free(text, FALSE);
}
