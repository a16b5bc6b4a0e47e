/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/record.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/recording.h"
#include "base/recording_clock.h"
#include "tests/unit/instruments_link_peer.h"

#include <math.h>

/* A folder of the test's own. */
static char *path_of(const char *name)
{
	g_mkdir_with_parents(g_get_user_runtime_dir(), 0700);
	return g_build_filename(g_get_user_runtime_dir(), name, NULL);
}

static char *resource_of(const char *top, const char *name, const char *bottom)
{
	g_autofree char *path = path_of(name);

	return g_strdup_printf("%s:file=%s:%s", top, path, bottom);
}

enum { BLOCK_LEN = 3000 };

static void serve(int fd, int connection, gpointer data)
{
	guint8 block[BLOCK_LEN];
	char line[64];

	for (gsize i = 0; i < sizeof block; i++)
		block[i] = (guint8)(i * 7);
	while (peer_line(fd, line, sizeof line)) {
		if (g_str_equal(line, "bye"))
			return;
		if (g_str_equal(line, "block?")) {
			peer_send(fd, "#43000", 6);
			peer_send(fd, block, sizeof block);
		} else {
			peer_send(fd, line, strlen(line));
		}
		peer_send(fd, "\n", 1);
	}
}

/* Queries, a failure, recovery; all that is seen of them. */
static char *talk(const char *resource)
{
	static const char *const queries[] = {"a\"\\\t?", "block?", "bye", "after", "#12\n\xff"};
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GString *seen = g_string_new(NULL);
	GError *error = NULL;

	/* the second time as after a lost connection: the recording goes on */
	for (int turn = 0; turn < 2; turn++) {
		struct link *link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);
		g_assert_no_error(error);
		for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
			guint8 status;
			if (link_query(link, queries[i], reply, 10000, &bounds, &error))
				g_string_append_printf(seen, "%u %u\n", reply->len,
				                       bytes_crc16(reply->data, reply->len));
			else
				g_string_append_printf(seen, "%d %s\n", error->code,
				                       error->message);
			g_clear_error(&error);
			g_assert_false(link_status_byte(link, &status, &bounds, &error));
			g_string_append_printf(seen, "%d %s\n", error->code, error->message);
			g_clear_error(&error);
		}
		link_close(link);
	}
	return g_string_free(seen, FALSE);
}

/* What was recorded happens again, with nobody there: answers, blocks, errors and their texts. */
static void test_again(void)
{
	struct peer peer;
	peer_start(&peer, serve, NULL);
	g_autofree char *record = resource_of("record", "again", peer.resource);
	g_autofree char *replay = resource_of("replay", "again", peer.resource);
	g_autofree char *first = talk(record);
	peer_stop(&peer);
	g_assert_nonnull(strstr(first, "connection"));
	g_autofree char *where = NULL;
	g_autofree char *second = talk(replay);
	g_assert_cmpstr(second, ==, first);
	g_assert_true(recording_all_played(&where));
	recording_forget_all();
}

static struct link *open_replay(const char *lines, const char *bottom, GError **error)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autofree char *path = path_of("written");
	g_autofree char *resource = resource_of("replay", "written", bottom);

	recording_forget_all();
	g_assert_true(g_file_set_contents(path, lines, -1, NULL));
	return link_open(resource, &link_settings_scpi, NULL, &bounds, error);
}

#define LINE(event, rest)                                                                          \
	"{\"event\":\"" event "\",\"link\":\"" BOTTOM "\",\"start_us\":5,\"duration_us\":1" rest   \
	"}\n"
#define BOTTOM "TCPIP::127.0.0.1::9::SOCKET"

/* clang-format off */
static const char supply_lines[] = LINE("opened", "")
	LINE("sent", ",\"len\":8,\"text\":\"VOLT 3.2\"")
	LINE("sent", ",\"len\":5,\"text\":\"VOLT?\"")
	LINE("received", ",\"len\":3,\"text\":\"3.2\"");
/* clang-format on */

/* Another message is refused with both, and what comes after it, too. */
static void test_other_message(void)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	struct link *link = open_replay(supply_lines, BOTTOM, &error);

	g_assert_no_error(error);
	g_assert_false(link_write(link, "VOLT 3.3", 8, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	g_assert_nonnull(strstr(error->message, "written line 2: recorded was sent \"VOLT 3.2\", "
	                                        "now comes: sent \"VOLT 3.3\""));
	g_autofree char *first = g_strdup(error->message);
	g_clear_error(&error);
	g_assert_false(link_query(link, "VOLT?", reply, 10, &bounds, &error));
	g_assert_nonnull(strstr(error->message, first));
	link_close(link);
}

/* An answer that nobody asks for in time, and the end of the recording. */
static void test_order_and_end(void)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *where = NULL;
	struct link *link = open_replay(supply_lines, BOTTOM, &error);

	g_assert_true(link_write(link, "VOLT 3.2", 8, &bounds, &error));
	g_assert_false(recording_all_played(&where));
	g_assert_nonnull(strstr(where, "line 2"));
	g_assert_true(link_query(link, "VOLT?", reply, 10, &bounds, &error));
	g_assert_cmpmem(reply->data, reply->len, "3.2", 3);
	g_assert_false(link_write(link, "OUTP 1", 6, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	g_assert_nonnull(strstr(error->message, "the recording ends here"));
	g_assert_nonnull(strstr(error->message, "sent \"OUTP 1\""));
	link_close(link);
	g_clear_error(&error);
	link = open_replay(supply_lines, BOTTOM, &error);
	g_assert_false(link_read(link, reply, 10, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	link_close(link);
}

struct refused_row {
	const char *lines;
	enum station_error code;
};

/* clang-format off */
static const struct refused_row refused_rows[] = {
	{"", STATION_ERROR_PROTOCOL},
	{"nonsense\n", STATION_ERROR_STORAGE},
	{"{\"event\":\"opened\"}\n", STATION_ERROR_STORAGE},
	{LINE("opened", ",\"len\":2,\"text\":\"a\""), STATION_ERROR_STORAGE},
	{LINE("opened", ",\"len\":1,\"hex\":\"0g\""), STATION_ERROR_STORAGE},
	{LINE("opened", ",\"len\":1,\"base64\":\"AA=\""), STATION_ERROR_STORAGE},
	{LINE("opened", ",\"error\":\"odd\",\"message\":\"\""), STATION_ERROR_STORAGE},
	{LINE("opened", ",\"error\":\"io\""), STATION_ERROR_STORAGE},
	{LINE("opened", ",\"more\":1"), STATION_ERROR_STORAGE},
	{LINE("sent", ",\"len\":1,\"text\":\"a\""), STATION_ERROR_PROTOCOL},
	{LINE("opened", ",\"error\":\"timeout\",\"message\":\"so\""), STATION_ERROR_TIMEOUT},
};
/* clang-format on */

static void test_refused(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused_rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(open_replay(refused_rows[i].lines, BOTTOM, &error));
		g_assert_error(error, STATION_ERROR, (int)refused_rows[i].code);
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(open_replay(supply_lines, "TCPIP::127.0.0.1::8::SOCKET", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_assert_null(link_open("replay:file=/nowhere/at/all:" BOTTOM, &link_settings_scpi, NULL,
	                        &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	recording_forget_all();
}

/* A loop that polls until a time has passed, and what it asks and is told. */
static char *poll_until(const char *resource)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GString *seen = g_string_new(NULL);
	GError *error = NULL;
	struct link *link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);

	g_assert_no_error(error);
	g_string_append_printf(seen, "%" G_GINT64_FORMAT "\n", clock_unix_us());
	for (double end_s = clock_now_s() + 0.02; clock_now_s() < end_s;) {
		g_string_append_printf(seen, "%.9f\n", clock_now_s());
		g_assert_true(link_query(link, "on?", reply, 10, &bounds, &error));
		g_assert_true(clock_sleep_s(0.003, &bounds, &error));
	}
	g_string_append_printf(seen, "%.9f\n", clock_now_s());
	link_close(link);
	return g_string_free(seen, FALSE);
}

/* Time is what it was, and none of it passes. */
static void test_clock(void)
{
	struct peer peer;
	peer_start(&peer, serve, NULL);
	g_autofree char *record = resource_of("record", "polled", peer.resource);
	g_autofree char *replay = resource_of("replay", "polled", peer.resource);
	g_autofree char *clock = path_of("clock");
	GError *error = NULL;

	g_assert_true(recording_clock_write(clock, &error));
	g_autofree char *first = poll_until(record);
	g_assert_true(recording_clock_end(&error));
	peer_stop(&peer);
	g_assert_true(recording_clock_replay(clock, &error));
	g_autofree char *second = poll_until(replay);
	g_assert_cmpstr(second, ==, first);
	/* beyond the recording: still no waiting, and no deadline ends */
	struct bounds bounds = {deadline_in_s(1), NULL};
	double start_s = clock_now_s();
	g_assert_true(clock_sleep_s(1000, &bounds, &error));
	g_assert_cmpfloat(fabs(clock_now_s() - start_s - 1000), <, 1e-3);
	g_assert_true(bounds_check(&bounds, "late", &error));
	g_assert_true(recording_clock_end(&error));
	g_assert_no_error(error);
	recording_forget_all();
}

static const char late_lines[] = LINE("opened", "")
	LINE("sent", ",\"len\":1,\"text\":\"a\"") "{\"event\":\"received\",\"link\":\"" BOTTOM
						  "\",\"start_us\":7,\"duration_us\":3000000,"
						  "\"len\":0,\"text\":\"\",\"error\":\"timeout\","
						  "\"message\":\"no answer\"}\n";

/* Behind a timeout the deadline that ended is over, the one around it is not. */
static void test_timeout(void)
{
	g_autofree char *clock = path_of("late-clock");
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(clock,
	                                  "{\"event\":\"now\",\"link\":\"x\",\"start_us\":5,"
	                                  "\"duration_us\":0,\"ops\":0}\n",
	                                  -1, NULL));
	g_assert_true(recording_clock_replay(clock, NULL));
	struct bounds outer = {deadline_in_s(10), NULL};
	struct bounds inner = bounds_within(&outer, 3);
	struct link *link = open_replay(late_lines, BOTTOM, &error);
	g_assert_no_error(error);
	g_assert_false(link_query(link, "a", reply, 10, &inner, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmpstr(error->message, ==, "no answer");
	g_assert_true(deadline_passed(inner.deadline));
	g_assert_cmpfloat(deadline_left_s(inner.deadline), ==, 0);
	g_assert_false(deadline_passed(outer.deadline));
	link_close(link);
	recording_clock_end(NULL);
	recording_forget_all();
}

/* A recording that cannot be written stops the work. */
static void test_full_disk(void)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	struct peer peer;

	if (access("/dev/full", W_OK) != 0) {
		g_test_skip("/dev/full is not here");
		return;
	}
	peer_start(&peer, serve, NULL);
	g_autofree char *resource = g_strconcat("record:file=/dev/full:", peer.resource, NULL);
	g_assert_null(link_open(resource, &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	peer_stop(&peer);
	recording_forget_all();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/record/again", test_again);
	g_test_add_func("/link/record/other-message", test_other_message);
	g_test_add_func("/link/record/order-and-end", test_order_and_end);
	g_test_add_func("/link/record/refused", test_refused);
	g_test_add_func("/link/record/clock", test_clock);
	g_test_add_func("/link/record/timeout", test_timeout);
	g_test_add_func("/link/record/full-disk", test_full_disk);
	return g_test_run();
}
