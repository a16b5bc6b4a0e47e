/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "station/factory/sender.h"
#include "station/factory/sinks.h"
#include "station/store/sqlite_store.h"
#include "station/store/touch.h"
#include "tests/bench/line_bed.h"
#include "tests/unit/many_runs.h"
#include "tests/unit/store_place.h"

#include <sys/wait.h>

static struct sink *sink_of(const struct line *line, GPtrArray **sinks)
{
	static const struct sink_place place = {"station.yaml", "S1", NULL};
	g_autofree char *text =
		g_strdup_printf("- {name: line, kind: postgresql, connect: \"%s\"}", line->writer);
	GError *error = NULL;
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "station.yaml", &error);

	g_assert_no_error(error);
	*sinks = sinks_load(yaml_root(doc), &place, &error);
	g_assert_no_error(error);
	return g_ptr_array_index(*sinks, 0);
}

/* --- as a sink ----------------------------------------------------------------------------------
 */

struct outage {
	struct line line;
	struct store_place place;
	struct many_runs many;
	GPtrArray *sinks;
	struct sink *sink;
};

static void outage_init(struct outage *outage, struct postgres_bed *server, const char *name)
{
	static const char *const names[] = {"line", NULL};

	*outage = (struct outage){.many = {g_rand_new_with_seed(1), 2, 1, 0}};
	line_init(&outage->line, server, name);
	store_place_init(&outage->place);
	store_set_sinks(outage->place.store, names);
	outage->sink = sink_of(&outage->line, &outage->sinks);
}

static void outage_done(struct outage *outage)
{
	g_rand_free(outage->many.random);
	g_ptr_array_unref(outage->sinks);
	store_place_done(&outage->place);
	line_done(&outage->line);
}

static void put_runs(struct outage *outage, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autofree char *serial = g_strdup_printf("SN%u", outage->many.n);
		g_autoptr(run_record) run = many_runs_next(&outage->many, serial);

		store_place_put(&outage->place, run);
	}
}

static enum sender_step step(struct outage *outage, gint64 *now_us)
{
	struct bounds bounds = bounds_s(60);
	struct sender_result result;
	GError *error = NULL;

	sender_step(outage->place.store, outage->sink, *now_us, &bounds, &result, &error);
	g_assert_no_error(error);
	if (result.step == SENDER_PUT_OFF)
		*now_us = result.next_us;
	g_free(result.words);
	return result.step;
}

/* Of the last run in the station's chain. */
static char *own_hash(struct store_place *place)
{
	GError *error = NULL;
	sqlite3_stmt *ask = sqlite_prepare(place->store,
	                                   "SELECT lower(hex(hash)) FROM chain WHERE kind = 'run' "
	                                   "ORDER BY number DESC LIMIT 1",
	                                   &error);
	char *hash;

	g_assert_no_error(error);
	g_assert_cmpint(sqlite3_step(ask), ==, SQLITE_ROW);
	hash = g_strdup((const char *)sqlite3_column_text(ask, 0));
	sqlite3_finalize(ask);
	return hash;
}

/* The server goes, runs are made, it comes back: each is there once, in order, touches too. */
static void test_outage(gconstpointer data)
{
	static const struct store_touch touch = {"SN0", "S1", 77, "ann", "attenuator set"};
	struct postgres_bed *server = (struct postgres_bed *)data;
	struct outage outage;
	gint64 now_us = clock_unix_us();

	outage_init(&outage, server, "outage");
	put_runs(&outage, 2);
	g_assert_cmpint(step(&outage, &now_us), ==, SENDER_TAKEN);
	g_clear_pointer(&outage.line.owner, postgres_close);
	postgres_bed_stop(server);
	/* the connection that was there is lost, a new one is not to be had */
	for (guint i = 0; i < 5; i++)
		g_assert_cmpint(step(&outage, &now_us), ==, SENDER_PUT_OFF);
	put_runs(&outage, 3);
	g_assert_true(store_touch(outage.place.store, &touch, NULL));
	postgres_bed_start(server);
	for (guint i = 0; i < 5; i++)
		g_assert_cmpint(step(&outage, &now_us), ==, SENDER_TAKEN);
	g_assert_cmpint(step(&outage, &now_us), ==, SENDER_NOTHING);
	outage.line.owner = connect_to(outage.line.owner_target);
	assert_answer(outage.line.owner,
	              "SELECT string_agg(serial, ' ' ORDER BY r.run_id) FROM station.runs AS r",
	              "SN0 SN1 SN2 SN3 SN4");
	assert_answer(outage.line.owner, "SELECT count(*) FROM station.measurements", "40");
	/* the chain of the station, as an outside witness has it */
	g_autofree char *hash = answer(outage.line.owner,
	                               "SELECT encode(chain_hash, 'hex') FROM station.runs WHERE "
	                               "serial = 'SN4'");
	g_autofree char *own = own_hash(&outage.place);
	g_assert_cmpstr(hash, ==, own);
	assert_answer(outage.line.owner, "SELECT serial || who || what FROM station.touches",
	              "SN0annattenuator set");
	outage_done(&outage);
}

/* It had committed when the station died before it had noted that: told again, there once. */
static void test_lost_acknowledgement(gconstpointer data)
{
	struct outage outage;
	gint64 now_us = clock_unix_us();

	outage_init(&outage, (struct postgres_bed *)data, "acknowledgement");
	put_runs(&outage, 1);
	g_assert_cmpint(step(&outage, &now_us), ==, SENDER_TAKEN);
	sqlite3_exec(outage.place.store->db, "UPDATE outbox SET state = 'waiting'", NULL, NULL,
	             NULL);
	g_assert_cmpint(step(&outage, &now_us), ==, SENDER_TAKEN);
	assert_answer(outage.line.owner, "SELECT count(*) FROM station.runs", "1");
	assert_answer(outage.line.owner, "SELECT count(*) FROM station.steps", "3");
	/* another content under the same id is told and kept, and does not stop the rest */
	sqlite3_exec(outage.place.store->db,
	             "UPDATE outbox SET state = 'waiting'; UPDATE runs SET document = "
	             "replace(document, 'SN0', 'SN9')",
	             NULL, NULL, NULL);
	put_runs(&outage, 1);
	g_assert_cmpint(step(&outage, &now_us), ==, SENDER_REFUSED);
	g_assert_cmpint(step(&outage, &now_us), ==, SENDER_TAKEN);
	g_autoptr(GPtrArray) states = outbox_states(outage.place.store, NULL);
	const struct outbox_state *state = g_ptr_array_index(states, 0);
	g_assert_cmpuint(state->refused, ==, 1);
	g_assert_nonnull(strstr(state->words, "with other content"));
	outage_done(&outage);
}

/* --- the programs -------------------------------------------------------------------------------
 */

/* A configuration with the store and the line, to be written as a station and read as a reader. */
static char *write_config(const struct outage *outage)
{
	char *path = g_build_filename(outage->place.folder, "station.yaml", NULL);
	g_autofree char *text =
		g_strdup_printf("station: S1\ninstruments: []\nsites: []\nproducts: []\nstore: "
	                        "station.db\n"
	                        "sinks:\n  - {name: line, kind: postgresql, connect: \"%s\"}\n"
	                        "  - {name: reader, kind: postgresql, connect: \"%s\"}\n",
	                        outage->line.writer, outage->line.reader);
	GError *error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	return path;
}

/* What the program says on standard output. */
static char *call(const char *config, const char *words, int code)
{
	g_autofree char *all = g_strdup_printf("station --config %s %s", config, words);
	g_auto(GStrv) argv = NULL;
	g_autofree char *err = NULL;
	char *out = NULL;
	GError *error = NULL;
	int status;

	g_assert_true(g_shell_parse_argv(all, NULL, &argv, &error));
	g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
	             &error);
	g_assert_no_error(error);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != code || strstr(err, "CRITICAL"))
		g_error("%s: status %x: %s%s", all, (guint)status, out, err);
	return out;
}

static void assert_says(const char *config, const char *words, int code, const char *part)
{
	g_autofree char *out = call(config, words, code);

	if (!strstr(out, part))
		g_error("%s: \"%s\" does not say \"%s\"", words, out, part);
}

static void test_sync(gconstpointer data)
{
	struct postgres_bed *server = (struct postgres_bed *)data;
	struct outage outage;

	outage_init(&outage, server, "sync");
	g_autofree char *config = write_config(&outage);
	put_runs(&outage, 3);
	g_clear_pointer(&outage.line.owner, postgres_close);
	postgres_bed_stop(server);
	assert_says(config, "db sync line --json", 75, "\"waiting\" : 3");
	assert_says(config, "db sync line", 75, "line: 0 sent, 3 wait, 0 refused: database sync");
	postgres_bed_start(server);
	assert_says(config, "db sync line", 0, "line: 3 sent, 0 wait, 0 refused");
	assert_says(config, "db sync line --all", 0, "line: 0 sent");
	g_free(call(config, "db sync nobody", 3));
	outage.line.owner = connect_to(outage.line.owner_target);
	assert_answer(outage.line.owner, "SELECT count(*) FROM station.runs", "3");
	outage_done(&outage);
}

/* Analyses and reports say the same of the line's store as of the station's own. */
static void test_reading(gconstpointer data)
{
	static const char *const questions[] = {
		"analyze overview --json",
		"analyze capability --lot LOT-000 --json",
		"analyze yield --by site --json",
		"analyze pareto --json --tries all",
		"analyze trend --measurement tx_oma --lane=1 --site 2 --json",
		"report LOT-000 --format csv",
		"report SN7 --format json",
	};
	static const struct store_touch touch = {"SN7", "S1", G_MAXINT32 * 1000000LL, "ann", "set"};
	struct outage outage;

	outage_init(&outage, (struct postgres_bed *)data, "reading");
	g_autofree char *config = write_config(&outage);
	put_runs(&outage, 120);
	g_assert_true(store_touch(outage.place.store, &touch, NULL));
	g_free(call(config, "db sync line", 0));
	for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
		g_autofree char *words = g_strconcat(questions[i], " --store reader", NULL);
		g_autofree char *own = call(config, questions[i], 0);
		g_autofree char *line = call(config, words, 0);

		g_assert_cmpuint(strlen(own), >, 100);
		g_assert_cmpstr(line, ==, own);
	}
	/* who may only write may not read */
	g_free(call(config, "analyze --store line", 7));
	g_free(call(config, "report nobody --store reader", 7));
	outage_done(&outage);
}

/* --- without a server ---------------------------------------------------------------------------
 */

static void test_targets(void)
{
	GError *error = NULL;

	g_assert_true(postgres_check_target("service=line", &error));
	g_assert_true(postgres_check_target("postgresql://s1@db/line?sslmode=require", &error));
	expect(postgres_check_target("host=db password=x", &error), &error, STATION_ERROR_CONFIG,
	       "~/.pgpass");
	expect(postgres_check_target("postgresql://s1:x@db/line", &error), &error,
	       STATION_ERROR_CONFIG, "~/.pgpass");
	expect(postgres_check_target("hots=db", &error), &error, STATION_ERROR_CONFIG, "hots");
}

static void test_config(void)
{
	static const struct {
		const char *text, *part;
	} wrong[] = {
		{"- {name: line, kind: postgresql}", "connect"},
		{"- {name: line, kind: postgresql, connect: \"host=db password=x\"}",
	         "station.yaml:1: connect: a password does not belong here"},
		{"- {name: line, kind: postgres, connect: service=line}",
	         "did you mean \"postgresql\"?"},
		{"- {name: line, kind: postgresql, connect: service=line, conect: 1}", "conect"},
		{"- {name: a b, kind: postgresql, connect: service=line}", "has to be a word"},
		{"- {name: a, kind: postgresql, connect: service=line}\n"
	         "- {name: a, kind: postgresql, connect: service=line}",
	         "station.yaml:2: sink \"a\" is there twice"},
		{"- line", "a sink is {name"},
	};
	static const struct sink_place place = {"station.yaml", "S1", NULL};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		GError *error = NULL;
		g_autoptr(yaml_doc) doc = yaml_load_text(wrong[i].text, -1, "station.yaml", &error);

		g_assert_no_error(error);
		g_assert_null(sinks_load(yaml_root(doc), &place, &error));
		expect(FALSE, &error, STATION_ERROR_CONFIG, wrong[i].part);
	}
}

/* Nothing is told to a server on another host that has not proven who it is. */
static gpointer accept_one(gpointer data)
{
	g_autoptr(GSocketConnection) peer = g_socket_listener_accept(data, NULL, NULL, NULL);
	char bytes[64] = {0};
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(peer));
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(peer));

	/* a request for TLS (length 8, 80877103), which this server does not have */
	if (g_input_stream_read_all(in, bytes, 8, NULL, NULL, NULL))
		g_output_stream_write_all(out, "N", 1, NULL, NULL, NULL);
	gssize more = g_input_stream_read(in, bytes + 8, sizeof(bytes) - 8, NULL, NULL);
	return GINT_TO_POINTER(more > 0);
}

static void test_proof(void)
{
	g_autoptr(GSocketListener) listener = g_socket_listener_new();
	guint16 port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
	g_autofree char *target =
		g_strdup_printf("host=line.example hostaddr=127.0.0.1 port=%u user=s1 dbname=line",
	                        port);
	struct bounds bounds = bounds_s(30);
	GError *error = NULL;
	GThread *threads[2];

	/* the first connection is looked at and closed without a word */
	for (guint i = 0; i < 2; i++)
		threads[i] = g_thread_new("server", accept_one, listener);
	expect(postgres_open(target, &bounds, &error) != NULL, &error, STATION_ERROR_IO, "SSL");
	for (guint i = 0; i < 2; i++)
		g_assert_false(GPOINTER_TO_INT(g_thread_join(threads[i])));
}

int main(int argc, char **argv)
{
	static const struct line_test tests[] = {
		{"/line/sink/outage", test_outage},
		{"/line/sink/lost-acknowledgement", test_lost_acknowledgement},
		{"/line/sink/sync", test_sync},
		{"/line/sink/reading", test_reading},
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/line/sink/targets", test_targets);
	g_test_add_func("/line/sink/config", test_config);
	g_test_add_func("/line/sink/proof", test_proof);
	return line_run(tests, G_N_ELEMENTS(tests));
}
