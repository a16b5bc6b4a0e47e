/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_LINK_HISLIP_PEER_H
#define TESTS_UNIT_INSTRUMENTS_LINK_HISLIP_PEER_H

#include <glib.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A HiSLIP server in a thread of the test, typed from IVI-6.1 a second time. It does what a script
 * says, a step after the other, joined by '|':
 *
 *   +                      lets in the second channel
 *   S<7  A<21              takes a message of that type (decimal) from the channel
 *   S>7 0 id TEXT          sends type, control (hex), parameter (hex; id: of the last message, old:
 *                          of the one before, own: a counter of the peer's), payload with \n
 *   A#16 0 0 HEX           the same with a payload in hexadecimal
 *   S!HEX                  these bytes
 *   C                      closes both channels
 *   X                      cancels `cancellable`, which is how a call ends when its turn has come
 *   E                      answers whatever comes: messages with themselves, status with 0x40
 *
 * and then waits for the client to go. Every session begins with the client's Initialize.
 */
enum peer_fault {
	PEER_FAULT_NONE,
	PEER_FAULT_HANG,
	PEER_FAULT_CLOSE,
	PEER_FAULT_FATAL,
	PEER_FAULT_CUT,  /* `at` counts bytes */
	PEER_FAULT_DRIP, /* byte by byte */
};

struct hislip_peer {
	GThread *thread;
	int listen_fd;
	char *resource;
	const char *const *scripts; /* of one session after the other; the last serves all later */
	enum peer_fault fault;      /* of the first session */
	gsize at;                   /* the fault comes instead of this message sent, from 0 */
	gsize sent, sent_bytes;     /* in the first session */
	gboolean failed;            /* a script met what it does not expect */
	int sessions;
	GCancellable *cancellable; /* for the calls of the test */
	int fds[2];                /* synchronous, asynchronous; -1 */
	guint32 id, own_id;
	guint8 control;   /* of the last message taken */
	GString *payload; /* of it */
	GString *log;     /* of all Data and DataEND: "6:0:abcd,7:1:e\n," */
};

static void pack32(guint8 *p, guint32 v)
{
	p[0] = (guint8)(v >> 24), p[1] = (guint8)(v >> 16), p[2] = (guint8)(v >> 8),
	p[3] = (guint8)v;
}

static guint32 unpack32(const guint8 *p)
{
	return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

/* FALSE: the client has gone. */
static gboolean peer_take(int fd, void *data, gsize len)
{
	return len == 0 || recv(fd, data, len, MSG_WAITALL) == (ssize_t)len;
}

static void peer_put(int fd, const void *data, gsize len)
{
	if (send(fd, data, len, MSG_NOSIGNAL) < 0)
		return; /* the client may have gone, which the next recv tells */
}

static gboolean peer_drain(struct hislip_peer *peer)
{
	char sink[4096];
	while (recv(peer->fds[0], sink, sizeof sink, 0) > 0)
		;
	return FALSE;
}

static GString *peer_message(guint8 type, guint8 control, guint32 parameter, const void *payload,
                             gsize len)
{
	guint8 header[16] = {'H', 'S', type, control};
	pack32(header + 4, parameter);
	pack32(header + 12, (guint32)len);
	GString *bytes = g_string_new_len((const char *)header, sizeof header);
	return g_string_append_len(bytes, payload, (gssize)len);
}

static gboolean peer_fail(struct hislip_peer *peer, const char *step)
{
	g_test_message("peer: at %s", step);
	peer->failed = TRUE;
	return FALSE;
}

/* FALSE: the session is over. */
static gboolean peer_send_bytes(struct hislip_peer *peer, int channel, const char *data, gsize len)
{
	int fd = peer->fds[channel];
	enum peer_fault fault = peer->sessions == 1 ? peer->fault : PEER_FAULT_NONE;
	gboolean now = fault != PEER_FAULT_NONE && peer->sent == peer->at;
	peer->sent++;
	if (fault == PEER_FAULT_CUT) {
		gsize part = MIN(len, peer->at - peer->sent_bytes);
		peer_put(fd, data, part);
		peer->sent_bytes += part;
		return part == len;
	}
	if (fault == PEER_FAULT_DRIP) {
		for (gsize i = 0; i < len; i++)
			peer_put(fd, data + i, 1);
		return TRUE;
	}
	if (now && fault == PEER_FAULT_FATAL) {
		GString *fatal = peer_message(2, 4, 0, "go away", 7);
		for (int i = 0; i < 2 && peer->fds[i] >= 0; i++) {
			peer_put(peer->fds[i], fatal->str, fatal->len);
			shutdown(peer->fds[i], SHUT_WR);
		}
		g_string_free(fatal, TRUE);
	}
	if (now && fault != PEER_FAULT_CLOSE)
		return peer_drain(peer);
	if (now)
		return FALSE;
	peer_put(fd, data, len);
	return TRUE;
}

static gboolean peer_send(struct hislip_peer *peer, int channel, guint8 type, guint8 control,
                          guint32 parameter, const void *payload, gsize len)
{
	GString *bytes = peer_message(type, control, parameter, payload, len);
	gboolean ok = peer_send_bytes(peer, channel, bytes->str, bytes->len);
	g_string_free(bytes, TRUE);
	return ok;
}

/* The type, or -1 when the client has gone. */
static int peer_receive(struct hislip_peer *peer, int channel)
{
	guint8 header[16];
	if (!peer_take(peer->fds[channel], header, sizeof header))
		return -1;
	g_assert_true(header[0] == 'H' && header[1] == 'S');
	g_string_set_size(peer->payload, unpack32(header + 12));
	if (!peer_take(peer->fds[channel], peer->payload->str, peer->payload->len))
		return -1;
	peer->control = header[3];
	if (header[2] == 6 || header[2] == 7) {
		peer->id = unpack32(header + 4);
		g_string_append_printf(peer->log, "%u:%u:%s,", header[2], header[3],
		                       peer->payload->str);
	}
	return header[2];
}

/* One message of either channel, answered as a healthy instrument does. */
static gboolean peer_echo(struct hislip_peer *peer)
{
	struct pollfd fds[2] = {{peer->fds[0], POLLIN, 0}, {peer->fds[1], POLLIN, 0}};
	poll(fds, 2, -1);
	int channel = fds[1].revents ? 1 : 0;
	switch (peer_receive(peer, channel)) {
	case 7:
		return peer_send(peer, 0, 7, 0, peer->id, peer->payload->str, peer->payload->len);
	case 4:
		return peer_send(peer, 1, 5, 1, 0, "", 0);
	case 21:
		return peer_send(peer, 1, 22, 0x40, 0, "", 0);
	case 19:
		return peer_send(peer, 1, 23, 0, 0, "", 0);
	case 8:
		return peer_send(peer, 0, 9, 0, 0, "", 0);
	case 6:
		return TRUE;
	default:
		return FALSE;
	}
}

/* The second connection, unless the client goes first. */
static gboolean peer_accept_second(struct hislip_peer *peer)
{
	struct pollfd fds[2] = {{peer->listen_fd, POLLIN, 0}, {peer->fds[0], POLLIN, 0}};
	poll(fds, 2, -1);
	if (fds[1].revents)
		return FALSE;
	int on = 1;
	peer->fds[1] = accept(peer->listen_fd, NULL, NULL);
	setsockopt(peer->fds[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return peer->fds[1] >= 0;
}

static gboolean peer_send_step(struct hislip_peer *peer, int channel, const char *step)
{
	g_auto(GStrv) words = g_strsplit(step, " ", 4);
	guint n = g_strv_length(words);
	g_assert_cmpuint(n, >=, 3);
	guint32 parameter = (guint32)g_ascii_strtoull(words[2], NULL, 16);
	if (strcmp(words[2], "id") == 0)
		parameter = peer->id;
	else if (strcmp(words[2], "old") == 0)
		parameter = peer->id - 2;
	else if (strcmp(words[2], "own") == 0)
		parameter = peer->own_id += 2;
	g_autoptr(GString) payload = g_string_new(NULL);
	if (n > 3 && step[0] == '>') {
		g_autofree char *text = g_strcompress(words[3]);
		g_string_append(payload, text);
	}
	for (const char *c = n > 3 && step[0] == '#' ? words[3] : ""; *c; c += 2)
		g_string_append_c(payload, (char)(g_ascii_xdigit_value(c[0]) << 4 |
		                                  g_ascii_xdigit_value(c[1])));
	return peer_send(peer, channel, (guint8)g_ascii_strtoull(words[0] + 1, NULL, 10),
	                 (guint8)g_ascii_strtoull(words[1], NULL, 16), parameter, payload->str,
	                 payload->len);
}

/* FALSE: the session is over. */
static gboolean peer_step(struct hislip_peer *peer, const char *step)
{
	int channel = step[0] == 'A';
	if (step[0] == '\0')
		return TRUE; /* behind the last '|' */
	if (step[0] == '+')
		return peer_accept_second(peer);
	if (step[0] == 'C')
		return FALSE;
	if (step[0] == 'X') {
		g_cancellable_cancel(peer->cancellable);
		return TRUE;
	}
	if (step[0] == 'E') {
		while (peer_echo(peer))
			;
		return FALSE;
	}
	if (step[1] == '>' || step[1] == '#')
		return peer_send_step(peer, channel, step + 1);
	if (step[1] == '!') {
		g_autoptr(GString) bytes = g_string_new(NULL);
		for (const char *c = step + 2; *c; c += 2)
			g_string_append_c(bytes, (char)(g_ascii_xdigit_value(c[0]) << 4 |
			                                g_ascii_xdigit_value(c[1])));
		return peer_send_bytes(peer, channel, bytes->str, bytes->len);
	}
	int type = peer_receive(peer, channel);
	return type >= 0 &&
	       (type == (int)g_ascii_strtoull(step + 2, NULL, 10) || peer_fail(peer, step));
}

static void peer_session(struct hislip_peer *peer)
{
	/* What a client left behind when it gave up is no session. */
	if (peer_receive(peer, 0) != 0)
		return;
	const char *const *script = peer->scripts;
	for (int i = 0; i < peer->sessions && script[1]; i++)
		script++;
	peer->sessions++;
	g_auto(GStrv) steps = g_strsplit(*script, "|", -1);
	for (char **step = steps; *step; step++)
		if (!peer_step(peer, *step))
			return;
	peer_drain(peer);
}

static gpointer peer_main(gpointer user_data)
{
	struct hislip_peer *peer = user_data;
	for (;;) {
		int on = 1;
		peer->fds[0] = accept(peer->listen_fd, NULL, NULL);
		peer->fds[1] = -1;
		if (peer->fds[0] < 0)
			return NULL;
		setsockopt(peer->fds[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		peer_session(peer);
		close(peer->fds[0]);
		if (peer->fds[1] >= 0)
			close(peer->fds[1]);
	}
}

/* scripts end with null; with a fault, it comes in the first session. */
static void peer_start(struct hislip_peer *peer, const char *const *scripts, enum peer_fault fault,
                       gsize at)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof address;
	*peer = (struct hislip_peer){
		.scripts = scripts,
		.fault = fault,
		.at = at,
		.payload = g_string_new(NULL),
		.log = g_string_new(NULL),
		.cancellable = g_cancellable_new(),
	};
	peer->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(peer->listen_fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(peer->listen_fd, 8), ==, 0);
	g_assert_cmpint(getsockname(peer->listen_fd, (struct sockaddr *)&address, &len), ==, 0);
	peer->resource =
		g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR", ntohs(address.sin_port));
	peer->thread = g_thread_new("peer", peer_main, peer);
}

/* The links to it must be closed; what it counted can be looked at afterwards. */
static void peer_join(struct hislip_peer *peer)
{
	shutdown(peer->listen_fd, SHUT_RDWR);
	g_thread_join(peer->thread);
	close(peer->listen_fd);
}

static void peer_free(struct hislip_peer *peer)
{
	g_free(peer->resource);
	g_string_free(peer->payload, TRUE);
	g_string_free(peer->log, TRUE);
	g_object_unref(peer->cancellable);
}

/* The steps of opening, as a server of version 1.0 in synchronised mode has them. */
#define PEER_OPEN "S>1 0 01000007|+|A<17|A>18 0 5858|A<15|A#16 0 0 0000000000100000|"

#endif
