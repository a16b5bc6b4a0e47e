/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/stream.h"

#include "base/error.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Lines that hang up, which no pseudo-terminal of a test does on demand; pipes stand in for them.
 */

static void assert_gone(int fd, short events)
{
	struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_false(stream_wait(fd, events, &bounds, "wait", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
}

static void test_hang_up(void)
{
	int ends[2];
	g_assert_cmpint(pipe(ends), ==, 0);
	close(ends[1]);
	assert_gone(ends[0], POLLIN);
	close(ends[0]);
	assert_gone(ends[0], POLLIN);
}

/* Bytes that came before the hang-up are still taken. */
static void test_last_bytes(void)
{
	int ends[2];
	struct bounds bounds = {deadline_in_s(60), NULL};
	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(write(ends[1], "x", 1), ==, 1);
	close(ends[1]);
	g_assert_true(stream_wait(ends[0], POLLIN, &bounds, "wait", NULL));
	close(ends[0]);
}

static void test_wait_bounds(void)
{
	int ends[2];
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds brief = {deadline_in_s(0.01), cancellable};
	struct bounds cancelled = {deadline_in_s(60), cancellable};
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_false(stream_wait(ends[0], POLLIN, &brief, "wait", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_cancellable_cancel(cancellable);
	g_assert_false(stream_wait(ends[0], POLLIN, &cancelled, "wait", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	close(ends[0]);
	close(ends[1]);
}

static gssize receive_nothing(struct link *link, guint8 *data, gsize len,
                              const struct bounds *bounds, GError **error)
{
	return 0;
}

/* A descriptor that is "readable" but gives nothing does not make us spin until the deadline. */
static void test_readable_for_ever(void)
{
	static const struct link_frame frame = {.max_len = 10};
	int ends[2];
	struct stream stream;
	struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(write(ends[1], "x", 1), ==, 1);
	stream_init(&stream);
	stream.fd = ends[0];
	g_assert_false(stream_read(&stream, NULL, receive_nothing, &frame, reply, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	stream_done(&stream);
	close(ends[0]);
	close(ends[1]);
}

/* A stream whose first bytes come at the last moment. */
struct last_moment {
	struct link link;
	struct bounds bounds;
};

static gssize receive_at_last(struct link *link, guint8 *data, gsize len,
                              const struct bounds *bounds, GError **error)
{
	struct last_moment *last = (struct last_moment *)link;
	memcpy(data, "Error-1\r\n", 9);
	last->bounds.deadline = deadline_in_s(0);
	return 9;
}

/* What is whole but for an empty line after it is an answer, though no time is left for that. */
static void test_whole_at_the_deadline(void)
{
	static const struct link_frame frame = {.framing = LINK_FRAMING_DONE,
	                                        .read_end = LINK_END_LF,
	                                        .max_len = 100};
	struct last_moment last = {.bounds = {deadline_in_s(60), NULL}};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	struct stream stream;
	stream_init(&stream);
	g_assert_true(stream_read(&stream, &last.link, receive_at_last, &frame, reply, &last.bounds,
	                          &error));
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, "Error-1", 7);
	stream_done(&stream);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/stream/hang-up", test_hang_up);
	g_test_add_func("/link/stream/last-bytes", test_last_bytes);
	g_test_add_func("/link/stream/wait-bounds", test_wait_bounds);
	g_test_add_func("/link/stream/readable-for-ever", test_readable_for_ever);
	g_test_add_func("/link/stream/whole-at-the-deadline", test_whole_at_the_deadline);
	return g_test_run();
}
