/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"
#include "tests/bench/bench_process.h"
#include "tests/unit/tls_bed.h"

#include <glib/gstdio.h>
#include <signal.h>

/* The program itself: options, templates, units, control port, its client, its end. */

/* Runs it to its end; what it printed goes into *out when not null (free with g_free). */
static int run(const char *const *arguments, char **out)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *program = bench_program();
	g_autofree char *text = NULL;

	g_ptr_array_add(argv, program);
	for (guint i = 0; arguments[i]; i++)
		g_ptr_array_add(argv, (gpointer)arguments[i]);
	g_ptr_array_add(argv, NULL);
	g_autoptr(GSubprocess) process =
		g_subprocess_newv((const char *const *)argv->pdata,
	                          G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
	                          &error);
	g_assert_no_error(error);
	g_subprocess_communicate_utf8(process, NULL, NULL, &text, NULL, &error);
	g_assert_no_error(error);
	g_test_message("%s", text);
	if (out)
		*out = g_steal_pointer(&text);
	g_assert_true(g_subprocess_get_if_exited(process));
	return g_subprocess_get_exit_status(process);
}

static void test_options(void)
{
	static const struct {
		const char *arguments[5];
		int code;
	} rows[] = {
		{{"--help", NULL}, 0},
		{{"--version", NULL}, 0},
		{{"--sites", "0", NULL}, 2},
		{{"--sites", "x", NULL}, 2},
		{{"--time-scale", "0", NULL}, 2},
		{{"--time-scale", "nan", NULL}, 2},
		{{"--fibre-length", "-1", NULL}, 2},
		{{"--fibre-length", "20000", NULL}, 2},
		{{"--fibre-length", "nan", NULL}, 2},
		{{"--fibre-length", "far", NULL}, 2},
		{{"--sites", "", NULL}, 2},
		{{"--sites", "65", NULL}, 2},
		{{"--sites", "dr4,fr5", NULL}, 2},
		{{"--sites", "dr4,", NULL}, 2},
		{{"--models", "/nowhere.yaml", NULL}, 1},
		{{"--port-base", "65530", NULL}, 2},
		{{"--template", "/nowhere", NULL}, 2},
		{{"--buses=hisslip", NULL}, 2},
		{{"--instruments=supply=dp823", NULL}, 2},
		{{"--instruments=supply", NULL}, 2},
		{{"--portmapper-port=111", NULL}, 2},
		{{"--hislip-tls=mandatory", "--hislip-certificate=/nowhere", NULL}, 2},
		{{"--buses=hislip", "--hislip-tls=mandatory", NULL}, 2},
		{{"--buses=hislip", "--hislip-certificate=/nowhere", NULL}, 2},
		{{"--buses=hislip", "--hislip-tls=all", "--hislip-certificate=/nowhere", NULL}, 2},
		{{"--buses=hislip", "--hislip-tls=initial", "--hislip-certificate=/nowhere", NULL},
	         2},
		{{"--buses=hislip", "--hislip-login=a:b", NULL}, 2},
		{{"--nonsense", NULL}, 2},
		{{"nonsense", NULL}, 2},
		{{"--units", "/nowhere.csv", NULL}, 1},
		{{"--template", "/nowhere", "--out", "/nowhere/out", NULL}, 1},
		{{"ctl", "--help", NULL}, 0},
		{{"ctl", NULL}, 2},
		{{"ctl", "--port", "1", NULL}, 2},
		{{"ctl", "--port", "1", "blah", NULL}, 2},
		{{"ctl", "--port", "1", "insert", NULL}, 2},
		{{"ctl", "--port", "1", "quit", NULL}, 1},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(run(rows[i].arguments, NULL), ==, rows[i].code);
}

/* Its instruments over encrypted connections, to one who knows the password. */
static void test_tls(void)
{
	struct bounds bounds = {deadline_in_s(BENCH_TIMEOUT_S), NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	struct bench_process bench;

	if (tls_missing())
		return;
	g_autofree char *folder = g_dir_make_tmp("benchXXXXXX", NULL);
	g_autofree char *password = g_build_filename(folder, "password", NULL);
	g_autofree char *authority = tls_path("authority");
	g_autofree char *certificate = tls_path("good");
	g_autofree char *with = g_strconcat("--hislip-certificate=", certificate, NULL);
	g_autofree char *without = g_strconcat("--hislip-certificate=", authority, NULL);
	const char *const keyless[] = {"--buses=hislip", "--hislip-tls=initial", without, NULL};
	const char *const arguments[] = {"--buses=hislip", "--hislip-tls=mandatory", with,
	                                 "--hislip-login=me:pass:word", NULL};
	g_assert_cmpint(run(keyless, NULL), ==, 2);
	g_assert_true(g_file_set_contents(password, "pass:word\n", -1, NULL));
	g_chmod(password, 0600);
	bench_start(&bench, arguments);
	g_autofree char *resource =
		g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR?ca=%s&user=me&password_file=%"
	                        "s",
	                        bench_port(&bench, "supply1_hislip"), authority, password);
	struct link *link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	link_query(link, "*IDN?", reply, 200, &bounds, &error);
	g_assert_no_error(error);
	g_assert_nonnull(memmem(reply->data, reply->len, "E36312A", 7));
	link_close(link);
	bench_stop(&bench, SIGTERM);
	g_unlink(password);
	g_rmdir(folder);
}

static void test_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("benchXXXXXX", NULL);
	g_autofree char *in = g_build_filename(folder, "in", NULL);
	g_autofree char *out = g_build_filename(folder, "out", NULL);
	g_autofree char *units = g_build_filename(folder, "units.csv", NULL);
	const char *arguments[] = {"--sites", "2",     "--units", units, "--template",
	                           in,        "--out", out,       NULL};
	struct bench_process bench;
	g_autofree char *text = NULL;
	g_autofree char *complaint = NULL;

	g_assert_true(g_file_set_contents(in, "@control@ @scope2@ @time_scale@ @seed@", -1, NULL));
	g_assert_true(g_file_set_contents(units, "serial,defects\nU1,dead-lane:2\n", -1, NULL));
	bench_start(&bench, arguments);
	g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
	g_autofree char *expected = g_strdup_printf("%u %u 1 1", bench_port(&bench, "control"),
	                                            bench_port(&bench, "scope2"));
	g_assert_cmpstr(text, ==, expected);
	g_autoptr(JsonObject) truth =
		bench_control(&bench, "{\"command\":\"truth\",\"unit\":\"U1\"}");
	g_assert_false(json_object_get_boolean_member(truth, "good"));
	g_assert_cmpstr(json_array_get_string_element(json_object_get_array_member(truth,
	                                                                           "defects"),
	                                              0),
	                ==, "dead-lane:2");
	bench_stop(&bench, SIGINT);

	g_assert_true(g_file_set_contents(units, "serial,defects\nU1,bad-mood\n", -1, NULL));
	g_assert_cmpint(run(arguments, &complaint), ==, 1);
	g_assert_nonnull(strstr(complaint, "units.csv:2: "));
	g_remove(in);
	g_remove(out);
	g_remove(units);
	g_rmdir(folder);
}

/* A request in single quotes; the reply begins with what is expected, in double ones. */
static void expect_control(struct bench_socket *to, const char *request, const char *expected)
{
	g_autofree char *quoted = g_strdelimit(g_strdup(expected), "'", '"');
	g_autofree char *line = g_strdelimit(g_strconcat(request, "\n", NULL), "'", '"');
	g_autofree char *reply = bench_ask(to, line);
	g_test_message("%s -> %s", request, reply);
	g_assert_true(g_str_has_prefix(reply, quoted));
}

/* Sites by model, one of them from a file; units that say theirs. */
static void test_models(void)
{
	static const char rows[] =
		"models:\n  - name: xr4\n    like: fr4\n    part_number: VB-XR4\n    type: XR4\n"
		"    reach: 3 km\n";
	g_autofree char *folder = g_dir_make_tmp("benchXXXXXX", NULL);
	g_autofree char *models = g_build_filename(folder, "models.yaml", NULL);
	g_autofree char *units = g_build_filename(folder, "units.csv", NULL);
	g_autofree char *complaint = NULL;
	const char *arguments[] = {"--sites", "dr4, xr4,sr4", "--models", models,
	                           "--units", units,          NULL};
	struct bench_process bench;

	g_assert_true(g_file_set_contents(models, rows, -1, NULL));
	g_assert_true(g_file_set_contents(units, "serial,model,defects\nD,,\nX,xr4,weak-lane:2\n",
	                                  -1, NULL));
	bench_start(&bench, arguments);
	struct bench_socket *to = bench_connect(&bench, "control");
	expect_control(to, "{'command':'insert','site':1,'serial':'X'}", "{'ok':false,");
	expect_control(to, "{'command':'insert','site':2,'serial':'X'}", "{'ok':true}");
	expect_control(to, "{'command':'insert','site':1,'serial':'D'}", "{'ok':true}");
	expect_control(to, "{'command':'insert','site':3,'serial':'S'}", "{'ok':true}");
	g_autoptr(JsonObject) state = bench_control(&bench, "{\"command\":\"state\",\"site\":2}");
	g_assert_cmpstr(json_object_get_string_member(state, "site_model"), ==, "xr4");
	g_assert_cmpfloat(json_object_get_double_member(state, "fibre_m"), ==, 3000);
	expect_control(to, "{'command':'demux','site':2,'grid':'lwdm'}", "{'ok':true}");
	expect_control(to, "{'command':'demux','site':1,'grid':'lwdm'}", "{'ok':false,");
	bench_disconnect(to);
	bench_stop(&bench, SIGTERM);

	g_assert_true(g_file_set_contents(units, "serial,model\nX,xr5\n", -1, NULL));
	g_assert_cmpint(run(arguments, &complaint), ==, 1);
	g_assert_nonnull(strstr(complaint, "units.csv:2: there is no model \"xr5\""));
	g_remove(models);
	g_remove(units);
	g_rmdir(folder);
}

static const char *const good_requests[] = {
	"{'command':'insert','site':1,'serial':'A'}",
	"{'command':'load','site':1,'serial':'B','defects':'dirty-connector'}",
	"{'command':'clean','site':1}",
	"{'command':'truth','unit':1}",
	"{'command':'state','site':1}",
	"{'command':'fault','instrument':'fixture','kind':'silent'}",
	"{'command':'fault','instrument':'fixture','kind':'clear'}",
	"{'command':'unload','site':1}",
	"{'command':'unload','site':1}",
	"{'command':'swap','site':1,'a':1,'b':2}",
	"{'command':'rx-swap','site':1,'a':4,'b':2}",
	"{'command':'age','site':1,'lane':2,'db':0.5}",
	"{'command':'age','site':1,'lane':2,'db':0,'side':'rx'}",
	"{'command':'source','site':1,'lane':2}",
	"{'command':'source','site':1,'lane':3,'dbm':-10.5}",
	"{'command':'source','site':1,'lane':'off'}",
	"{'command':'probe','site':1,'lane':4}",
	"{'command':'probe','site':1,'lane':'off'}",
	"{'command':'thermal-stuck','site':1,'switch':'on'}",
	"{'command':'thermal-stuck','site':1,'switch':'off'}",
	"{'command':'time-scale','scale':50}",
	"{'command':'ports'}",
};
static const char *const bad_requests[] = {
	"blah",
	"[1]",
	"{}",
	"{'command':'dance'}",
	"{'command':'insert','site':2,'serial':'A'}",
	"{'command':'insert','site':1.5,'serial':'A'}",
	"{'command':'insert','site':1}",
	"{'command':'insert','site':1,'serial':7}",
	"{'command':'insert','site':1,'serial':'A','defects':'x'}",
	"{'command':'remove','site':1}",
	"{'command':'truth','unit':'C'}",
	"{'command':'fault','instrument':'fixture','kind':'queue-error'}",
	"{'command':'fault','instrument':'scope3','kind':'silent'}",
	"{'command':'time-scale','scale':0}",
	"{'command':'swap','site':1,'a':1}",
	"{'command':'swap','site':1,'a':0,'b':1}",
	"{'command':'rx-swap','site':1,'a':1.5,'b':1}",
	"{'command':'demux','site':1,'grid':'own'}",
	"{'command':'demux','site':1,'grid':'dwdm'}",
	"{'command':'age','site':1,'lane':2,'db':-1}",
	"{'command':'age','site':1,'lane':2,'db':1,'side':'both'}",
	"{'command':'source','site':1,'lane':5}",
	"{'command':'source','site':1,'lane':'on'}",
	"{'command':'source','site':1,'lane':1,'dbm':30}",
	"{'command':'probe','site':1}",
	"{'command':'thermal-stuck','site':1,'switch':'maybe'}",
};

static void test_control(void)
{
	static const char *const arguments[] = {NULL};
	struct bench_process bench;

	bench_start(&bench, arguments);
	struct bench_socket *to = bench_connect(&bench, "control");
	for (guint i = 0; i < G_N_ELEMENTS(bad_requests); i++)
		expect_control(to, bad_requests[i], "{'ok':false,'error':'");
	for (guint i = 0; i < G_N_ELEMENTS(good_requests); i++)
		expect_control(to, good_requests[i], "{'ok':true");
	expect_control(to, "{'command':'load','site':1,'serial':'B'}", "{'ok':true}");
	expect_control(to, "{'command':'insert','site':1,'serial':'C'}", "{'ok':false,");
	expect_control(to, "{'command':'unload','site':1,'serial':'C'}", "{'ok':false,");
	expect_control(to, "{'command':'truth','unit':1}", "{'ok':true,'serial':'B',");
	expect_control(to, "{'command':'state','site':1}", "{'ok':true,'site':1,'module':'B',");
	expect_control(to, "{'command':'quit'}", "{'ok':true}");
	bench_disconnect(to);
	bench_stop(&bench, 0);
}

static void test_client(void)
{
	static const char *const none[] = {NULL};
	struct bench_process bench;
	g_autofree char *reply = NULL;

	bench_start(&bench, none);
	const char *port = g_hash_table_lookup(bench.ports, "control");
	const char *insert[] = {"ctl", "--port", port, "insert", "1", "U1", "slow-driver:2", NULL};
	const char *truth[] = {"ctl", "--port", port, "truth", "1", NULL};
	const char *source[] = {"ctl", "--port", port, "source", "1", "2", "-3.5", NULL};
	const char *probe[] = {"ctl", "--port", port, "probe", "1", "off", NULL};
	const char *age[] = {"ctl", "--port", port, "age", "1", "2", "0.5", "rx", NULL};
	g_assert_cmpint(run(source, NULL), ==, 0);
	g_assert_cmpint(run(probe, NULL), ==, 0);
	g_assert_cmpint(run(age, NULL), ==, 0);
	g_assert_cmpint(run(insert, NULL), ==, 0);
	g_assert_cmpint(run(insert, NULL), ==, 1);
	g_assert_cmpint(run(truth, &reply), ==, 0);
	g_assert_nonnull(strstr(reply, "\"slow-driver:2\""));
	bench_stop(&bench, SIGTERM);
}

/* A port that is taken is told, not waited for. */
static void test_taken_port(void)
{
	static const char *const none[] = {NULL};
	struct bench_process bench;

	bench_start(&bench, none);
	const char *arguments[] = {"--port-base", g_hash_table_lookup(bench.ports, "control"),
	                           NULL};
	if (bench_port(&bench, "control") < 65000)
		g_assert_cmpint(run(arguments, NULL), ==, 1);
	else
		g_test_skip("the kernel gave a port too near the end");
	bench_stop(&bench, SIGTERM);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/program/options", test_options);
	g_test_add_func("/bench/program/tls", test_tls);
	g_test_add_func("/bench/program/files", test_files);
	g_test_add_func("/bench/program/models", test_models);
	g_test_add_func("/bench/program/control", test_control);
	g_test_add_func("/bench/program/client", test_client);
	g_test_add_func("/bench/program/taken_port", test_taken_port);
	return g_test_run();
}
