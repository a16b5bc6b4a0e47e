/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/ticket.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static struct run_record *make_record(void)
{
	struct run_record *record = run_record_new();

	record_text(&record->serial, "DR400123");
	record_text(&record->part_number, "ST-DR4");
	record_text(&record->product, "ST-DR4-QDD");
	record_text(&record->type, "400GBASE-DR4");
	record_text(&record->lot, "LOT-7");
	record_text(&record->station_id, "S1");
	record_text(&record->operator_name, "Operator1");
	record_text(&record->plan_name, "400G");
	record_text(&record->plan_revision, "4");
	record_text(&record->run_id, "0198-7");
	record->site = 2;
	record->verdict = VERDICT_FAIL;
	record_text(&record->reason, "lane 3: tx_tdecq 4.31 dB > 3.40 dB");
	record->start_us = 0;
	/* 2026-01-31T23:59:59.9Z; the tests run with TZ=UTC */
	record->end_us = 1769903999900000;
	return record;
}

static void test_text(void)
{
	static const struct {
		const char *template, *text;
	} rows[] = {
		{"", ""},
		{"no words }\n", "no words }\n"},
		{"{serial}", "DR400123"},
		{"<{part_number}|{product}|{type}>", "<ST-DR4|ST-DR4-QDD|400GBASE-DR4>"},
		{"{lot}{lot}", "LOT-7LOT-7"},
		{"{verdict}{marginal}: {reason}", "FAIL: lane 3: tx_tdecq 4.31 dB > 3.40 dB"},
		{"{date}\n{time}", "2026-01-31\n23:59"},
		{"{station}/{site} {operator}", "S1/2 Operator1"},
		{"{plan} {revision} {run_id}", "400G 4 0198-7"},
		{"{{serial} {{{serial}}", "{serial} {DR400123}"},
		{"^FD{serial}^FS~", "^FDDR400123^FS~"},
	};
	g_autoptr(run_record) record = make_record();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = ticket_text(rows[i].template, record, &error);

		g_assert_no_error(error);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
	record->marginal = TRUE;
	record->verdict = VERDICT_PASS;
	record_text(&record->reason, NULL);
	record->end_us = 0;
	g_autofree char *text = ticket_text("{verdict} {marginal}|{reason}|{date}", record, NULL);
	g_assert_cmpstr(text, ==, "PASS marginal||1970-01-01");
}

static void test_wrong_template(void)
{
	static const struct {
		const char *template, *says;
	} rows[] = {
		{"a\nb {serail}", "line 2: {serail} means nothing; did you mean {serial}?"},
		{"{}", "line 1: {} means nothing; a brace"},
		{"{ serial }", "means nothing"},
		{"\n\n{serial\n}", "line 3: { without }; a brace itself is {{"},
		{"{", "line 1: { without }"},
		{"{serial", "line 1: { without }"},
		{"{ser{ial}", "{ without }"},
	};
	g_autoptr(run_record) record = make_record();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(ticket_text(rows[i].template, record, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, rows[i].says))
			g_error("case %u: \"%s\"", i, error->message);
	}
}

/* What is scanned, or said by a module, prints and commands nothing. */
static void test_values(void)
{
	static const struct {
		const char *serial, *text;
	} rows[] = {
		{"A^XZ~JR", "A?XZ?JR"},
		{"A\nB\r\x1b"
	         "C\x7f",
	         "A?B??C?"},
		{"A\"B", "A'B"},
		/* NEL */
		{"A\xc2\x85"
	         "B",
	         "A?B"},
		{"{lot}", "{lot}"},
		{"\u5de5\u4f4d \u00e9", "\u5de5\u4f4d \u00e9"},
		{"A\u2028\u202eB", "A??B"},
		{"A\xff"
	         "B",
	         "A\ufffd"
	         "B"},
	};
	g_autoptr(run_record) record = make_record();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = NULL;

		record_text(&record->serial, rows[i].serial);
		text = ticket_text("{serial}", record, NULL);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* --- templates and places --------------------------------------------------------------------- */

struct place {
	char *folder, *labels;
	struct operator_policy policy;
	struct run_record *record;
};

static void place_init(struct place *p)
{
	*p = (struct place){.folder = g_dir_make_tmp("ticket-XXXXXX", NULL),
	                    .record = make_record()};
	p->labels = g_build_filename(p->folder, "a", "labels", NULL);
}

/* Takes away all files of a folder and it. */
static void clear(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			clear(path);
		else
			g_unlink(path);
	}
	g_rmdir(folder);
}

static void place_done(struct place *p)
{
	clear(p->folder);
	g_free(p->folder);
	g_free(p->labels);
	run_record_free(p->record);
}

/* The text of a file in the folder; fails when it is not there. */
static char *get(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("%s is not there", path);
	return text;
}

static char *put(struct place *p, const char *text, gssize len)
{
	char *path = g_build_filename(p->folder, "label", NULL);

	g_assert_true(g_file_set_contents(path, text, len, NULL));
	return path;
}

static void expect_bad_template(struct place *p, const char *text, gssize len, const char *says)
{
	g_autofree char *path = put(p, text, len);
	GError *error = NULL;

	p->policy.label_path = path;
	g_assert_null(ticket_template(&p->policy, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
	g_error_free(error);
}

static void test_template(void)
{
	struct place p;
	GError *error = NULL;

	place_init(&p);
	g_autofree char *built_in = ticket_template(&p.policy, &error);
	g_assert_no_error(error);
	g_autofree char *text = ticket_text(built_in, p.record, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(text, "FAIL"));
	g_assert_true(g_str_has_prefix(text, "DR400123\n"));
	expect_bad_template(&p, "A\n{serail}", -1, "label: line 2: {serail}");
	expect_bad_template(&p, "A\0B", 3, "not UTF-8");
	expect_bad_template(&p, "\xff", 1, "not UTF-8");
	g_autofree char *lots = g_strnfill(65537, 'x');
	expect_bad_template(&p, lots, -1, "64 KiB");
	p.policy.label_path = (char *)"/nonexistent/label";
	g_assert_null(ticket_template(&p.policy, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	place_done(&p);
}

static void test_example(void)
{
	struct place p;
	GError *error = NULL;

	place_init(&p);
	p.policy.label_path =
		g_build_filename(g_getenv("STATION_SRC"), "station/examples", "label.zpl", NULL);
	g_autofree char *template = ticket_template(&p.policy, &error);
	g_assert_no_error(error);
	g_autofree char *text = ticket_text(template, p.record, &error);
	g_assert_nonnull(strstr(text, "^FDDR400123^FS"));
	g_free(p.policy.label_path);
	place_done(&p);
}

static void test_nowhere(void)
{
	struct place p;
	GError *error = NULL;

	place_init(&p);
	g_assert_false(ticket_wanted(&p.policy));
	g_assert_true(ticket_print(&p.policy, p.record, &error));
	g_assert_no_error(error);
	place_done(&p);
}

static void test_folder(void)
{
	static const struct {
		const char *serial, *name;
	} rows[] = {
		{"DR400123", "DR400123-0198-7.txt"}, {"../x", "_._x-0198-7.txt"},
		{"a/b", "a_b-0198-7.txt"},           {"", "_-0198-7.txt"},
		{"-rf", "_rf-0198-7.txt"},           {"\u5de5", "___-0198-7.txt"},
	};
	g_autofree char *path = NULL;
	struct place p;
	GError *error = NULL;

	place_init(&p);
	path = put(&p, "S {serial}\n", -1);
	p.policy.label_path = path;
	p.policy.labels_path = p.labels;
	g_assert_true(ticket_wanted(&p.policy));
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		record_text(&p.record->serial, rows[i].serial);
		g_assert_true(ticket_print(&p.policy, p.record, &error));
		g_assert_no_error(error);
		g_autofree char *text = get(p.labels, rows[i].name);
		g_assert_true(g_str_has_prefix(text, "S "));
	}
	/* again over itself */
	g_assert_true(ticket_print(&p.policy, p.record, &error));
	place_done(&p);
}

static void test_command(void)
{
	g_autofree char *path = NULL;
	g_autofree char *out = NULL;
	struct place p;
	GError *error = NULL;

	place_init(&p);
	path = put(&p, "S {serial}\n", -1);
	out = g_build_filename(p.folder, "out", NULL);
	const char *command[] = {"sh", "-c", "cat > \"$0\"", out, NULL};
	p.policy.label_path = path;
	p.policy.label_command = (char **)command;
	g_assert_true(ticket_print(&p.policy, p.record, &error));
	g_assert_no_error(error);
	g_autofree char *text = get(p.folder, "out");
	g_assert_cmpstr(text, ==, "S DR400123\n");
	place_done(&p);
}

static void expect_failure(struct place *p, const char *const *command, const char *says)
{
	GError *error = NULL;

	p->policy.label_command = (char **)command;
	g_assert_false(ticket_print(&p->policy, p->record, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	if (!g_str_has_prefix(error->message, says))
		g_error("\"%s\" does not begin with \"%s\"", error->message, says);
	g_error_free(error);
}

/* One that fails does not keep the other from its label. */
static void test_failures(void)
{
	static const char *const fails[] = {"sh", "-c", "echo paper out >&2; exit 1", NULL};
	static const char *const silent[] = {"false", NULL};
	static const char *const absent[] = {"/nonexistent/lp", NULL};
	struct place p;

	place_init(&p);
	p.policy.labels_path = p.labels;
	expect_failure(&p, fails, "label not printed: sh failed: paper out");
	g_autofree char *text = get(p.labels, "DR400123-0198-7.txt");
	expect_failure(&p, silent, "label not printed: false failed");
	expect_failure(&p, absent, "label not printed: ");
	place_done(&p);
}

/* No folder, but a printer: it is printed, and the folder is told. */
static void test_no_folder(void)
{
	g_autofree char *out = NULL;
	struct place p;
	GError *error = NULL;

	place_init(&p);
	out = g_build_filename(p.folder, "out", NULL);
	const char *command[] = {"sh", "-c", "cat > \"$0\"; exit 1", out, NULL};
	p.policy.label_command = (char **)command;
	p.policy.labels_path = (char *)"/dev/null/labels";
	g_assert_false(ticket_print(&p.policy, p.record, &error));
	g_assert_true(g_str_has_prefix(error->message, "label not written: "));
	g_clear_error(&error);
	g_autofree char *text = get(p.folder, "out");
	g_assert_nonnull(strstr(text, "DR400123"));
	place_done(&p);
}

/* A command that does not read what it gets is its own affair. */
static void test_unread(void)
{
	static const char *const deaf[] = {"true", NULL};
	g_autofree char *lots = g_strnfill(60000, 'x');
	g_autofree char *path = NULL;
	struct place p;
	GError *error = NULL;

	place_init(&p);
	for (gsize i = 79; i < 60000; i += 80)
		memcpy(lots + i - 8, "{reason}", 8);
	path = put(&p, lots, -1);
	p.policy.label_path = path;
	p.policy.label_command = (char **)deaf;
	for (guint i = 0; i < 20; i++) {
		g_assert_true(ticket_print(&p.policy, p.record, &error));
		g_assert_no_error(error);
	}
	place_done(&p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* as the program does */
	signal(SIGPIPE, SIG_IGN);
	g_test_add_func("/ticket/text", test_text);
	g_test_add_func("/ticket/wrong-template", test_wrong_template);
	g_test_add_func("/ticket/values", test_values);
	g_test_add_func("/ticket/template", test_template);
	g_test_add_func("/ticket/example", test_example);
	g_test_add_func("/ticket/nowhere", test_nowhere);
	g_test_add_func("/ticket/folder", test_folder);
	g_test_add_func("/ticket/command", test_command);
	g_test_add_func("/ticket/failures", test_failures);
	g_test_add_func("/ticket/no-folder", test_no_folder);
	g_test_add_func("/ticket/unread", test_unread);
	return g_test_run();
}
