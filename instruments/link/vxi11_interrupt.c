/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/vxi11_interrupt.h"

#include "base/error.h"
#include "instruments/link/service.h"
#include "instruments/link/stream.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CALL_MAX = 512 };

/* In which the device has to answer; some try to connect meanwhile, and a firewall is in between.
 */
static const double open_s = 2;

void vxi11_interrupt_init(struct vxi11_interrupt *interrupt)
{
	*interrupt = (struct vxi11_interrupt){.listener = -1, .channel = -1, .ready = -1};
	rpc_record_init(&interrupt->record, CALL_MAX);
}

void vxi11_interrupt_done(struct vxi11_interrupt *interrupt)
{
	vxi11_interrupt_close(interrupt);
	rpc_record_done(&interrupt->record);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void shut(struct vxi11_interrupt *interrupt, enum vxi11_interrupt_state state)
{
	close_one(&interrupt->channel);
	close_one(&interrupt->listener);
	close_one(&interrupt->ready);
	rpc_record_restart(&interrupt->record);
	interrupt->state = state;
}

void vxi11_interrupt_close(struct vxi11_interrupt *interrupt)
{
	shut(interrupt, VXI11_INTERRUPT_UNTRIED);
}

/* ---- opening ---- */

static gboolean watch(const struct vxi11_interrupt *interrupt, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
	return epoll_ctl(interrupt->ready, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Listens at the address that the device knows us by. */
static gboolean listen_beside(struct vxi11_interrupt *interrupt, int core, struct sockaddr_in *own)
{
	struct sockaddr_in peer = {0};
	socklen_t own_len = sizeof *own, peer_len = sizeof peer;
	if (getsockname(core, (struct sockaddr *)own, &own_len) < 0 || own->sin_family != AF_INET ||
	    getpeername(core, (struct sockaddr *)&peer, &peer_len) < 0)
		return FALSE;
	interrupt->peer = peer.sin_addr.s_addr;
	own->sin_port = 0;
	own_len = sizeof *own;
	interrupt->ready = epoll_create1(EPOLL_CLOEXEC);
	interrupt->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return interrupt->ready >= 0 && interrupt->listener >= 0 &&
	       bind(interrupt->listener, (struct sockaddr *)own, sizeof *own) == 0 &&
	       listen(interrupt->listener, 1) == 0 &&
	       getsockname(interrupt->listener, (struct sockaddr *)own, &own_len) == 0 &&
	       watch(interrupt, interrupt->listener) && watch(interrupt, core);
}

static gboolean call(struct rpc *core, const struct bounds *bounds, GError **error)
{
	struct rd results;
	return rpc_call(core, &results, NULL, bounds, error) && vxi11_take_none(&results, error);
}

static gboolean ask_for(struct vxi11_interrupt *interrupt, struct rpc *core, guint32 link,
                        const struct bounds *bounds, GError **error)
{
	struct sockaddr_in own = {0};
	if (!listen_beside(interrupt, g_socket_get_fd(core->socket), &own)) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "nowhere to listen");
		return FALSE;
	}
	for (gsize i = 0; i < sizeof interrupt->handle; i++)
		interrupt->handle[i] = (guint8)g_random_int();
	vxi11_put_interrupt_channel(rpc_begin(core, VXI11_CREATE_INTR_CHAN),
	                            ntohl(own.sin_addr.s_addr), ntohs(own.sin_port));
	if (!call(core, bounds, error))
		return FALSE;
	vxi11_put_enable_srq(rpc_begin(core, VXI11_DEVICE_ENABLE_SRQ), link, interrupt->handle,
	                     sizeof interrupt->handle);
	return call(core, bounds, error);
}

gboolean vxi11_interrupt_open(struct vxi11_interrupt *interrupt, struct rpc *core, guint32 link,
                              const struct bounds *bounds, GError **error)
{
	if (interrupt->state != VXI11_INTERRUPT_UNTRIED || !rpc_connected(core))
		return TRUE;
	const struct bounds own =
		bounds_within(bounds, MIN(open_s, deadline_left_s(bounds->deadline) / 2));
	GError *cause = NULL;
	if (ask_for(interrupt, core, link, &own, &cause)) {
		interrupt->state = VXI11_INTERRUPT_OPEN;
		return TRUE;
	}
	shut(interrupt, VXI11_INTERRUPT_NONE);
	if (rpc_connected(core) &&
	    !g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED)) {
		g_error_free(cause);
		return TRUE;
	}
	g_propagate_prefixed_error(error, cause, "interrupt channel: ");
	return FALSE;
}

/* ---- waiting ---- */

static void let_in(struct vxi11_interrupt *interrupt)
{
	struct sockaddr_in peer = {0};
	socklen_t len = sizeof peer;
	int fd = accept4(interrupt->listener, (struct sockaddr *)&peer, &len,
	                 SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (interrupt->channel < 0 && peer.sin_addr.s_addr == interrupt->peer &&
	    watch(interrupt, fd))
		interrupt->channel = fd;
	else
		close(fd);
}

/* FALSE: this is no device. It need not take the answer. */
static gboolean take_record(struct vxi11_interrupt *interrupt)
{
	const GByteArray *body = interrupt->record.body;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	guint32 xid = 0;
	if (!vxi11_take_request(body->data, body->len, interrupt->handle, sizeof interrupt->handle,
	                        &xid, NULL))
		return FALSE;
	rpc_put_reply(reply, xid);
	return send(interrupt->channel, reply->data, reply->len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	       (gssize)reply->len;
}

/* All that has come, which sets *requested when a call was in it; FALSE: the channel has ended. */
static gboolean take_calls(struct vxi11_interrupt *interrupt, gboolean *requested)
{
	guint8 bytes[CALL_MAX];
	gssize n = recv(interrupt->channel, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n <= 0)
		return n < 0;
	for (gsize at = 0, used = 0; at < (gsize)n; at += used) {
		if (!rpc_record_take(&interrupt->record, bytes + at, (gsize)n - at, &used, NULL))
			return FALSE;
		if (!interrupt->record.whole)
			continue;
		if (!take_record(interrupt))
			return FALSE;
		rpc_record_restart(&interrupt->record);
		*requested = TRUE;
	}
	return TRUE;
}

/* TRUE when it is time to look at the status byte. */
static gboolean take_news(struct vxi11_interrupt *interrupt)
{
	struct epoll_event events[3];
	gboolean look = FALSE;
	int n = epoll_wait(interrupt->ready, events, G_N_ELEMENTS(events), 0);
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == interrupt->listener)
			let_in(interrupt);
		else if (events[i].data.fd != interrupt->channel)
			look = TRUE; /* the core channel */
		else if (!take_calls(interrupt, &look)) {
			shut(interrupt, VXI11_INTERRUPT_NONE);
			return TRUE;
		}
	}
	return look;
}

gboolean vxi11_interrupt_look(struct vxi11_interrupt *interrupt, const struct bounds *bounds,
                              GError **error)
{
	const struct bounds look = bounds_within(bounds, SERVICE_LOOK_S);
	GError *cause = NULL;
	while (stream_wait(interrupt->ready, POLLIN, &look, "service request", &cause))
		if (take_news(interrupt))
			return TRUE;
	if (service_only_late(bounds, &cause))
		return TRUE;
	g_propagate_error(error, cause);
	return FALSE;
}
