/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_hall.h"

#include "station/store/query.h"

/* What the engine does with the factory's answer. The pre-check is a script for sh. */
static void ask_first(struct hall *hall, const char *script, const char *more)
{
	g_autofree char *text =
		g_strdup_printf("kind: program\ncommand: [sh, -c, '%s']\n%s", script, more);
	g_autoptr(GError) error = NULL;
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "s.yaml", &error);

	g_assert_no_error(error);
	hall->config->precheck = precheck_load(yaml_root(doc), "s.yaml", &error);
	g_assert_no_error(error);
}

static void test_allowed(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event end;
	gboolean noted = FALSE;

	hall_start(&hall, "measure", willing);
	ask_first(&hall, "echo {\\\"allow\\\":true,\\\"text\\\":\\\"go\\\"}", "");
	run_unit(&hall, 1, "SN1");
	end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_PASS);
	g_autoptr(run_record) record = store_load_run(hall.store, end.run_id, NULL);
	for (guint i = 0; i < record->notes->len; i++)
		noted = noted ||
		        strcmp(g_ptr_array_index(record->notes, i), "pre-check allowed: go") == 0;
	g_assert_true(noted);
	hall_close(&hall);
}

/* No run, no verdict; the site takes the next unit. */
static void test_denied(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;
	gboolean found;

	hall_start(&hall, "measure", "    loader: [sh, -c, \"echo loaded >&2; exit 1\"]\n");
	ask_first(&hall, "echo {\\\"allow\\\":false,\\\"text\\\":\\\"stay\\\"}", "");
	run_unit(&hall, 1, "SN1");
	do {
		g_assert_true(event_queue_pop(hall.events, 60, &event));
		g_assert_cmpint(event.kind, !=, EVENT_RUN_START);
	} while (event.kind != EVENT_UNIT_REFUSED);
	g_assert_cmpstr(event.serial, ==, "SN1");
	g_assert_cmpstr(event.name, ==, "denied");
	g_assert_cmpstr(event.text, ==, "stay");
	g_assert_cmpint(event.site, ==, 1);
	g_autoptr(GPtrArray) log = store_log_last(hall.store, 5, NULL);
	g_assert_cmpuint(log->len, ==, 1);
	g_assert_cmpstr(((struct store_log_entry *)g_ptr_array_index(log, 0))->what, ==, "refused");
	g_assert_true(store_has_lot(hall.store, "", &found, NULL));
	g_assert_false(found);
	/* neither its fixture nor its loader was touched */
	g_assert_cmpuint(hall.boards[0]->connections, ==, 0);
	run_unit(&hall, 1, "SN2");
	g_assert_cmpstr(next(&hall, EVENT_UNIT_REFUSED).serial, ==, "SN2");
	hall_close(&hall);
}

/* The question is no reason to wait: the run ends as any other that is aborted. */
static void test_aborted(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event end;

	hall_start(&hall, "measure", willing);
	g_autofree char *asked = g_build_filename(hall.folder, "asked", NULL);
	g_autofree char *script = g_strdup_printf("touch %s; sleep 600", asked);
	ask_first(&hall, script, "timeout: 1000 s\n");
	run_unit(&hall, 1, "SN1");
	while (!g_file_test(asked, G_FILE_TEST_EXISTS))
		g_usleep(1000);
	g_assert_cmpuint(engine_abort(hall.engine), ==, 0);
	end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_ABORTED);
	g_assert_nonnull(strstr(end.text, "pre-check"));
	g_assert_cmpuint(hall.boards[0]->connections, ==, 0);
	assert_stored(&hall, &end);
	g_remove(asked);
	hall_close(&hall);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/admit/allowed", test_allowed);
	g_test_add_func("/admit/denied", test_denied);
	g_test_add_func("/admit/aborted", test_aborted);
	return g_test_run();
}
