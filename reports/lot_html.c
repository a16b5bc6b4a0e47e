/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "reports/gantt.h"
#include "reports/lot.h"
#include "reports/markup.h"
#include "reports/page.h"
#include "reports/reason.h"
#include "reports/shift.h"
#include "reports/title.h"

#include <math.h>

static void write_tile(struct markup *markup, const char *value, const char *what)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "tile");
	markup_element(markup, "b", NULL, value);
	markup_element(markup, "span", NULL, what);
	markup_close(markup);
}

static void write_yield(struct markup *markup, const struct lot_report *lot,
                        const struct lot_summary *summary, guint passed, const char *what)
{
	double low = NAN, high = NAN;
	double yield = lot_yield(passed, summary->passed, summary->failed);
	g_autofree char *percent = markup_number(100 * yield, 1);
	g_autofree char *value = isnan(yield) ? g_strdup("none") : g_strconcat(percent, " %", NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	g_string_printf(text, "%s: %u of %u", what, passed, summary->passed + summary->failed);
	if (lot->bounds)
		lot->bounds(passed, summary->passed + summary->failed, &low, &high);
	if (isfinite(low))
		g_string_append_printf(text, "; 95 %% bounds %.1f to %.1f %%", 100 * low,
		                       100 * high);
	write_tile(markup, value, text->str);
}

static void write_head(struct markup *markup, const struct lot_report *lot,
                       const struct lot_summary *summary)
{
	g_autofree char *title = lot_title(lot->lot, lot->span);
	g_autofree char *units = g_strdup_printf("%u", summary->units->len);
	g_autofree char *failed = g_strdup_printf("%u", summary->failed);
	g_autofree char *not_judged = g_strdup_printf("%u", summary->not_judged);
	g_autofree char *took = page_duration(summary->median_run_s);
	gint64 start_us = 0, end_us = 0;
	for (guint i = 0; i < lot->records->len; i++) {
		const struct run_record *run = lot->records->pdata[i];
		start_us = start_us == 0 ? run->start_us : MIN(start_us, run->start_us);
		end_us = MAX(end_us, run->end_us);
	}
	if (lot->span) {
		start_us = lot->span->since_us;
		end_us = lot->span->until_us;
	}
	g_autofree char *start = page_time(start_us);
	g_autofree char *end = page_time(end_us);
	markup_open(markup, "section");
	markup_element(markup, "h1", NULL, title);
	markup_elementf(markup, "p", "soft", "%u runs, %s to %s", lot->records->len, start, end);
	markup_open(markup, "div");
	markup_attr(markup, "class", "tiles");
	write_yield(markup, lot, summary, summary->first_passed, "first-pass yield");
	write_yield(markup, lot, summary, summary->passed, "final yield");
	write_tile(markup, units, "units");
	write_tile(markup, failed, "failed");
	write_tile(markup, not_judged, "not judged");
	write_tile(markup, took, "median time of a run");
	markup_close(markup);
	markup_element(markup, "p", "small",
	               "Of several runs of a stage the last counts. First pass: passed without a "
	               "second "
	               "run. Units that the station could not judge, that lack a stage, or that "
	               "were touched by hand after they had passed, are in neither yield.");
	markup_close(markup);
}

static void write_share(struct markup *markup, guint good, const struct lot_type *type)
{
	double yield = lot_yield(good, type->passed, type->failed);
	g_autofree char *percent = markup_number(100 * yield, 1);
	if (isnan(yield))
		markup_element(markup, "td", "number", "none");
	else
		markup_elementf(markup, "td", "number", "%s %%", percent);
}

/* How the types of a mixed lot did. */
static void write_types(struct markup *markup, const struct lot_summary *summary)
{
	static const char *const heads[] = {"Type",   "Units",  "First-pass yield", "Final yield",
	                                    "Passed", "Failed", "Not judged",       NULL};
	if (summary->types->len < 2)
		return;
	page_section(markup, "By type");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < summary->types->len; i++) {
		const struct lot_type *type = &g_array_index(summary->types, struct lot_type, i);
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, type->type);
		markup_elementf(markup, "td", "number", "%u", type->units);
		write_share(markup, type->first_passed, type);
		write_share(markup, type->passed, type);
		markup_elementf(markup, "td", "number", "%u", type->passed);
		markup_elementf(markup, "td", "number", "%u", type->failed);
		markup_elementf(markup, "td", "number", "%u", type->not_judged);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

static void write_parameter(struct markup *markup, const struct lot_summary *summary,
                            const struct lot_parameter *parameter, guint most)
{
	g_autofree char *count = g_strdup_printf("%u", parameter->count);
	markup_open(markup, "tr");
	markup_open(markup, "td");
	markup_textf(markup, "%s ", title_of(parameter->id));
	markup_element(markup, "span", "small", parameter->id);
	markup_close(markup);
	page_bar_cell(markup, (double)parameter->count / most, count);
	for (guint t = 0; t < summary->types->len && summary->types->len > 1; t++) {
		g_autofree char *of_type = g_strdup_printf("%u", parameter->by_type[t]);
		markup_element(markup, "td", "number", parameter->by_type[t] > 0 ? of_type : "");
	}
	markup_close(markup);
}

static void write_parameters(struct markup *markup, const struct lot_summary *summary)
{
	g_autoptr(GStrvBuilder) heads = g_strv_builder_new();
	if (summary->parameters->len == 0)
		return;
	g_strv_builder_add_many(heads, "Parameter", "Units", NULL);
	for (guint t = 0; t < summary->types->len && summary->types->len > 1; t++)
		g_strv_builder_add(heads, g_array_index(summary->types, struct lot_type, t).type);
	g_auto(GStrv) names = g_strv_builder_end(heads);
	page_section(markup, "Failing parameters");
	page_table(markup, NULL, (const char *const *)names);
	for (guint i = 0; i < summary->parameters->len; i++)
		write_parameter(markup, summary,
		                &g_array_index(summary->parameters, struct lot_parameter, i),
		                g_array_index(summary->parameters, struct lot_parameter, 0).count);
	page_table_end(markup);
	markup_element(markup, "p", "small",
	               "Failed units; one counts for each parameter that it failed at.");
	markup_close(markup);
}

static void write_pareto(struct markup *markup, const struct lot_summary *summary)
{
	static const char *const heads[] = {"Step", "Units", "Share of failures so far", NULL};
	guint sum = 0;
	page_section(markup, "First failing step");
	if (summary->causes->len == 0) {
		markup_element(markup, "p", "soft", "No unit failed.");
		markup_close(markup);
		return;
	}
	page_table(markup, NULL, heads);
	for (guint i = 0; i < summary->causes->len; i++) {
		const struct lot_cause *cause =
			&g_array_index(summary->causes, struct lot_cause, i);
		const struct lot_cause *most = &g_array_index(summary->causes, struct lot_cause, 0);
		g_autofree char *count = g_strdup_printf("%u", cause->count);
		sum += cause->count;
		g_autofree char *share = markup_number(100.0 * sum / summary->failed, 1);
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, cause->step);
		page_bar_cell(markup, (double)cause->count / most->count, count);
		markup_elementf(markup, "td", "number", "%s %%", share);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

static void write_times(struct markup *markup, const struct lot_summary *summary)
{
	static const char *const heads[] = {"Step", "Median", "Times done", "Total", NULL};
	double longest_s = 0;
	for (guint i = 0; i < summary->times->len; i++)
		longest_s =
			fmax(longest_s, g_array_index(summary->times, struct lot_time, i).median_s);
	page_section(markup, "Time per step");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < summary->times->len; i++) {
		const struct lot_time *time = &g_array_index(summary->times, struct lot_time, i);
		g_autofree char *median = page_duration(time->median_s);
		g_autofree char *total = page_duration(time->total_s);
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, time->step);
		page_bar_cell(markup, longest_s > 0 ? time->median_s / longest_s : 0, median);
		markup_elementf(markup, "td", "number", "%u", time->count);
		markup_element(markup, "td", "number", total);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

static void write_instruments(struct markup *markup, const struct lot_use *use)
{
	static const char *const heads[] = {"Instrument", "Share of the time under test", "Busy",
	                                    "Times taken", NULL};
	if (use->instruments->len == 0)
		return;
	page_table(markup, NULL, heads);
	for (guint i = 0; i < use->instruments->len; i++) {
		const struct lot_instrument *one =
			&g_array_index(use->instruments, struct lot_instrument, i);
		g_autofree char *busy = page_duration(one->busy_s);
		g_autofree char *percent = markup_number(one->busy_pct, 1);
		g_autofree char *share = g_strconcat(percent, " %", NULL);
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, one->name);
		page_bar_cell(markup, one->busy_pct / 100, share);
		markup_element(markup, "td", "number", busy);
		markup_elementf(markup, "td", "number", "%u", one->takes);
		markup_close(markup);
	}
	page_table_end(markup);
}

static void write_sites(struct markup *markup, const struct lot_use *use)
{
	static const char *const heads[] = {"Site",   "Share of its time spent waiting",
	                                    "Waited", "Under test",
	                                    "Runs",   NULL};
	page_table(markup, NULL, heads);
	for (guint i = 0; i < use->sites->len; i++) {
		const struct lot_site *one = &g_array_index(use->sites, struct lot_site, i);
		double share = one->test_s > 0 ? one->waited_s / one->test_s : 0;
		g_autofree char *waited = page_duration(one->waited_s);
		g_autofree char *tested = page_duration(one->test_s);
		g_autofree char *number = markup_number(100 * share, 1);
		g_autofree char *percent = g_strconcat(number, " %", NULL);
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, one->name);
		page_bar_cell(markup, share, percent);
		markup_element(markup, "td", "number", waited);
		markup_element(markup, "td", "number", tested);
		markup_elementf(markup, "td", "number", "%u", one->runs);
		markup_close(markup);
	}
	page_table_end(markup);
}

/* Who kept whom waiting, and when. */
static void write_use(struct markup *markup, const struct lot_report *lot,
                      const struct lot_use *use)
{
	g_autofree char *text = lot_use_text(use);
	if (use->sites->len == 0)
		return;
	page_section(markup, "How busy the station was");
	markup_element(markup, "p", NULL, text);
	write_instruments(markup, use);
	write_sites(markup, use);
	gantt_write(markup, lot->records, use);
	markup_close(markup);
}

static void write_serial(struct markup *markup, const struct lot_report *lot,
                         const struct lot_unit *unit)
{
	g_autofree char *href = lot->unit_href ? lot->unit_href(unit->telling, lot->data) : NULL;
	markup_open(markup, "td");
	if (href) {
		markup_open(markup, "a");
		markup_attr(markup, "href", href);
	}
	markup_text(markup, unit->serial);
	if (href)
		markup_close(markup);
	markup_close(markup);
}

static void write_units(struct markup *markup, const struct lot_report *lot,
                        const struct lot_summary *summary)
{
	static const char *const heads[] = {"Serial", "Part number", "Type", "Verdict", "Why",
	                                    "Step",   "Stage",       "Runs", "Time",    NULL};
	page_section(markup, "Units");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < summary->units->len; i++) {
		const struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, i);
		g_autofree char *took = page_duration(unit->duration_s);
		g_autofree char *why = reason_line(unit->telling);
		markup_open(markup, "tr");
		write_serial(markup, lot, unit);
		markup_element(markup, "td", NULL, unit->part_number);
		markup_element(markup, "td", NULL, unit->type);
		markup_open(markup, "td");
		if (unit->verdict == VERDICT_NONE || unit->verdict == VERDICT_SKIPPED)
			markup_element(markup, "span", "verdict none", lot_unit_word(unit));
		else
			page_verdict(markup, unit->verdict, unit->marginal);
		markup_close(markup);
		markup_element(markup, "td", "wrap", why);
		markup_element(markup, "td", NULL, unit->telling->first_failing_step);
		markup_element(markup, "td", NULL, unit->telling->stage);
		markup_elementf(markup, "td", "number", "%u", unit->n_runs);
		markup_element(markup, "td", "number", took);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

char *report_lot_html(const struct lot_report *lot)
{
	struct lot_summary *summary = lot_summarise(lot);
	g_autofree char *title = lot_title(lot->lot, lot->span);
	struct lot_use *use = lot_use_of(lot->records);
	struct markup *markup = page_begin(title);
	write_head(markup, lot, summary);
	write_types(markup, summary);
	write_pareto(markup, summary);
	write_parameters(markup, summary);
	if (lot->span)
		shift_write_html(markup, lot);
	write_use(markup, lot, use);
	write_units(markup, lot, summary);
	write_times(markup, summary);
	lot_use_free(use);
	lot_summary_free(summary);
	return markup_end(markup);
}
