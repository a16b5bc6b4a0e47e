/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_usage.h"

#include "base/clock.h"
#include "reports/json_text.h"
#include "reports/page.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* So many of the busiest instruments are shown to people. */
#define SHOWN_MAX 8

static const struct usage_instrument *instrument_at(const struct usage_summary *usage, guint i)
{
	return &g_array_index(usage->instruments, struct usage_instrument, i);
}

/* --- for people ---------------------------------------------------------------------------------
 */

static int compare(gconstpointer a, gconstpointer b)
{
	const struct usage_instrument *x = *(const struct usage_instrument *const *)a;
	const struct usage_instrument *y = *(const struct usage_instrument *const *)b;

	return (x->busy_s < y->busy_s) - (x->busy_s > y->busy_s);
}

/* "97 %", "-" for NAN. */
static void append_percent(GString *out, double percent)
{
	if (isfinite(percent))
		g_string_append_printf(out, " %6.1f %%", percent);
	else
		g_string_append_printf(out, " %8s", "-");
}

static void append_instruments(GString *out, const struct usage_summary *usage)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();

	for (guint i = 0; i < usage->instruments->len; i++)
		if (instrument_at(usage, i)->takes)
			g_ptr_array_add(sorted, (gpointer)instrument_at(usage, i));
	g_ptr_array_sort(sorted, compare);
	g_string_append_printf(out, "%-16s %8s %8s %8s\n", "instrument", "busy", "steady", "taken");
	for (guint i = 0; i < MIN(sorted->len, SHOWN_MAX); i++) {
		const struct usage_instrument *one = g_ptr_array_index(sorted, i);

		g_string_append_printf(out, "%-16s", one->name);
		append_percent(out, one->busy_pct);
		append_percent(out, one->steady_busy_pct);
		g_string_append_printf(out, " %8u\n", one->takes);
	}
	if (sorted->len > SHOWN_MAX)
		g_string_append_printf(out, "and %u that were less busy\n",
		                       sorted->len - SHOWN_MAX);
}

static void append_sites(GString *out, const struct usage_summary *usage)
{
	g_string_append_printf(out, "\n%-8s %7s", "site", "units");
	for (guint d = 0; d < USAGE_N_DOINGS; d++)
		g_string_append_printf(out, " %8s", usage_doing_name(d));
	g_string_append_c(out, '\n');
	for (guint s = 0; s < usage->sites->len; s++) {
		const struct usage_site *site = &g_array_index(usage->sites, struct usage_site, s);

		g_string_append_printf(out, "%-8d %7u", site->site, site->units);
		for (guint d = 0; d < USAGE_N_DOINGS; d++)
			append_percent(out, usage->lot_s > 0 ? 100 * site->doing_s[d] / usage->lot_s
			                                     : NAN);
		g_string_append_c(out, '\n');
	}
}

static void append_bottleneck(GString *out, const struct usage_summary *usage)
{
	const struct usage_instrument *one;

	if (usage->bottleneck < 0)
		return;
	one = instrument_at(usage, (guint)usage->bottleneck);
	g_string_append_printf(out, "\nbottleneck: %s, busy %.1f %% of the time", one->name,
	                       one->busy_pct);
	if (isfinite(one->steady_busy_pct))
		g_string_append_printf(out, ", %.1f %% while all sites had units",
		                       one->steady_busy_pct);
	g_string_append_c(out, '\n');
}

static void append_pace(GString *out, const struct usage_summary *usage)
{
	g_autofree char *cycle = NULL;

	if (!isfinite(usage->units_per_hour))
		return;
	cycle = page_duration(usage->cycle_s);
	g_string_append_printf(out,
	                       "units per hour: %.3g; by the median unit, %s at %u site%s: %.3g",
	                       usage->units_per_hour, cycle, usage->sites->len,
	                       usage->sites->len == 1 ? "" : "s", usage->steady_units_per_hour);
	if (clock_scale() != 1)
		g_string_append_printf(out, " (time scale %g)", clock_scale());
	g_string_append_c(out, '\n');
}

char *lot_usage_text(const struct usage_summary *usage)
{
	GString *out = g_string_new(NULL);

	if (usage->sites->len) {
		append_instruments(out, usage);
		append_sites(out, usage);
		append_bottleneck(out, usage);
		append_pace(out, usage);
	}
	return g_string_free(out, FALSE);
}

/* --- for machines -------------------------------------------------------------------------------
 */

static void write_counts(struct json_text *json, const struct lot_view *view)
{
	const GPtrArray *results = lot_view_results(view);
	gint64 count[VERDICT_ABORTED + 1] = {0};

	for (guint i = 0; i < results->len; i++)
		count[((const struct lot_unit_result *)g_ptr_array_index(results, i))->verdict]++;
	json_text_int(json, "units", results->len);
	json_text_int(json, "passed", count[VERDICT_PASS]);
	json_text_int(json, "failed", count[VERDICT_FAIL]);
	json_text_int(json, "errors", count[VERDICT_ERROR]);
	json_text_int(json, "aborted", count[VERDICT_ABORTED]);
}

static void write_bottleneck(struct json_text *json, const struct usage_summary *usage)
{
	const struct usage_instrument *one =
		usage->bottleneck < 0 ? NULL : instrument_at(usage, (guint)usage->bottleneck);

	json_text_string(json, "bottleneck", one ? one->name : NULL);
	json_text_number(json, "busy_pct", one ? one->busy_pct : NAN);
	json_text_number(json, "steady_busy_pct", one ? one->steady_busy_pct : NAN);
}

static void write_instruments(struct json_text *json, const struct usage_summary *usage)
{
	json_text_open(json, "instruments", '[');
	for (guint i = 0; i < usage->instruments->len; i++) {
		const struct usage_instrument *one = instrument_at(usage, i);

		json_text_open(json, NULL, '{');
		json_text_string(json, "name", one->name);
		json_text_int(json, "takes", one->takes);
		json_text_number(json, "busy_s", one->busy_s);
		json_text_number(json, "busy_pct", one->busy_pct);
		json_text_number(json, "steady_busy_pct", one->steady_busy_pct);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void write_sites(struct json_text *json, const struct usage_summary *usage)
{
	json_text_open(json, "sites", '[');
	for (guint s = 0; s < usage->sites->len; s++) {
		const struct usage_site *site = &g_array_index(usage->sites, struct usage_site, s);

		json_text_open(json, NULL, '{');
		json_text_int(json, "site", site->site);
		json_text_int(json, "units", site->units);
		for (guint d = 0; d < USAGE_N_DOINGS; d++) {
			g_autofree char *key = g_strconcat(usage_doing_name(d), "_s", NULL);

			json_text_number(json, key, site->doing_s[d]);
		}
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

char *lot_usage_json(const char *lot, const struct lot_view *view,
                     const struct usage_summary *usage)
{
	struct json_text json = json_text_begin_line();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "event", "lot-end");
	json_text_string(&json, "lot", lot);
	write_counts(&json, view);
	json_text_number(&json, "time_scale", clock_scale());
	json_text_number(&json, "lot_s", usage->lot_s);
	json_text_number(&json, "window_s", usage->window_s);
	json_text_number(&json, "steady_s", usage->steady_s);
	json_text_number(&json, "units_per_hour", usage->units_per_hour);
	json_text_number(&json, "cycle_s", usage->cycle_s);
	json_text_number(&json, "steady_units_per_hour", usage->steady_units_per_hour);
	write_bottleneck(&json, usage);
	write_instruments(&json, usage);
	write_sites(&json, usage);
	json_text_close(&json, '}');
	return json_text_end(&json);
}

/* --- both ---------------------------------------------------------------------------------------
 */

void lot_usage_tell(struct engine *engine, const char *lot, const struct lot_view *view,
                    gboolean json)
{
	g_autoptr(usage_summary) usage = engine_usage(engine);
	g_autofree char *text = lot_usage_text(usage);

	if (json) {
		g_autofree char *end = lot_usage_json(lot, view, usage);
		puts(end);
		fflush(stdout);
	}
	lot_view_summary(view, json ? stderr : stdout, text,
	                 !json && isatty(STDOUT_FILENO) && !g_getenv("NO_COLOR"));
}
