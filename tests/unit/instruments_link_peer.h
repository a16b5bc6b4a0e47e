/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_LINK_PEER_H
#define TESTS_UNIT_INSTRUMENTS_LINK_PEER_H

#include <gio/gio.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A TCP server in a thread of the test, for the programs about links and sessions. It serves one
 * connection after the other; `serve` ends when the client has gone or to close on it.
 */
typedef void (*peer_serve_fn)(int fd, int connection, gpointer data);

struct peer {
	GThread *thread;
	int fd;
	guint16 port;
	char *resource; /* TCPIP::127.0.0.1::PORT::SOCKET */
	peer_serve_fn serve;
	gpointer data;
	int connections; /* valid after peer_stop */
};

static gpointer peer_main(gpointer user_data)
{
	struct peer *peer = user_data;
	for (;;) {
		int fd = accept(peer->fd, NULL, NULL);
		if (fd < 0)
			return NULL;
		int on = 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		peer->serve(fd, peer->connections++, peer->data);
		close(fd);
	}
}

static void peer_start(struct peer *peer, peer_serve_fn serve, gpointer data)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof address;
	peer->serve = serve;
	peer->data = data;
	peer->connections = 0;
	peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(peer->fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(peer->fd, 8), ==, 0);
	g_assert_cmpint(getsockname(peer->fd, (struct sockaddr *)&address, &len), ==, 0);
	peer->port = ntohs(address.sin_port);
	peer->resource = g_strdup_printf("TCPIP::127.0.0.1::%u::SOCKET", peer->port);
	peer->thread = g_thread_new("peer", peer_main, peer);
}

/* The links to it must be closed. */
static void peer_stop(struct peer *peer)
{
	shutdown(peer->fd, SHUT_RDWR);
	g_thread_join(peer->thread);
	close(peer->fd);
	g_free(peer->resource);
}

/* One line without its LF; FALSE when the client has gone. */
G_GNUC_UNUSED static gboolean peer_line(int fd, char *line, gsize size)
{
	for (gsize i = 0; i < size; i++) {
		if (recv(fd, &line[i], 1, 0) != 1)
			return FALSE;
		if (line[i] == '\n') {
			line[i] = '\0';
			return TRUE;
		}
	}
	return FALSE;
}

G_GNUC_UNUSED static void peer_send(int fd, const void *data, gsize len)
{
	const char *p = data;
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		p += n;
		len -= (gsize)n;
	}
}

/* Takes what comes until the client goes. */
G_GNUC_UNUSED static void peer_hold(int fd)
{
	char sink[256];
	while (recv(fd, sink, sizeof sink, 0) > 0)
		;
}

#endif
