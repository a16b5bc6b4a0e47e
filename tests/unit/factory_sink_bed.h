/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FACTORY_SINK_BED_H
#define TESTS_UNIT_FACTORY_SINK_BED_H

#include "base/error.h"
#include "station/factory/sink_kinds.h"
#include "tests/unit/reports_sample.h"

#include <glib/gstdio.h>

/* One run and a folder for a sink's test. */
struct sink_bed {
	char *folder, *config_path;
	struct run_record *record;
	char *document;
	struct sink_run run;
};

/* With a record that has nothing in it: for what looks at configurations. */
static inline void sink_bed_bare(struct sink_bed *bed)
{
	bed->folder = g_dir_make_tmp("sink-XXXXXX", NULL);
	bed->config_path = g_build_filename(bed->folder, "station.yaml", NULL);
	bed->record = run_record_new();
	bed->document = run_record_to_json(bed->record);
	bed->run = (struct sink_run){bed->record, bed->document};
}

static inline void sink_bed_init(struct sink_bed *bed)
{
	sink_bed_bare(bed);
	run_record_free(bed->record);
	g_free(bed->document);
	bed->record = sample_record();
	bed->document = run_record_to_json(bed->record);
	bed->run = (struct sink_run){bed->record, bed->document};
}

/* The folder has to be empty. */
static inline void sink_bed_done(struct sink_bed *bed)
{
	g_assert_cmpint(g_rmdir(bed->folder), ==, 0);
	g_free(bed->folder);
	g_free(bed->config_path);
	g_free(bed->document);
	run_record_free(bed->record);
}

static inline char *sink_bed_path(const struct sink_bed *bed, const char *name)
{
	return g_build_filename(bed->folder, name, NULL);
}

/* Null with error. */
static inline struct sink *sink_bed_load(const struct sink_bed *bed,
                                         struct sink *(*load)(const struct yaml_node *,
                                                              const struct sink_place *, GError **),
                                         const char *text, GError **error)
{
	const struct sink_place place = {bed->config_path, "line3", NULL};
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "s.yaml", error);
	struct sink *sink = doc ? load(yaml_root(doc), &place, error) : NULL;

	if (sink && !yaml_done(yaml_root(doc), error)) {
		sink->ops->free(sink);
		return NULL;
	}
	return sink;
}

static inline struct sink *sink_bed_sink(const struct sink_bed *bed,
                                         struct sink *(*load)(const struct yaml_node *,
                                                              const struct sink_place *, GError **),
                                         const char *text)
{
	g_autoptr(GError) error = NULL;
	struct sink *sink = sink_bed_load(bed, load, text, &error);

	g_assert_no_error(error);
	return sink;
}

static inline void sink_bed_refused(const struct sink_bed *bed,
                                    struct sink *(*load)(const struct yaml_node *,
                                                         const struct sink_place *, GError **),
                                    const char *text, const char *says)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(sink_bed_load(bed, load, text, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, says));
	g_assert_true(g_str_has_prefix(error->message, "s.yaml:"));
}

/* Sends the run within so many seconds and compares the answer; `says` is in the words. */
static inline void sink_bed_send_within(const struct sink_bed *bed, struct sink *sink,
                                        double limit_s, enum sink_answer wanted, const char *says)
{
	struct bounds bounds = {deadline_in_s(limit_s), NULL};
	g_autofree char *words = NULL;
	enum sink_answer answer = sink->ops->send(sink, &bed->run, &bounds, &words);

	g_test_message("%d: %s", answer, words ? words : "");
	g_assert_cmpint(answer, ==, wanted);
	g_assert_cmpint(words == NULL, ==, answer == SINK_TAKEN);
	if (says)
		g_assert_nonnull(strstr(words, says));
}

static inline void sink_bed_send(const struct sink_bed *bed, struct sink *sink,
                                 enum sink_answer wanted, const char *says)
{
	sink_bed_send_within(bed, sink, 20, wanted, says);
}

#endif
