/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/shift.h"

#include "reports/page.h"
#include "reports/reason.h"

#include <string.h>

/* --- sums ---------------------------------------------------------------------------------------
 */

static void count(GArray *shares, const char *name, const struct run_record *run)
{
	struct shift_share *share = NULL;
	for (guint i = 0; i < shares->len && !share; i++)
		if (strcmp(g_array_index(shares, struct shift_share, i).name, name) == 0)
			share = &g_array_index(shares, struct shift_share, i);
	if (!share) {
		struct shift_share added = {.name = name};
		g_array_append_val(shares, added);
		share = &g_array_index(shares, struct shift_share, shares->len - 1);
	}
	share->runs++;
	share->passed += run->verdict == VERDICT_PASS;
	share->failed += run->verdict == VERDICT_FAIL;
	share->errors += run->verdict == VERDICT_ERROR;
	share->aborted += run->verdict == VERDICT_ABORTED;
}

static void add_stop(struct shift_summary *summary, gint64 from_us, gint64 to_us,
                     const struct run_record *before)
{
	struct shift_stop stop = {from_us, to_us, before};
	double seconds = (double)(to_us - from_us) / G_USEC_PER_SEC;
	if (seconds <= SHIFT_STOP_S)
		return;
	summary->stopped_s += seconds;
	g_array_append_val(summary->stops, stop);
}

struct shift_summary *shift_summarise(const struct lot_report *report)
{
	struct shift_summary *summary = g_new0(struct shift_summary, 1);
	const struct report_span *span = report->span;
	const struct run_record *last = NULL;
	gint64 tested_us = span->since_us;
	summary->lots = g_array_new(FALSE, TRUE, sizeof(struct shift_share));
	summary->operators = g_array_new(FALSE, TRUE, sizeof(struct shift_share));
	summary->stops = g_array_new(FALSE, TRUE, sizeof(struct shift_stop));
	/* in the order of their start */
	for (guint i = 0; i < report->records->len; i++) {
		const struct run_record *run = report->records->pdata[i];
		count(summary->lots, run->lot, run);
		count(summary->operators, run->operator_name, run);
		add_stop(summary, tested_us, run->start_us, last);
		if (run->end_us >= tested_us) {
			tested_us = run->end_us;
			last = run;
		}
	}
	add_stop(summary, tested_us, MIN(span->until_us, span->now_us), last);
	return summary;
}

void shift_summary_free(struct shift_summary *summary)
{
	if (!summary)
		return;
	g_array_unref(summary->lots);
	g_array_unref(summary->operators);
	g_array_unref(summary->stops);
	g_free(summary);
}

char *shift_stop_text(const struct shift_stop *stop)
{
	const struct run_record *run = stop->before;
	g_autofree char *why = NULL;
	if (!run || run->verdict < VERDICT_ERROR)
		return g_strdup("");
	why = reason_line(run);
	return g_strdup_printf("%s: %s%s%s", run->serial, verdict_name(run->verdict),
	                       why && *why ? ", " : "", why ? why : "");
}

/* --- for people ---------------------------------------------------------------------------------
 */

static void write_shares(struct markup *markup, const char *title, const char *what,
                         const GArray *shares)
{
	const char *const heads[] = {what, "Runs", "Passed", "Failed", "Errors", "Aborted", NULL};
	page_section(markup, title);
	page_table(markup, NULL, heads);
	for (guint i = 0; i < shares->len; i++) {
		const struct shift_share *share = &g_array_index(shares, struct shift_share, i);
		const guint counts[] = {share->runs, share->passed, share->failed, share->errors,
		                        share->aborted};
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, *share->name ? share->name : "not told");
		for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
			markup_elementf(markup, "td", "number", "%u", counts[c]);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

static void write_stops(struct markup *markup, const struct shift_summary *summary)
{
	static const char *const heads[] = {"From", "To", "For", "The run before", NULL};
	g_autofree char *all = page_duration(summary->stopped_s);
	page_section(markup, "Stops");
	if (summary->stops->len == 0) {
		markup_element(markup, "p", "soft", "There was no stop longer than 5 minutes.");
		markup_close(markup);
		return;
	}
	markup_elementf(markup, "p", NULL, "%u longer than 5 minutes, together %s.",
	                summary->stops->len, all);
	page_table(markup, NULL, heads);
	for (guint i = 0; i < summary->stops->len; i++) {
		const struct shift_stop *stop =
			&g_array_index(summary->stops, struct shift_stop, i);
		g_autofree char *from = page_time(stop->from_us);
		g_autofree char *to = page_time(stop->to_us);
		g_autofree char *took = page_duration((double)(stop->to_us - stop->from_us) * 1e-6);
		g_autofree char *why = shift_stop_text(stop);
		markup_open(markup, "tr");
		markup_element(markup, "td", "number", from);
		markup_element(markup, "td", "number", to);
		markup_element(markup, "td", "number", took);
		markup_element(markup, "td", "wrap", why);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

void shift_write_html(struct markup *markup, const struct lot_report *report)
{
	struct shift_summary *summary = shift_summarise(report);
	if (summary->lots->len) {
		write_shares(markup, "Lots", "Lot", summary->lots);
		write_shares(markup, "Operators", "Operator", summary->operators);
	}
	write_stops(markup, summary);
	shift_summary_free(summary);
}

/* --- for machines -------------------------------------------------------------------------------
 */

static void shares_json(struct json_text *json, const char *key, const GArray *shares)
{
	json_text_open(json, key, '[');
	for (guint i = 0; i < shares->len; i++) {
		const struct shift_share *share = &g_array_index(shares, struct shift_share, i);
		json_text_open(json, NULL, '{');
		json_text_string(json, "name", share->name);
		json_text_int(json, "runs", share->runs);
		json_text_int(json, "passed", share->passed);
		json_text_int(json, "failed", share->failed);
		json_text_int(json, "errors", share->errors);
		json_text_int(json, "aborted", share->aborted);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void time_json(struct json_text *json, const char *key, gint64 unix_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_us / G_USEC_PER_SEC);
	g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
	json_text_string(json, key, text);
}

void shift_write_json(struct json_text *json, const struct lot_report *report)
{
	struct shift_summary *summary = shift_summarise(report);
	json_text_string(json, "station", report->span->station);
	time_json(json, "since", report->span->since_us);
	time_json(json, "until", report->span->until_us);
	shares_json(json, "lots", summary->lots);
	shares_json(json, "operators", summary->operators);
	json_text_number(json, "stopped_s", summary->stopped_s);
	json_text_open(json, "stops", '[');
	for (guint i = 0; i < summary->stops->len; i++) {
		const struct shift_stop *stop =
			&g_array_index(summary->stops, struct shift_stop, i);
		g_autofree char *why = shift_stop_text(stop);
		json_text_open(json, NULL, '{');
		time_json(json, "from", stop->from_us);
		time_json(json, "to", stop->to_us);
		json_text_string(json, "run_before", why);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	shift_summary_free(summary);
}
