/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record_tail.h"

#include "base/error.h"
#include "tests/unit/reports_sample.h"

static struct run_record *copy_of(const struct run_record *record)
{
	g_autofree char *json = run_record_to_json(record);

	return run_record_from_json(json, -1, NULL);
}

static struct record_step *begin(struct run_record *record, const char *name, int attempt)
{
	struct record_step *step = run_record_add_step(record);

	record_text(&step->name, name);
	step->attempt = attempt;
	return step;
}

static void same(const struct run_record *a, const struct run_record *b)
{
	g_autofree char *one = run_record_to_json(a);
	g_autofree char *other = run_record_to_json(b);

	g_assert_cmpstr(one, ==, other);
}

/* All that a step can leave is there again behind the document as it was when the step began. */
static void test_step(void)
{
	g_autoptr(run_record) record = sample_record();
	struct record_step *step = begin(record, "further", 1);
	g_autoptr(run_record) kept = copy_of(record);
	struct record_mark mark = record_mark(record);
	guint n = record->steps->len - 1;
	g_autoptr(GError) error = NULL;

	step->verdict = VERDICT_PASS;
	step->duration_s = 0.5;
	run_record_add_measurement(record, "tx_oma", n, 2, -1.25, "dBm");
	run_record_add_series(record, "rx_waterfall", n, 2);
	run_record_add_map(record, "tx_fir_map", n, 2);
	run_record_add_eye(record, "tx_eye", n, 2);
	run_record_add_constant(record, "bias", n, 2);
	run_record_add_answer(record, n);
	run_record_add_note(record, "a note");
	record_text(&record->identity.vendor, "ACME");
	g_autofree char *line = record_tail_to_json(record, &mark);
	g_assert_null(strchr(line, '\n'));
	g_assert_null(strstr(line, "\"resource\"")); /* the instruments have said nothing new */
	record_tail_add(kept, line, -1, &error);
	g_assert_no_error(error);
	same(kept, record);

	/* the next one begins behind it, and is a further attempt: the one before counts no more */
	mark = record_mark(record);
	step->superseded = TRUE;
	step = begin(record, "further", 2);
	step->verdict = VERDICT_FAIL;
	g_autofree char *next = record_tail_to_json(record, &mark);
	record_tail_add(kept, next, -1, &error);
	g_assert_no_error(error);
	same(kept, record);
}

static void test_instruments(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_instrument *meter = run_record_add_instrument(record);
	g_autoptr(run_record) kept = copy_of(record);
	struct record_mark mark = record_mark(record);

	record_text(&meter->model, "N7745A");
	g_autofree char *line = record_tail_to_json(record, &mark);
	g_assert_true(record_tail_add(kept, line, -1, NULL));
	same(kept, record);
}

static void test_refused(void)
{
	static const char *const lines[] = {
		"", "{}", "[]", "{\"since\": {}}", "{\"since\": 3, \"added\": {}}",
	};
	g_autoptr(run_record) record = sample_record();
	struct record_mark mark = record_mark(record), far = mark;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_assert_false(record_tail_add(record, lines[i], -1, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
		g_clear_error(&error);
	}
	far.n[0]++;
	g_autofree char *gap = record_tail_to_json(record, &far);
	g_assert_false(record_tail_add(record, gap, -1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
	/* of a step that is not there */
	g_autoptr(run_record) other = copy_of(record);
	run_record_add_note(other, "more");
	run_record_add_measurement(other, "tx_oma", 999, 0, 1, "dBm");
	g_autofree char *wrong = record_tail_to_json(other, &mark);
	g_assert_false(record_tail_add(record, wrong, -1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record_tail/step", test_step);
	g_test_add_func("/record_tail/instruments", test_instruments);
	g_test_add_func("/record_tail/refused", test_refused);
	return g_test_run();
}
