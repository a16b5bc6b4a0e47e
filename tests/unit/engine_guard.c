/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/guard_serve.h"

#include "base/error.h"
#include "station/engine/exclusive.h"
#include "station/engine/guard.h"
#include "station/engine/guard_report.h"
#include "tests/unit/fixtures_board.h"
#include "tests/unit/instruments_link_peer.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A site with a fixture and a supply. */
struct stand {
	char *folder;
	struct config config;
	struct config_site site;
	struct config_instrument supply;
	struct peer peer;
	struct board *board;
	gint off;       /* atomic: how often the supply was switched off */
	gint too_early; /* atomic: before the fixture was safe */
	gint life_s;    /* atomic: in which the process would have been ended, at that time */
};

static void serve_supply(int fd, int connection, gpointer data)
{
	struct stand *s = data;
	char line[256];

	while (peer_line(fd, line, sizeof line)) {
		const char *reply = "0\n";

		if (g_str_has_prefix(line, "OUTP 0")) {
			g_atomic_int_inc(&s->off);
			g_atomic_int_add(&s->too_early, !heard(s->board));
			g_atomic_int_set(&s->life_s, (gint)alarm(0));
			alarm((guint)g_atomic_int_get(&s->life_s));
		}
		if (strcmp(line, "*IDN?") == 0)
			reply = "Keysight Technologies,E36312A,MY59000001,1.0.4-1.0.0-1.00\n";
		else if (strstr(line, "SYST:ERR?"))
			reply = "+0,\"No error\"\n";
		if (strchr(line, '?'))
			peer_send(fd, reply, strlen(reply));
	}
}

static void stand_start(struct stand *s)
{
	*s = (struct stand){.folder = g_dir_make_tmp("guard-XXXXXX", NULL), .board = board_new()};
	g_setenv("STATION_LOCKDIR", s->folder, TRUE);
	peer_start(&s->peer, serve_supply, s);
	s->supply.config = (struct instrument_config){
		.name = "supply1",
		.class = INSTRUMENT_SUPPLY,
		.driver = "keysight-supply",
		.resource = s->peer.resource,
	};
	s->site.site = 3;
	s->site.fixture = g_strdup_printf("controller:127.0.0.1:%u", s->board->port);
	s->site.uses[INSTRUMENT_SUPPLY] = (char *)"supply1";
	s->config.station_id = (char *)"line1";
	s->config.sha256 = (char *)"c0ffee";
	s->config.path = (char *)"station.yaml";
	s->config.store_path = g_build_filename(s->folder, "station.db", NULL);
	s->config.instruments = g_ptr_array_new();
	s->config.sites = g_ptr_array_new();
	g_ptr_array_add(s->config.instruments, &s->supply);
	g_ptr_array_add(s->config.sites, &s->site);
}

static void stand_stop(struct stand *s)
{
	GDir *dir = g_dir_open(s->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(s->folder, name, NULL);
		g_unlink(path);
	}
	g_dir_close(dir);
	g_assert_cmpint(g_rmdir(s->folder), ==, 0);
	peer_stop(&s->peer);
	board_free(s->board);
	g_ptr_array_unref(s->config.instruments);
	g_ptr_array_unref(s->config.sites);
	g_free(s->site.fixture);
	g_free(s->config.store_path);
	g_free(s->folder);
	g_unsetenv("STATION_LOCKDIR");
}

/* A guard that is told this, and whose station is gone then. */
static gboolean guard_hears(struct stand *s, const char *const *messages, GError **error)
{
	int fds[2];
	gboolean ok;

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
	for (; *messages; messages++)
		g_assert_cmpint(send(fds[0], *messages, strlen(*messages), 0), >, 0);
	close(fds[0]);
	ok = guard_serve(&s->config, fds[1], error);
	close(fds[1]);
	return ok;
}

static GPtrArray *reports(struct stand *s, gboolean take)
{
	GError *error = NULL;
	GPtrArray *found = guard_report_read(&s->config, take, &error);

	g_assert_no_error(error);
	return found;
}

/* --- what is said ----------------------------------------------------------------------------- */

static void test_told(void)
{
	const struct guard_site site = {12, TRUE, 1u << INSTRUMENT_SUPPLY | 1u << INSTRUMENT_BERT};
	static const char *const wrong[] = {
		"",          "begin",          "begin c0ffee none",  "begin c0ffee 1 2",
		"energised", "energised here", "energised 1 coffee", "ended",
	};
	g_autofree char *begin = guard_told_begin("c0ffee", 4711);
	g_autofree char *energised = guard_told_site(&site);
	struct guard_told told;

	g_assert_cmpint(guard_told_parse(begin, &told), ==, GUARD_TOLD_BEGIN);
	g_assert_cmpstr(told.sha256, ==, "c0ffee");
	g_assert_cmpint(told.process, ==, 4711);
	g_assert_cmpint(guard_told_parse(energised, &told), ==, GUARD_TOLD_SITE);
	g_assert_cmpint(told.site.site, ==, 12);
	g_assert_true(told.site.fixture);
	g_assert_cmpuint(told.site.classes, ==, site.classes);
	g_assert_cmpint(guard_told_parse("end", &told), ==, GUARD_TOLD_CLEAN);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_cmpint(guard_told_parse(wrong[i], &told), ==, GUARD_TOLD_WRONG);
}

static void test_reports(void)
{
	struct stand s;
	GError *error = NULL;

	stand_start(&s);
	g_autoptr(GPtrArray) none = reports(&s, TRUE);
	g_assert_cmpuint(none->len, ==, 0);
	guard_report_add(&s.config, 3, "an instrument\r\nsaid this", &error);
	guard_report_add(&s.config, 14, "nothing", &error);
	g_assert_no_error(error);
	for (guint i = 0; i < 2; i++) {
		g_autoptr(GPtrArray) all = reports(&s, i == 1);
		const struct guard_report *first = g_ptr_array_index(all, 0);

		g_assert_cmpuint(all->len, ==, 2);
		g_assert_cmpint(first->site, ==, 3);
		g_assert_cmpstr(first->words, ==, "an instrument  said this");
	}
	g_autoptr(GPtrArray) told = reports(&s, FALSE);
	g_assert_cmpuint(told->len, ==, 0);
	stand_stop(&s);
}

/* --- what is done ----------------------------------------------------------------------------- */

/* The fixture first, then the supply, and all once more; then it is told. */
static void test_died(void)
{
	static const char *const messages[] = {"begin c0ffee 4711", "energised 3",
	                                       "energised 3 fixture supply", NULL};
	struct stand s;
	GError *error = NULL;

	stand_start(&s);
	g_assert_true(guard_hears(&s, messages, &error));
	g_assert_no_error(error);
	g_assert_cmpint(g_atomic_int_get(&s.off), >=, 2);
	g_assert_cmpint(g_atomic_int_get(&s.too_early), ==, 0);
	/* one that hangs would end, this one did not */
	g_assert_cmpint(g_atomic_int_get(&s.life_s), >, 0);
	g_assert_cmpint(g_atomic_int_get(&s.life_s), <=, GUARD_LIFE_S);
	g_assert_cmpuint(alarm(0), ==, 0);
	g_assert_cmpstr(g_ptr_array_index(s.board->heard, 0), ==, "SAFE");
	g_autoptr(GPtrArray) all = reports(&s, TRUE);
	g_assert_cmpuint(all->len, ==, 1);
	const struct guard_report *report = g_ptr_array_index(all, 0);
	g_assert_cmpint(report->site, ==, 3);
	g_assert_true(g_str_has_prefix(report->words, "made safe "));
	g_assert_true(g_str_has_suffix(report->words, " ms after the station ended (process 4711), "
	                                              "by its guard: fixture, supply1"));
	stand_stop(&s);
}

/* It ended by itself, or nothing was energised any more. */
static void test_nothing(void)
{
	static const char *const clean[] = {"begin c0ffee 4711", "energised 3 fixture supply",
	                                    "end", NULL};
	static const char *const safe[] = {"begin c0ffee 4711", "energised 3 fixture supply",
	                                   "energised 3", NULL};
	const char *const *const cases[] = {clean, safe};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct stand s;
		GError *error = NULL;

		stand_start(&s);
		g_assert_true(guard_hears(&s, cases[i], &error));
		g_assert_no_error(error);
		g_assert_cmpint(g_atomic_int_get(&s.off), ==, 0);
		g_assert_cmpuint(heard(s.board), ==, 0);
		g_autoptr(GPtrArray) all = reports(&s, TRUE);
		g_assert_cmpuint(all->len, ==, 0);
		stand_stop(&s);
	}
}

static void test_refused(void)
{
	static const char *const other[] = {"begin decaf 4711", NULL};
	static const char *const wrong[] = {"begin c0ffee 4711", "coffee", NULL};
	struct stand s;
	g_autoptr(GError) error = NULL;

	stand_start(&s);
	g_assert_false(guard_hears(&s, other, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	g_assert_false(guard_hears(&s, wrong, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	stand_stop(&s);
}

/* One that is out of reach keeps no other from becoming safe, and is told; who starts next has it.
 */
static void test_out_of_reach(void)
{
	static const char *const messages[] = {"begin c0ffee 4711", "energised 3 fixture supply",
	                                       NULL};
	struct stand s;
	struct exclusive *next;
	GError *error = NULL;

	stand_start(&s);
	next = exclusive_new("line1");
	g_assert_true(exclusive_take(next, "supply1", s.supply.config.resource, &error));
	g_assert_true(guard_hears(&s, messages, &error));
	g_assert_no_error(error);
	g_assert_cmpint(g_atomic_int_get(&s.off), ==, 0);
	g_assert_cmpuint(heard(s.board), >=, 1);
	g_autoptr(GPtrArray) all = reports(&s, TRUE);
	const struct guard_report *report = g_ptr_array_index(all, 0);
	g_assert_nonnull(strstr(report->words,
	                        "by its guard: fixture; not supply1: supply1: in use by station "
	                        "\"line1\""));
	exclusive_free(next);
	stand_stop(&s);
}

/* --- the station's side ----------------------------------------------------------------------- */

static gpointer take(gpointer data)
{
	struct exclusive *exclusive = data;

	return GINT_TO_POINTER(
		exclusive_take(exclusive, "opm", "TCPIP::127.0.0.1::5025::SOCKET", NULL));
}

/* What a guard has is waited for. */
static void test_waits(void)
{
	struct stand s;
	g_autofree char *name = g_strdup(g_get_prgname());

	stand_start(&s);
	g_set_prgname(EXCLUSIVE_GUARD);
	struct exclusive *guard = exclusive_new("line1"), *next = exclusive_new("line1");
	g_assert_true(take(guard));
	GThread *thread = g_thread_new("next", take, next);
	g_usleep(30000); /* long enough that it is refused once */
	exclusive_free(guard);
	g_assert_true(g_thread_join(thread));
	g_set_prgname(name);
	exclusive_free(next);
	stand_stop(&s);
}

static void test_none(void)
{
	struct stand s;
	struct event_bus *bus = event_bus_new();
	struct event_queue *events = event_queue_new(bus, 10);
	const struct guard_site site = {3, TRUE, 0};
	struct event event;

	stand_start(&s);
	g_assert_null(guard_start(&s.config, bus));
	guard_tell(NULL, &site);
	guard_end(NULL);
	s.config.guard = "/nonexistent";
	s.config.is_replayed = TRUE;
	g_assert_null(guard_start(&s.config, bus));
	s.config.is_replayed = FALSE;
	struct guard *guard = guard_start(&s.config, bus);
	g_assert_true(event_queue_pop(events, 0, &event));
	g_assert_cmpint(event.kind, ==, EVENT_NOTE);
	g_assert_true(g_str_has_prefix(event.text, "there is no guard (No such file"));
	guard_tell(guard, &site);
	g_assert_cmpint(guard_process(guard), ==, 0);
	guard_end(guard);
	event_queue_free(events);
	event_bus_free(bus);
	stand_stop(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guard/told", test_told);
	g_test_add_func("/guard/reports", test_reports);
	g_test_add_func("/guard/died", test_died);
	g_test_add_func("/guard/nothing", test_nothing);
	g_test_add_func("/guard/refused", test_refused);
	g_test_add_func("/guard/out-of-reach", test_out_of_reach);
	g_test_add_func("/guard/waits", test_waits);
	g_test_add_func("/guard/none", test_none);
	return g_test_run();
}
