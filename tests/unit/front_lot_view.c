/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_view.h"

#include <string.h>

/* A view whose talk goes into memory. */
struct screen {
	struct lot_view *view;
	FILE *talk;
	char *text; /* valid after fflush */
	size_t len;
};

static void screen_init(struct screen *s, guint units, gboolean terminal, gboolean color)
{
	s->talk = open_memstream(&s->text, &s->len);
	s->view = lot_view_new(units, s->talk, terminal, color);
}

static void screen_done(struct screen *s)
{
	lot_view_free(s->view);
	fclose(s->talk);
	g_free(s->text);
}

static const char *screen_text(struct screen *s)
{
	fflush(s->talk);
	return s->text ? s->text : "";
}

static void end(struct screen *s, const char *serial, enum verdict verdict, gboolean marginal,
                const char *text)
{
	struct event event = event_make(EVENT_RUN_END, 1, serial);

	event.verdict = verdict;
	event.marginal = marginal;
	event.seconds = 12.34;
	g_strlcpy(event.text, text, sizeof event.text);
	g_strlcpy(event.run_id, serial, sizeof event.run_id);
	g_strlcpy(event.name, "tx", sizeof event.name);
	lot_view_event(s->view, &event);
}

static void step(struct screen *s, int site, const char *serial, guint done, guint total)
{
	struct event event = event_make(EVENT_STEP_START, site, serial);

	g_strlcpy(event.name, "tx-measure", sizeof event.name);
	event.lane = 3;
	event.done = done;
	event.total = total;
	lot_view_event(s->view, &event);
}

/* Not a terminal: one line a run, no control characters. */
static void test_plain(void)
{
	struct screen s;

	screen_init(&s, 2, FALSE, FALSE);
	step(&s, 1, "SN1", 0, 10);
	g_assert_cmpstr(screen_text(&s), ==, "");
	end(&s, "SN1", VERDICT_FAIL, FALSE, "lane 3: tx_oma too low");
	end(&s, "SN2", VERDICT_PASS, TRUE, "");
	g_assert_cmpstr(screen_text(&s), ==,
	                "[1/2] site 1  SN1              FAIL     12.3 s  lane 3: tx_oma too low\n"
	                "[2/2] site 1  SN2              PASS     12.3 s  marginal\n");
	screen_done(&s);
}

static void test_terminal(void)
{
	struct screen s;

	screen_init(&s, 2, TRUE, TRUE);
	step(&s, 1, "SN1", 4, 10);
	g_assert_nonnull(strstr(screen_text(&s), "\r\033[K[0/2]  1: SN1 5/10 tx-measure lane 3"));
	end(&s, "SN1", VERDICT_FAIL, FALSE, "dark");
	g_assert_nonnull(strstr(screen_text(&s), "\033[1;33mFAIL   \033[0m"));
	lot_view_clear(s.view);
	screen_done(&s);
}

static void note(struct screen *s, int site, const char *text)
{
	struct event event = event_make(EVENT_NOTE, site, "SN1");

	g_strlcpy(event.text, text, sizeof event.text);
	lot_view_event(s->view, &event);
}

/* What lanes note alike is one line, when their step has ended, and one for all corners; each site
 * by itself. */
static void test_notes(void)
{
	struct event step_end = event_make(EVENT_STEP_END, 2, "SN2");
	struct screen s;

	screen_init(&s, 2, FALSE, FALSE);
	for (int lane = 1; lane <= 4; lane++) {
		g_autofree char *text = g_strdup_printf("lane %d: no more light", lane);
		note(&s, 2, text);
		note(&s, 1, "lane 7: hot");
	}
	g_assert_cmpstr(screen_text(&s), ==, "");
	lot_view_event(s.view, &step_end);
	for (int lane = 4; lane >= 1; lane--) {
		g_autofree char *text = g_strdup_printf("lane %d: no more light", lane);
		note(&s, 2, text);
	}
	lot_view_event(s.view, &step_end);
	g_assert_cmpstr(screen_text(&s), ==, "site 2: lanes 1-4: no more light\n");
	end(&s, "SN1", VERDICT_PASS, FALSE, "");
	g_assert_nonnull(strstr(screen_text(&s), "\nsite 1: lane 7: hot\n[1/2] site 1  SN1"));
	note(&s, 3, "never told");
	screen_done(&s);
}

/* A question is there at once, and so is what was noted before it; what is only for a screen says
 * nothing here. */
static void test_question(void)
{
	static const enum event_kind silent[] = {EVENT_EYE, EVENT_POINT, EVENT_CONDITION,
	                                         EVENT_ANSWER, EVENT_INSTRUMENT};
	struct event event = event_make(EVENT_QUESTION, 1, "SN1");
	struct screen s;

	screen_init(&s, 1, FALSE, FALSE);
	note(&s, 1, "lane 7: hot");
	for (guint i = 0; i < G_N_ELEMENTS(silent); i++) {
		struct event other = event_make(silent[i], 1, "SN1");
		lot_view_event(s.view, &other);
	}
	g_assert_cmpstr(screen_text(&s), ==, "");
	event_set_text(&event, "turn the fibre");
	lot_view_event(s.view, &event);
	g_strlcpy(event.name, "done|cannot", sizeof event.name);
	lot_view_event(s.view, &event);
	g_assert_cmpstr(screen_text(&s), ==,
	                "site 1: lane 7: hot\n"
	                "site 1: question: turn the fibre\n"
	                "site 1: question: turn the fibre (done|cannot)\n");
	screen_done(&s);
}

/* Site numbers beyond all and silly totals do not lead outside. */
static void test_odd_events(void)
{
	struct screen s;

	screen_init(&s, 1, TRUE, FALSE);
	step(&s, 1000, "SN1", 4, 0);
	step(&s, -5, "SN1", 9, 3);
	for (enum event_kind kind = 0; kind < EVENT_N_KINDS; kind++) {
		struct event event = event_make(kind, 64, "X");
		lot_view_event(s.view, &event);
	}
	for (guint i = 1; i <= 64; i++)
		step(&s, (int)i, "a-rather-long-serial-number-of-a-unit-0001", i, 100);
	g_assert_cmpuint(lot_view_results(s.view)->len, ==, 1);
	screen_done(&s);
}

static void test_warnings(void)
{
	struct event lost = event_make(EVENT_RUN_LOST, 2, "SN9");
	struct event undo = event_make(EVENT_UNDO, 2, "SN9");
	struct event note = event_make(EVENT_NOTE, 0, NULL);
	struct screen s;

	screen_init(&s, 2, FALSE, FALSE);
	lot_view_event(s.view, &undo);
	g_assert_cmpstr(screen_text(&s), ==, "");
	g_strlcpy(undo.text, "psu1: no answer", sizeof undo.text);
	lot_view_event(s.view, &undo);
	g_strlcpy(lost.text, "disk full", sizeof lost.text);
	lot_view_event(s.view, &lost);
	g_strlcpy(note.text, "meter1: no answer", sizeof note.text);
	lot_view_event(s.view, &note);
	g_assert_cmpstr(screen_text(&s), ==,
	                "site 2: NOT SAFE: undo failed: psu1: no answer\n"
	                "site 2: the result could not be stored, no verdict: disk full\n"
	                "meter1: no answer\n");
	/* what was not stored has no result */
	g_assert_cmpuint(lot_view_results(s.view)->len, ==, 0);
	screen_done(&s);
}

static void set_record(struct lot_view *view, const char *run_id, const char *part_number,
                       const char *reason)
{
	g_autoptr(run_record) record = run_record_new();

	g_free(record->run_id);
	g_free(record->part_number);
	record->run_id = g_strdup(run_id);
	record->part_number = g_strdup(part_number);
	record->verdict = VERDICT_FAIL;
	record->reason = g_strdup(reason);
	lot_view_set_record(view, record);
}

static void test_sorted(void)
{
	static const char *const serials[] = {"SN1", "SN2", "SN3", NULL};
	static const char *const ended[] = {"SN9", "SN3", "SN1", "SN2"};
	static const char *const shown[] = {"SN1", "SN2", "SN3", "SN9"};
	struct screen s;

	screen_init(&s, 4, FALSE, FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(ended); i++)
		end(&s, ended[i], VERDICT_PASS, FALSE, "");
	lot_view_sort(s.view, serials);
	for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
		const struct lot_unit_result *result =
			g_ptr_array_index(lot_view_results(s.view), i);
		g_assert_cmpstr(result->serial, ==, shown[i]);
	}
	screen_done(&s);
}

static void test_summary(void)
{
	struct screen s;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	screen_init(&s, 5, FALSE, FALSE);
	end(&s, "SN1", VERDICT_PASS, FALSE, "");
	end(&s, "SN2", VERDICT_PASS, TRUE, "");
	end(&s, "SN3", VERDICT_FAIL, FALSE, "tx: dark");
	end(&s, "SN4", VERDICT_ERROR, FALSE, "scope1: no answer");
	end(&s, "SN5", VERDICT_ABORTED, FALSE, "aborted");
	set_record(s.view, "SN3", "P-3", "tx: dark");
	set_record(s.view, "absent", "P-9", "no run of this view");
	lot_view_set_report(s.view, "SN3", "/r/sn3.html");
	lot_view_set_report(s.view, "absent", "/r/none.html");
	const struct lot_unit_result *third = g_ptr_array_index(lot_view_results(s.view), 2);
	g_assert_cmpstr(third->serial, ==, "SN3");
	g_assert_cmpstr(third->step, ==, "tx");
	g_assert_cmpstr(third->report, ==, "/r/sn3.html");
	g_assert_cmpint(third->verdict, ==, VERDICT_FAIL);
	lot_view_summary(s.view, out, "bottleneck: scope1\n", FALSE);
	fclose(out);
	g_assert_true(g_str_has_suffix(text, "\nbottleneck: scope1\n\nunits=5 passed=2 failed=1 "
	                                     "errors=1 aborted=1\n"));
	g_assert_nonnull(strstr(text, "SN3              P-3         FAIL        12.3  tx: dark\n"));
	g_assert_nonnull(strstr(text, "SN2                          PASS        12.3  marginal\n"));
	g_assert_nonnull(strstr(text, "report SN3              /r/sn3.html\n"));
	g_assert_null(strstr(text, "none.html"));
	g_assert_null(strchr(text, '\033'));
	g_free(text);
	screen_done(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/lot-view/plain", test_plain);
	g_test_add_func("/lot-view/terminal", test_terminal);
	g_test_add_func("/lot-view/odd-events", test_odd_events);
	g_test_add_func("/lot-view/warnings", test_warnings);
	g_test_add_func("/lot-view/notes", test_notes);
	g_test_add_func("/lot-view/question", test_question);
	g_test_add_func("/lot-view/sorted", test_sorted);
	g_test_add_func("/lot-view/summary", test_summary);
	return g_test_run();
}
