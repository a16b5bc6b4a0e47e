/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/bytes.h"
#include "base/error.h"
#include "instruments/link/discover_vxi11.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A portmapper on UDP, that answers what the row says. */
struct map {
	GThread *thread;
	int fd;
	guint16 port;
	const char *const *replies; /* hexadecimal past the transaction; null ends them */
	guint32 xid_offset;
	char *asked; /* hexadecimal, past the transaction */
};

static gpointer map_main(gpointer user_data)
{
	struct map *map = user_data;
	struct sockaddr_in from;
	socklen_t from_len = sizeof from;
	guint8 call[200];
	ssize_t n = recvfrom(map->fd, call, sizeof call, 0, (struct sockaddr *)&from, &from_len);
	if (n < 4)
		return NULL;
	map->asked = bytes_to_hex(call + 4, (gsize)n - 4);
	for (gsize i = 0; map->replies[i]; i++) {
		g_autoptr(GByteArray) reply = bytes_from_hex(map->replies[i], NULL);
		g_byte_array_prepend(reply, call, 4);
		reply->data[3] = (guint8)(reply->data[3] + map->xid_offset);
		sendto(map->fd, reply->data, reply->len, 0, (struct sockaddr *)&from, from_len);
	}
	return NULL;
}

static void map_start(struct map *map)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof address;
	map->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(map->fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(getsockname(map->fd, (struct sockaddr *)&address, &len), ==, 0);
	map->port = ntohs(address.sin_port);
	map->thread = g_thread_new("map", map_main, map);
}

#define ACCEPTED "0000000100000000000000000000000000000000"

struct row {
	const char *replies[4];
	guint32 xid_offset;
	gboolean found;
};

/* clang-format off */
static const struct row rows[] = {
	{{ACCEPTED "00000400"},                               0, TRUE },
	{{ACCEPTED "00000400", ACCEPTED "00000400"},          0, TRUE },
	{{"00", ACCEPTED, ACCEPTED "00000400"},               0, TRUE },
	{{ACCEPTED "00000000"},                               0, FALSE},
	{{ACCEPTED "00010000"},                               0, FALSE},
	{{ACCEPTED "000004"},                                 0, FALSE},
	{{ACCEPTED "00000400"},                               1, FALSE},
	{{"0000000100000000000000000000000000000001"},        0, FALSE},
	{{"0000000000000002000186a000000002"},                0, FALSE},
	{{NULL},                                              0, FALSE},
};
/* clang-format on */

/* A row with an answer is given time for it, which a loaded machine may need. */
static gpointer ask(gpointer data)
{
	const struct row *row = data;
	double wait_s = row->found ? 3 : 0.1;
	struct map map = {.replies = row->replies, .xid_offset = row->xid_offset};
	struct bounds bounds = {deadline_in_s(30), NULL};
	GError *error = NULL;
	map_start(&map);
	const struct discover_vxi11 whom = {.port = map.port, .loopback = TRUE, .wait_s = wait_s};
	g_autoptr(GPtrArray) found = discover_vxi11(&whom, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(found->len, ==, row->found ? 1 : 0);
	if (row->found)
		g_assert_cmpstr(found->pdata[0], ==, "127.0.0.1");
	g_thread_join(map.thread);
	g_assert_cmpstr(map.asked, ==,
	                "0000000000000002000186a00000000200000003"
	                "00000000000000000000000000000000"
	                "000607af000000010000000600000000");
	close(map.fd);
	g_free(map.asked);
	return NULL;
}

/* All at a time, for each waits. */
static void test_answers(void)
{
	GThread *threads[G_N_ELEMENTS(rows)];

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		threads[i] = g_thread_new("ask", ask, (gpointer)&rows[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_thread_join(threads[i]);
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	const struct discover_vxi11 whom = {.port = 9, .loopback = TRUE, .wait_s = 20};
	struct bounds bounds = {deadline_in_s(30), cancellable};
	g_cancellable_cancel(cancellable);
	g_assert_null(discover_vxi11(&whom, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/vxi11/discover/answers", test_answers);
	g_test_add_func("/link/vxi11/discover/cancelled", test_cancelled);
	return g_test_run();
}
