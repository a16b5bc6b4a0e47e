/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * How fast messages pass through the link layer here, in one run: each bus in turn with a plain
 * socket that does the same on the same loopback. Figures are medians of the rounds.
 */
#include "instruments/link/link.h"
#include "tests/speed/io_peers.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS      15
#define QUERIES     1500
#define BLOCK_READS 9
#define MEGA        1e6

enum bus { PLAIN, RAW, HISLIP, VXI11, BUSES };

static const char *const names[BUSES] = {"plain socket", "raw TCP", "HiSLIP", "VXI-11"};

struct path {
	int fd;            /* of the plain socket */
	struct link *link; /* of the others; null: it could not be opened */
	GByteArray *reply; /* large enough from the start, so that nobody pays for its pages */
};

static double now_s(void)
{
	return 1e-6 * (double)g_get_monotonic_time();
}

static struct bounds some_time(void)
{
	return (struct bounds){.deadline = deadline_in_s(60)};
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, guint n)
{
	qsort(values, n, sizeof(*values), compare_doubles);
	return values[n / 2];
}

static void ask_plainly(int fd, const char *query, guint8 *to, gsize len)
{
	if (send(fd, query, strlen(query), 0) != (gssize)strlen(query))
		g_error("plain socket: cannot send");
	for (gsize had = 0; had < len;) {
		gssize got = recv(fd, to + had, len - had, 0);
		if (got <= 0)
			g_error("plain socket: cannot receive");
		had += (gsize)got;
	}
}

/* One query; len is that of the answer with its LF. */
static void ask(const struct path *path, const char *query, gsize len)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *message = g_strndup(query, strlen(query) - 1); /* the link adds its LF */
	struct bounds bounds = some_time();

	if (!path->link) {
		ask_plainly(path->fd, query, path->reply->data, len);
		return;
	}
	if (!link_query(path->link, message, path->reply, IO_BLOCK_BYTES + 64, &bounds, &error))
		g_error("%s", error->message);
	if (path->reply->len != len - 1)
		g_error("%u bytes instead of %zu", path->reply->len, len - 1);
}

static double queries_per_s(const struct path *path)
{
	double start = now_s();

	for (guint i = 0; i < QUERIES; i++)
		ask(path, IO_QUERY, strlen(IO_ANSWER));
	return QUERIES / (now_s() - start);
}

static double mb_per_s(const struct path *path, const struct io_block *block)
{
	double start = now_s();

	ask(path, IO_BLOCK_QUERY, block->len);
	double rate = (double)block->len / MEGA / (now_s() - start);
	if (memcmp(path->reply->data, block->bytes, block->len - 1) != 0)
		g_error("the block is not what was sent");
	return rate;
}

static void open_plain(struct path *path, guint16 port)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, &error);

	if (!connection)
		g_error("%s", error->message);
	GSocket *socket = g_socket_connection_get_socket(connection);
	g_socket_set_option(socket, 6, 1, 1, NULL); /* TCP_NODELAY */
	path->fd = dup(g_socket_get_fd(socket));
	int flags = fcntl(path->fd, F_GETFL);
	fcntl(path->fd, F_SETFL, flags & ~O_NONBLOCK);
}

static void open_link(struct path *path, enum bus bus, guint16 port)
{
	g_autofree char *resource =
		bus == RAW      ? g_strdup_printf("TCPIP::127.0.0.1::%u::SOCKET", port)
		: bus == HISLIP ? g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR", port)
				: g_strdup_printf("TCPIP::127.0.0.1::inst0@%u::INSTR", port);
	struct bounds bounds = some_time();
	g_autoptr(GError) error = NULL;

	path->link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);
	if (!path->link)
		printf("%s: %s\n", names[bus], error->message);
}

/* The buses by turns within each round, so that what the machine does meanwhile meets them all. */
static void measure(const struct path path[BUSES], const struct io_block *block,
                    double query[BUSES][ROUNDS], double bulk[BUSES][BLOCK_READS])
{
	for (guint round = 0; round < ROUNDS; round++) {
		for (guint bus = 0; bus < BUSES; bus++) {
			if (bus != PLAIN && !path[bus].link)
				continue;
			query[bus][round] = queries_per_s(&path[bus]);
			if (round < BLOCK_READS)
				bulk[bus][round] = mb_per_s(&path[bus], block);
		}
	}
}

static void print_all(double query[BUSES][ROUNDS], double bulk[BUSES][BLOCK_READS])
{
	double queries[BUSES], blocks[BUSES];

	for (guint bus = 0; bus < BUSES; bus++) {
		queries[bus] = median(query[bus], ROUNDS);
		blocks[bus] = median(bulk[bus], BLOCK_READS);
		printf("%-14s %9.0f queries/s %5.2f %9.0f MB/s %5.2f\n", names[bus], queries[bus],
		       queries[bus] / queries[PLAIN], blocks[bus], blocks[bus] / blocks[PLAIN]);
	}
	printf("\nraw_query=%.2f raw_block=%.2f hislip_query=%.2f hislip_block=%.2f "
	       "vxi11_query=%.2f vxi11_block=%.2f\n",
	       queries[RAW] / queries[PLAIN], blocks[RAW] / blocks[PLAIN],
	       queries[HISLIP] / queries[PLAIN], blocks[HISLIP] / blocks[PLAIN],
	       queries[VXI11] / queries[PLAIN], blocks[VXI11] / blocks[PLAIN]);
}

/*
 * Both ends on one processor: waking another one that sleeps takes longer than a whole exchange,
 * and which pair of threads meets that is chance.
 */
static void stay_on_one_processor(void)
{
	cpu_set_t now, one;

	if (sched_getaffinity(0, sizeof(now), &now) != 0)
		return;
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &now))
			CPU_SET(i, &one);
	if (sched_setaffinity(0, sizeof(one), &one) != 0)
		printf("cannot stay on one processor: figures will scatter\n");
}

int main(void)
{
	static const listener_serve_fn serve[BUSES] = {io_serve_raw, io_serve_raw, io_serve_hislip,
	                                               io_serve_vxi11};
	double query[BUSES][ROUNDS] = {{0}}, bulk[BUSES][BLOCK_READS] = {{0}};
	struct io_block block = io_block_make();
	struct listener *listener[BUSES] = {NULL};
	struct path path[BUSES] = {{0}};

	stay_on_one_processor();
	for (guint bus = 0; bus < BUSES; bus++) {
		listener[bus] = listener_new(names[bus], 0, serve[bus], &block, NULL);
		if (!listener[bus])
			g_error("%s: no port", names[bus]);
		path[bus].reply = g_byte_array_new();
		g_byte_array_set_size(path[bus].reply, (guint)block.len);
		memset(path[bus].reply->data, 1, block.len);
		if (bus == PLAIN)
			open_plain(&path[bus], listener_port(listener[bus]));
		else
			open_link(&path[bus], bus, listener_port(listener[bus]));
	}
	measure(path, &block, query, bulk);
	print_all(query, bulk);
	for (guint bus = 0; bus < BUSES; bus++) {
		if (bus == PLAIN)
			close(path[bus].fd);
		link_close(path[bus].link);
		listener_free(listener[bus]);
		g_byte_array_unref(path[bus].reply);
	}
	g_free(block.bytes);
	return 0;
}
