/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef UNIT_REPORTS_EXPORT_BED_H
#define UNIT_REPORTS_EXPORT_BED_H

#include "reports/format.h"
#include "tests/unit/reports_sample.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/wait.h>

/* Records for the exports, and the programs that read what was exported. */

static inline GPtrArray *bed_records(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);
}

static inline GBytes *bed_export(const char *name, const char *lot, GPtrArray *records)
{
	const struct report_set set = {lot, records, NULL};
	g_autoptr(GError) error = NULL;
	const struct report_format *format = report_format_find(name, lot != NULL, &error);
	g_assert_no_error(error);
	GBytes *bytes = report_format_write(format, &set);
	g_autoptr(GBytes) again = report_format_write(format, &set);
	g_assert_true(g_bytes_equal(bytes, again));
	return bytes;
}

/* A value that this judges between bounds, which may be NAN. */
static inline struct record_measurement *bed_value(struct run_record *record, const char *id,
                                                   guint step, int lane, double value,
                                                   const char *unit, enum verdict verdict)
{
	struct record_measurement *measurement =
		run_record_add_measurement(record, id, step, lane, value, unit);
	measurement->verdict = verdict;
	return measurement;
}

static inline struct judgement *bed_judge(struct record_measurement *measurement, double low,
                                          double high, double guard, enum limit_rule rule)
{
	struct judgement *judgement = g_new0(struct judgement, 1);
	judgement->limit_id = g_strdup("row");
	judgement->source = g_strdup("made up");
	judgement->value = measurement->value;
	judgement->uncertainty = NAN;
	judgement->low = low;
	judgement->high = high;
	judgement->low_guarded = low + guard;
	judgement->high_guarded = high - guard;
	judgement->false_accept = NAN;
	judgement->rule = rule;
	judgement->margin = fmin(measurement->value - low, high - measurement->value);
	judgement->verdict = measurement->verdict;
	judgement->mark = 'M';
	g_ptr_array_add(measurement->judgements, judgement);
	return judgement;
}

/* What is hard for exports: every verdict, no value, signs beyond ASCII, what XML forbids, a value
 * that only its guard band fails, the same test twice. */
static inline struct run_record *bed_hard(const char *serial, enum verdict verdict)
{
	struct run_record *record = run_record_new();
	struct record_measurement *value;
	sample_head(record);
	sample_text(&record->run_id, "01a20513-040f-72a3-884a-8953337daa5b");
	sample_text(&record->serial, serial);
	sample_text(&record->operator_name, "Zo\xC3\xAB \xE2\x89\xA4 \x01<&\">\xEF\xBF\xBF");
	record->verdict = verdict;
	guint step = sample_step(record, "tx v1.2", 1, 2.5, VERDICT_FAIL);
	value = bed_value(record, "tx_oma", step, 1, 1.3, "dBm", VERDICT_FAIL);
	bed_judge(value, -2.8, 1.5, 0.25, LIMIT_GUARDED);
	value->reason = g_strdup("1.30 dBm > 1.25 dBm, 5 \xC2\xB5W");
	value = bed_value(record, "tx_wavelength", step, 1, 1310.5e-9, "m", VERDICT_PASS);
	bed_judge(value, 1304.5e-9, 1317.5e-9, 0, LIMIT_MARGINAL);
	value = bed_value(record, "tx_tdecq", step, 1, NAN, "dB", VERDICT_FAIL);
	bed_judge(value, NAN, 3.4, 0, LIMIT_MARGINAL);
	value->reason = g_strdup("no value: the eye is closed");
	value = bed_value(record, "tx_er", step, 1, NAN, "dB", VERDICT_ERROR);
	bed_judge(value, 3.5, NAN, 0, LIMIT_MARGINAL);
	bed_value(record, "tx_rlm", step, 1, 0.97, "1", VERDICT_NONE);
	bed_value(record, "tx_light", step, 1, 0, "1", VERDICT_FAIL)->reason = g_strdup("dark");
	bed_value(record, "tx_light", step, 1, 1, "1", VERDICT_PASS);
	guint first = sample_step(record, "rx", 2, 1, VERDICT_ERROR);
	struct record_step *replaced = record->steps->pdata[first];
	replaced->superseded = TRUE;
	replaced->reason = g_strdup("bert1: no answer");
	bed_value(record, "rx_lock", first, 2, 0, "1", VERDICT_FAIL);
	guint second = sample_step(record, "rx", 2, 1, VERDICT_ABORTED);
	((struct record_step *)record->steps->pdata[second])->attempt = 2;
	bed_value(record, "rx_sensitivity", second, 2, -5.1, "dBm", VERDICT_ABORTED);
	sample_step(record, "fw", 0, 0, VERDICT_SKIPPED);
	guint last = sample_step(record, "off", 0, 1, VERDICT_ERROR);
	struct record_step *broken = record->steps->pdata[last];
	broken->reason = g_strdup("psu1: no answer");
	broken->error_kind = g_strdup("timeout");
	if (verdict != VERDICT_PASS) {
		record->reason = g_strdup("lane 1: tx_oma");
		record->first_failing_step = g_strdup("tx v1.2");
	}
	return record;
}

/* --- readers --------------------------------------------------------------------------------- */

static inline char *bed_path(const char *name)
{
	const char *root = g_getenv("STATION_SRC");
	return g_build_filename(root ? root : ".", "tests", "exports", name, NULL);
}

/* The program's exit status, its output in *out; -1 when it cannot be run. */
static inline int bed_run(const char *const *argv, char **out)
{
	int status = 0;
	g_autofree char *said = NULL;
	gboolean ran = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, out,
	                            &said, &status, NULL);
	if (ran && said && *said != '\0')
		g_test_message("%s: %s", argv[0], said);
	return ran && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What a program says that is called with these words, the bytes as a file in place of the empty
 * one; null when it is not there (exit status 77 or no such program). Any other failure fails. */
static inline char *bed_try(const char *const *words, GBytes *bytes)
{
	g_autofree char *file = NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	int handle = g_file_open_tmp("export-XXXXXX", &file, NULL);
	char *out = NULL;
	g_assert_cmpint(handle, >=, 0);
	g_assert_true(g_close(handle, NULL));
	g_assert_true(g_file_set_contents(file, data, (gssize)size, NULL));
	for (gsize i = 0; words[i]; i++)
		g_ptr_array_add(argv, (gpointer)(*words[i] ? words[i] : file));
	g_ptr_array_add(argv, NULL);
	int status = bed_run((const char *const *)argv->pdata, &out);
	g_assert_cmpint(g_unlink(file), ==, 0);
	if (status == -1 || status == 77) {
		g_free(out);
		return NULL;
	}
	g_assert_cmpint(status, ==, 0);
	return out;
}

/* The same; the test is skipped without it. */
static inline char *bed_read(const char *const *words, GBytes *bytes, const char *what)
{
	char *out = bed_try(words, bytes);
	if (!out)
		g_test_skip(what);
	return out;
}

/* A script of tests/exports by the first Python that has what it imports. */
static inline char *bed_script(const char *name, GBytes *bytes, const char *what)
{
	static const char *const pythons[] = {"python3", "/usr/bin/python3"};
	g_autofree char *script = bed_path(name);
	const char *const words[] = {pythons[0], script, "", NULL};
	const char *const others[] = {pythons[1], script, "", NULL};
	char *out = bed_try(words, bytes);
	out = out ? out : bed_try(others, bytes);
	if (!out)
		g_test_skip(what);
	return out;
}

/* Each text is there. */
static inline void bed_says(const char *out, const char *const *texts)
{
	for (gsize i = 0; texts[i]; i++) {
		if (!strstr(out, texts[i]))
			g_error("\"%s\" is not in:\n%s", texts[i], out);
	}
}

#endif
