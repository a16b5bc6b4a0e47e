/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/report_judge.h"

#include "base/error.h"
#include "limits/limit.h"
#include "station/analyze/rejudged.h"
#include "station/front/analyze_call.h"
#include "station/front/front.h"

#include <stdio.h>
#include <string.h>

#define CONFIDENCE 0.95

/* The limits of one edition; formulas are compiled once. */
struct edition {
	char *name;
	GPtrArray *sets; /* struct limit_set */
};

struct judge {
	const struct report_judge *call;
	const struct config *config;
	GPtrArray *editions; /* struct edition */
	GPtrArray *was;      /* borrowed from the call's records */
	GPtrArray *now;      /* owning */
	GArray *by;          /* struct judging, one for each of `was` */
};

static void edition_free(gpointer data)
{
	struct edition *edition = data;

	g_free(edition->name);
	g_ptr_array_unref(edition->sets);
	g_free(edition);
}

static struct limit_set *load_set(const struct judge *judge, const char *name, const char *edition,
                                  GError **error)
{
	g_autofree char *installed = config_find_file(judge->config->path, "limits", name);
	gboolean is_here = g_file_test(name, G_FILE_TEST_IS_REGULAR);

	if (!is_here && !installed) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "--judge: limits \"%s\" are neither here, nor beside the "
		                  "configuration, nor among the installed limits",
		                  name);
		return NULL;
	}
	return limit_set_load(is_here ? name : installed, edition, error);
}

static const struct edition *edition_of(struct judge *judge, const char *name, GError **error)
{
	g_auto(GStrv) files = g_strsplit(judge->call->limits, ",", 0);
	struct edition *edition;

	for (guint i = 0; i < judge->editions->len; i++) {
		edition = g_ptr_array_index(judge->editions, i);
		if (strcmp(edition->name, name) == 0)
			return edition;
	}
	edition = g_new0(struct edition, 1);
	edition->name = g_strdup(name);
	edition->sets = g_ptr_array_new_with_free_func((GDestroyNotify)limit_set_free);
	g_ptr_array_add(judge->editions, edition);
	for (guint i = 0; files[i]; i++) {
		struct limit_set *set = load_set(judge, files[i], name, error);
		if (!set)
			return NULL;
		g_ptr_array_add(edition->sets, set);
	}
	return edition;
}

/* --- the runs --------------------------------------------------------------------------------- */

/* Limits are those of a product: a lot of several says which is meant. */
static gboolean choose(struct judge *judge, const GPtrArray *records, GError **error)
{
	const char *product = judge->call->product;
	g_autoptr(GString) others = g_string_new(NULL);
	const char *first = NULL;

	for (guint i = 0; i < records->len; i++) {
		struct run_record *record = g_ptr_array_index(records, i);

		first = first ? first : record->part_number;
		if (product ? strcmp(record->part_number, product) == 0
		            : strcmp(record->part_number, first) == 0)
			g_ptr_array_add(judge->was, record);
		else if (!strstr(others->str, record->part_number))
			g_string_append_printf(others, "%s%s", others->len ? ", " : "",
			                       record->part_number);
	}
	if (product ? judge->was->len > 0 : !others->len)
		return TRUE;
	if (product)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "--product: \"%s\" has no run of %s, but of %s",
		                  judge->call->what, product, others->str);
	else
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" has units of %s and of %s, which limits of their own are "
		                  "for: give --product PART-NUMBER too",
		                  judge->call->what, first, others->str);
	return FALSE;
}

static const struct run_record *whole_for(const struct judge *judge, const struct run_record *was)
{
	for (guint i = 0; i < judge->was->len; i++)
		if (rejudge_is_whole_for(judge->was->pdata[i], was))
			return judge->was->pdata[i];
	return NULL;
}

static gboolean judge_run(struct judge *judge, const struct run_record *was, GError **error)
{
	const struct config_product *product = config_product(judge->config, was->product);
	const char *name = judge->call->edition ? judge->call->edition : was->limits_edition;
	const struct edition *edition = edition_of(judge, name, error);
	struct judging by = {0};

	if (!edition)
		return FALSE;
	if (!product) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: the configuration has no product \"%s\", which tells how "
		                  "many lanes %s has: --config FILE one that has it",
		                  judge->config->path, was->product, was->serial);
		return FALSE;
	}
	by.limits = edition->sets;
	by.n_lanes = product->n_lanes;
	rejudge_take_decision(was, &by);
	g_array_append_val(judge->by, by);
	g_ptr_array_add(judge->now, rejudge_record(&by, was, whole_for(judge, was)));
	return TRUE;
}

static gboolean judge_all(struct judge *judge, const GPtrArray *records, GError **error)
{
	if (!choose(judge, records, error))
		return FALSE;
	for (guint i = 0; i < judge->was->len; i++)
		if (!judge_run(judge, g_ptr_array_index(judge->was, i), error))
			return FALSE;
	return TRUE;
}

/* --- what comes of it ------------------------------------------------------------------------- */

static char *text_of(const struct report_judge *call, const struct rejudged *rejudged,
                     const struct analysis *analysis)
{
	if (g_strcmp0(call->format, "html") == 0)
		return analysis_page(analysis);
	if (g_strcmp0(call->format, "json") == 0)
		return analysis_json(analysis);
	if (g_strcmp0(call->format, "csv") == 0)
		return rejudged_csv(rejudged);
	return analyze_text(analysis, call->output || call->wide ? 0 : analyze_width(),
	                    g_get_charset(NULL));
}

static int tell(const struct judge *judge)
{
	g_autoptr(GPtrArray) sets = g_ptr_array_new();
	struct rejudged_counts counts;
	GError *error = NULL;

	for (guint i = 0; i < judge->editions->len; i++) {
		const struct edition *edition = g_ptr_array_index(judge->editions, i);
		for (guint k = 0; k < edition->sets->len; k++)
			g_ptr_array_add(sets, edition->sets->pdata[k]);
	}
	const struct rejudged rejudged = {
		judge->call->what,
		judge->was,
		judge->now,
		sets,
		(const struct judging *)judge->by->data,
		CONFIDENCE,
	};
	g_autoptr(analysis) analysis = analyze_rejudged(&rejudged, &counts);
	g_autofree char *text = text_of(judge->call, &rejudged, analysis);

	if (!judge->call->output)
		fputs(text, stdout);
	else if (!g_file_set_contents(judge->call->output, text, -1, &error))
		return front_fail(error);
	return counts.would_fail     ? EXIT_CODE_FAIL
	       : counts.cannot_judge ? EXIT_CODE_ERROR
	                             : EXIT_CODE_OK;
}

int report_judge(const struct report_judge *call, const GPtrArray *records,
                 const struct config *config)
{
	static const char *const formats[] = {"text", "html", "json", "csv", NULL};
	struct judge judge = {
		call,
		config,
		g_ptr_array_new_with_free_func(edition_free),
		g_ptr_array_new(),
		g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free),
		g_array_new(FALSE, FALSE, sizeof(struct judging)),
	};
	GError *error = NULL;
	int code;

	if (call->format && !g_strv_contains(formats, call->format))
		code = front_usage(&cli_report, "--judge: the formats are text, html, json, csv");
	else
		code = judge_all(&judge, records, &error) ? tell(&judge) : front_fail(error);
	g_ptr_array_unref(judge.editions);
	g_ptr_array_unref(judge.was);
	g_ptr_array_unref(judge.now);
	g_array_unref(judge.by);
	return code;
}
