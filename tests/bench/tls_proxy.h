/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_TLS_PROXY_H
#define TESTS_BENCH_TLS_PROXY_H

#include <gio/gio.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Stands between a client and a server of 127.0.0.1, sees what the client says and spoils what the
 * server says, at the n-th byte of it all (over all connections together).
 */
enum proxy_fault {
	PROXY_NONE,
	PROXY_HANG,   /* nothing passes any more, either way */
	PROXY_CLOSE,  /* every connection is closed */
	PROXY_BEND,   /* one bit of that byte is another */
	PROXY_BABBLE, /* from there on it is something else */
	PROXY_INSERT, /* a message that nobody sent comes with what is before it */
};

enum { PROXY_PAIRS_MAX = 64 };

struct proxy {
	GThread *thread;
	int listen_fd, stop_fd;
	guint16 port, server_port;
	enum proxy_fault fault;
	gsize at;
	gsize passed;                  /* bytes of the server */
	gboolean hangs;                /* it has come to that */
	GByteArray *said;              /* of the client */
	GCancellable *cancellable;     /* cancelled when it hangs; or null */
	int pairs[PROXY_PAIRS_MAX][2]; /* client, server; -1: closed */
	guint n_pairs;
};

static inline struct sockaddr_in proxy_address(guint16 port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static inline void proxy_put(int fd, const guint8 *data, gsize len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* the next receive tells that it has gone */
		data += n;
		len -= (gsize)n;
	}
}

static inline void proxy_close_pair(struct proxy *proxy, guint i)
{
	for (int side = 0; side < 2; side++) {
		if (proxy->pairs[i][side] >= 0)
			close(proxy->pairs[i][side]);
		proxy->pairs[i][side] = -1;
	}
}

static inline void proxy_accept(struct proxy *proxy)
{
	struct sockaddr_in address = proxy_address(proxy->server_port);
	int on = 1;
	int *pair = proxy->pairs[proxy->n_pairs];
	g_assert_cmpuint(proxy->n_pairs, <, PROXY_PAIRS_MAX);
	pair[0] = accept(proxy->listen_fd, NULL, NULL);
	pair[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(connect(pair[1], (struct sockaddr *)&address, sizeof address), ==, 0);
	for (int side = 0; side < 2; side++)
		setsockopt(pair[side], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	proxy->n_pairs++;
}

/* What the server said, on its way to the client. */
static inline void proxy_spoil(struct proxy *proxy, guint i, guint8 *data, gsize len)
{
	static const guint8 inserted[16] = {'H', 'S', 20, 0x40};
	gsize from = proxy->passed;
	gboolean now = from <= proxy->at && proxy->at < from + len;
	gsize part = now ? proxy->at - from : len;
	int client = proxy->pairs[i][0];
	proxy->passed += len;
	if (proxy->fault == PROXY_BEND && now)
		data[part] ^= 1;
	if (proxy->fault == PROXY_BABBLE && from + len > proxy->at)
		memset(data + (now ? part : 0), 'x', now ? len - part : len);
	if (proxy->fault == PROXY_INSERT && from < proxy->at && proxy->at <= from + len) {
		g_autoptr(GByteArray) all = g_byte_array_new();
		g_byte_array_append(all, data, (guint)(proxy->at - from));
		g_byte_array_append(all, inserted, sizeof inserted);
		g_byte_array_append(all, data + (proxy->at - from),
		                    (guint)(from + len - proxy->at));
		proxy_put(client, all->data, all->len);
		return;
	}
	gboolean ends = now && (proxy->fault == PROXY_HANG || proxy->fault == PROXY_CLOSE);
	proxy_put(client, data, ends ? part : len);
	if (ends && proxy->fault == PROXY_HANG) {
		proxy->hangs = TRUE;
		if (proxy->cancellable)
			g_cancellable_cancel(proxy->cancellable);
	}
	for (guint k = 0; ends && proxy->fault == PROXY_CLOSE && k < proxy->n_pairs; k++)
		proxy_close_pair(proxy, k);
}

static inline void proxy_pass(struct proxy *proxy, guint i, int side)
{
	guint8 data[16384];
	ssize_t n = recv(proxy->pairs[i][side], data, sizeof data, 0);
	if (n <= 0) {
		proxy_close_pair(proxy, i);
		return;
	}
	if (side == 1) {
		proxy_spoil(proxy, i, data, (gsize)n);
		return;
	}
	g_byte_array_append(proxy->said, data, (guint)n);
	proxy_put(proxy->pairs[i][1], data, (gsize)n);
}

static inline gpointer proxy_main(gpointer data)
{
	struct proxy *proxy = data;
	for (;;) {
		struct pollfd fds[2 + 2 * PROXY_PAIRS_MAX] = {
			{proxy->stop_fd, POLLIN, 0},
			{proxy->hangs ? -1 : proxy->listen_fd, POLLIN, 0},
		};
		guint n = proxy->n_pairs;
		for (guint i = 0; i < 2 * n; i++)
			fds[2 + i] = (struct pollfd){proxy->hangs ? -1 : proxy->pairs[i / 2][i % 2],
			                             POLLIN, 0};
		poll(fds, 2 + 2 * n, -1);
		if (fds[0].revents)
			return NULL;
		if (fds[1].revents)
			proxy_accept(proxy);
		for (guint i = 0; i < 2 * n && !proxy->hangs; i++)
			if (fds[2 + i].revents && proxy->pairs[i / 2][i % 2] >= 0)
				proxy_pass(proxy, i / 2, (int)(i % 2));
	}
}

static inline void proxy_start(struct proxy *proxy, guint16 server_port, enum proxy_fault fault,
                               gsize at, GCancellable *cancellable)
{
	struct sockaddr_in address = proxy_address(0);
	socklen_t len = sizeof address;
	*proxy = (struct proxy){
		.server_port = server_port,
		.fault = fault,
		.at = at,
		.said = g_byte_array_new(),
		.cancellable = cancellable,
		.stop_fd = eventfd(0, EFD_CLOEXEC),
		.listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	};
	g_assert_cmpint(bind(proxy->listen_fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(proxy->listen_fd, 8), ==, 0);
	getsockname(proxy->listen_fd, (struct sockaddr *)&address, &len);
	proxy->port = ntohs(address.sin_port);
	proxy->thread = g_thread_new("proxy", proxy_main, proxy);
}

/* Afterwards passed and said can be looked at. */
static inline void proxy_join(struct proxy *proxy)
{
	g_assert_cmpint(eventfd_write(proxy->stop_fd, 1), ==, 0);
	g_thread_join(proxy->thread);
	for (guint i = 0; i < proxy->n_pairs; i++)
		proxy_close_pair(proxy, i);
	close(proxy->listen_fd);
	close(proxy->stop_fd);
}

static inline void proxy_free(struct proxy *proxy)
{
	g_byte_array_unref(proxy->said);
}

#endif
