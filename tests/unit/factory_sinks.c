/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/factory_sink_bed.h"

#include "station/factory/form.h"

#include <sys/stat.h>
#include <unistd.h>

/* --- a program ----------------------------------------------------------------------------------
 */

static struct sink *script(const struct sink_bed *bed, const char *words, const char *more)
{
	g_autofree char *quoted = g_strescape(words, NULL);
	g_autofree char *text =
		g_strdup_printf("command: [sh, -c, \"%s\", sh, \"{serial}\", \"{run_id}\"]\n%s",
	                        quoted, more);

	return sink_bed_sink(bed, sink_program_load, text);
}

static void test_program(void)
{
	static const struct {
		const char *script, *more;
		enum sink_answer answer;
		const char *says;
	} cases[] = {
		{"exit 0", "", SINK_TAKEN, NULL},
		{"echo talk; echo more talk >&2; exit 0", "", SINK_TAKEN, NULL},
		{"echo 'the server is down' >&2; exit 75", "", SINK_LATER, "the server is down"},
		{"exit 75", "", SINK_LATER, "code 75"},
		{"printf 'no such lot\\nmore' >&2; exit 1", "", SINK_REFUSED, "no such lot"},
		{"exit 3", "", SINK_REFUSED, "code 3"},
		{"kill -9 $$", "", SINK_LATER, "signal"},
		{"sleep 600 & wait", "timeout: 0.1 s\n", SINK_LATER, "out of time"},
	};
	struct sink_bed bed;

	sink_bed_bare(&bed);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct sink *sink = script(&bed, cases[i].script, cases[i].more);

		sink_bed_send(&bed, sink, cases[i].answer, cases[i].says);
		sink->ops->free(sink);
	}
	sink_bed_done(&bed);
}

/* What it gets is the document, byte by byte, or the export; its words are filled in. */
static void test_program_input(void)
{
	struct sink_bed bed;
	g_autofree char *got = NULL;

	sink_bed_init(&bed);
	g_autofree char *path = sink_bed_path(&bed, "got");
	g_autofree char *words = g_strdup_printf("[ \"$1 $2\" = '%s %s' ] || exit 1; cat >%s",
	                                         bed.record->serial, bed.record->run_id, path);
	struct sink *sink = script(&bed, words, "");

	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
	g_assert_cmpstr(got, ==, bed.document);
	sink->ops->free(sink);
	sink = script(&bed, words, "format: wsjf\n");
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_clear_pointer(&got, g_free);
	g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
	g_assert_nonnull(strstr(got, "\"processCode\""));
	sink->ops->free(sink);
	g_unlink(path);
	sink_bed_done(&bed);
}

static void test_program_gone(void)
{
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	struct sink_bed bed;
	struct sink *sink;

	sink_bed_bare(&bed);
	sink = sink_bed_sink(&bed, sink_program_load, "command: [/nonexistent/upload]\n");
	g_assert_false(sink->ops->is_reachable(sink, &bounds, &words));
	sink_bed_send(&bed, sink, SINK_LATER, "/nonexistent/upload");
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

static gpointer cancel(gpointer data)
{
	g_cancellable_cancel(data);
	return NULL;
}

static void test_program_cancelled(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(1000), cancellable};
	g_autofree char *words = NULL;
	struct sink_bed bed;
	struct sink *sink;
	GThread *thread;

	sink_bed_bare(&bed);
	sink = script(&bed, "sleep 600", "timeout: 1000 s\n");
	thread = g_thread_new("abort", cancel, cancellable);
	g_assert_cmpint(sink->ops->send(sink, &bed.run, &bounds, &words), ==, SINK_LATER);
	g_thread_join(thread);
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

/* --- a folder -----------------------------------------------------------------------------------
 */

static guint files_in(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir))
		n++;
	return n;
}

static void test_folder(void)
{
	struct sink_bed bed;
	struct sink *sink;
	g_autofree char *got = NULL;

	sink_bed_init(&bed);
	g_autofree char *name =
		g_strdup_printf("in/%s-%s.json", bed.record->serial, bed.record->run_id);
	g_autofree char *folder = sink_bed_path(&bed, "in");
	g_autofree char *path = sink_bed_path(&bed, name);
	g_autofree char *marker = g_strconcat(path, ".ok", NULL);
	sink = sink_bed_sink(&bed, sink_folder_load, "path: in\nmarker: true\n");
	/* a share that is not mounted: nothing is made in its place */
	sink_bed_send(&bed, sink, SINK_LATER, folder);
	g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
	g_assert_cmpint(g_mkdir(folder, 0755), ==, 0);
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
	g_assert_cmpstr(got, ==, bed.document);
	g_assert_true(g_file_test(marker, G_FILE_TEST_EXISTS));
	/* sent twice: the same as once, and a marker that was lost is made good */
	g_unlink(marker);
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_assert_true(g_file_test(marker, G_FILE_TEST_EXISTS));
	g_assert_cmpuint(files_in(folder), ==, 2);
	/* what is there and is not ours stays */
	g_assert_true(g_file_set_contents(path, "other", -1, NULL));
	sink_bed_send(&bed, sink, SINK_REFUSED, "other content");
	g_unlink(path);
	g_unlink(marker);
	sink->ops->free(sink);
	g_rmdir(folder);
	sink_bed_done(&bed);
}

/* The rest of one that was killed while it wrote is overwritten; one that cannot write says so. */
static void test_folder_cut(void)
{
	struct sink_bed bed;
	struct sink *sink;

	sink_bed_init(&bed);
	g_autofree char *name = g_strdup_printf("%s.json", bed.record->run_id);
	g_autofree char *aside = g_strdup_printf(".%s.part", name);
	g_autofree char *path = sink_bed_path(&bed, name);
	g_autofree char *part = sink_bed_path(&bed, aside);
	sink = sink_bed_sink(&bed, sink_folder_load, "path: .\nfile: \"{run_id}\"\n");
	g_assert_true(g_file_set_contents(part, bed.document, 100, NULL));
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_assert_cmpuint(files_in(bed.folder), ==, 1);
	g_unlink(path);
	/* a folder stands in the way of the name beside */
	g_assert_cmpint(g_mkdir(part, 0755), ==, 0);
	sink_bed_send(&bed, sink, SINK_LATER, "cannot write");
	g_rmdir(part);
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

/* A serial number cannot leave the folder. */
static void test_folder_names(void)
{
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	g_autofree char *long_serial = g_strnfill(300, 'x');
	struct sink_bed bed;
	struct sink *sink;

	sink_bed_init(&bed);
	sample_text(&bed.record->serial, "../../etc/passwd");
	sink = sink_bed_sink(&bed, sink_folder_load, "path: .\nformat: junit\n");
	g_assert_true(sink->ops->is_reachable(sink, &bounds, &words));
	sink_bed_send(&bed, sink, SINK_TAKEN, NULL);
	g_autofree char *file = g_strdup_printf("_._.._etc_passwd-%s.xml", bed.record->run_id);
	g_autofree char *path = sink_bed_path(&bed, file);
	g_assert_cmpint(g_unlink(path), ==, 0);
	sample_text(&bed.record->serial, long_serial);
	sink_bed_send(&bed, sink, SINK_REFUSED, "too long");
	sink->ops->free(sink);
	sink_bed_done(&bed);
}

/* --- configuration ------------------------------------------------------------------------------
 */

static void test_refused(void)
{
	struct sink_bed bed;

	sink_bed_bare(&bed);
	sink_bed_refused(&bed, sink_program_load, "timeout: 1 s\n", "command");
	sink_bed_refused(&bed, sink_program_load, "command: [a, \"{sn}\"]\n", "{serial}");
	sink_bed_refused(&bed, sink_program_load, "command: [a]\nformat: wsfj\n", "wsjf");
	sink_bed_refused(&bed, sink_program_load, "command: [a]\nurl: b\n", "url");
	sink_bed_refused(&bed, sink_folder_load, "marker: true\n", "path");
	sink_bed_refused(&bed, sink_folder_load, "path: a\nfile: \"{serial}\"\n", "{run_id}");
	sink_bed_refused(&bed, sink_folder_load, "path: a\nfile: \"a/{run_id}\"\n", "slashes");
	sink_bed_refused(&bed, sink_folder_load, "path: \"\"\n", "path");
	sink_bed_done(&bed);
}

static void test_fill(void)
{
	struct sink_bed bed;

	sink_bed_init(&bed);
	g_autofree char *filled = form_fill("{{x} {verdict} {", bed.record, NULL);
	g_autofree char *wanted = g_strdup_printf("{x} %s {", verdict_name(bed.record->verdict));
	g_assert_cmpstr(filled, ==, wanted);
	sink_bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sinks/program", test_program);
	g_test_add_func("/sinks/program_input", test_program_input);
	g_test_add_func("/sinks/program_gone", test_program_gone);
	g_test_add_func("/sinks/program_cancelled", test_program_cancelled);
	g_test_add_func("/sinks/folder", test_folder);
	g_test_add_func("/sinks/folder_cut", test_folder_cut);
	g_test_add_func("/sinks/folder_names", test_folder_names);
	g_test_add_func("/sinks/refused", test_refused);
	g_test_add_func("/sinks/fill", test_fill);
	return g_test_run();
}
