/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/discover_vxi11.h"

#include "base/error.h"
#include "instruments/link/rpc_message.h"
#include "instruments/link/stream.h"
#include "instruments/link/vxi11_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 1500 };

struct asking {
	int fd;
	guint32 xid;
	GPtrArray *found;
};

/* Where to send for one interface; FALSE when it is not one to ask on. */
static gboolean destination(const struct ifaddrs *interface, gboolean loopback,
                            struct sockaddr_in *to)
{
	const struct sockaddr *own = interface->ifa_addr;
	const struct sockaddr *all = interface->ifa_broadaddr;
	if (!own || own->sa_family != AF_INET || !(interface->ifa_flags & IFF_UP))
		return FALSE;
	if (!(interface->ifa_flags & IFF_LOOPBACK) != !loopback)
		return FALSE;
	/* loopback has no broadcast address */
	const struct sockaddr *where = loopback ? own : all;
	if (!where || (!loopback && !(interface->ifa_flags & IFF_BROADCAST)))
		return FALSE;
	memcpy(to, where, sizeof *to);
	return TRUE;
}

/* The number of interfaces asked on. One that refuses (no route, a firewall) does not stop others.
 */
static guint ask(const struct asking *asking, const struct discover_vxi11 *whom)
{
	g_autoptr(GByteArray) call = g_byte_array_new();
	struct ifaddrs *interfaces = NULL;
	guint asked = 0;
	rpc_put_call(call, asking->xid, &rpc_portmapper, RPC_PORTMAPPER_GETPORT);
	rpc_put_getport(call, &vxi11_core);
	if (getifaddrs(&interfaces) < 0)
		return 0;
	for (const struct ifaddrs *at = interfaces; at; at = at->ifa_next) {
		struct sockaddr_in to;
		if (!destination(at, whom->loopback, &to))
			continue;
		to.sin_port = htons(whom->port > 0 ? whom->port : RPC_PORTMAPPER_PORT);
		if (sendto(asking->fd, call->data, call->len, MSG_DONTWAIT | MSG_NOSIGNAL,
		           (const struct sockaddr *)&to, sizeof to) == (ssize_t)call->len)
			asked++;
	}
	freeifaddrs(interfaces);
	return asked;
}

/* Anybody may send us anything: what is no answer to our question is not looked at. */
static void take_answer(struct asking *asking, const guint8 *data, gsize len,
                        const struct sockaddr_in *from)
{
	char address[INET_ADDRSTRLEN];
	struct rd results;
	guint16 port = 0;
	if (rpc_take_reply(data, len, asking->xid, &results, NULL) != RPC_REPLY_RESULTS ||
	    !rpc_take_port(&results, &port, NULL) || port == 0)
		return;
	inet_ntop(AF_INET, &from->sin_addr, address, sizeof address);
	if (!g_ptr_array_find_with_equal_func(asking->found, address, g_str_equal, NULL))
		g_ptr_array_add(asking->found, g_strdup(address));
}

/* Until the time is over; only a cancellation is an error. */
static gboolean listen_for(struct asking *asking, const struct bounds *bounds, GError **error)
{
	for (;;) {
		guint8 data[DATAGRAM_MAX];
		struct sockaddr_in from = {0};
		socklen_t from_len = sizeof from;
		GError *cause = NULL;
		if (!stream_wait(asking->fd, POLLIN, bounds, "discover", &cause)) {
			if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT)) {
				g_error_free(cause);
				return TRUE;
			}
			g_propagate_error(error, cause);
			return FALSE;
		}
		ssize_t n = recvfrom(asking->fd, data, sizeof data, MSG_DONTWAIT,
		                     (struct sockaddr *)&from, &from_len);
		if (n > 0)
			take_answer(asking, data, (gsize)n, &from);
	}
}

GPtrArray *discover_vxi11(const struct discover_vxi11 *whom, const struct bounds *bounds,
                          GError **error)
{
	struct bounds waiting = bounds_within(bounds, whom->wait_s);
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	struct asking asking = {.xid = g_random_int(), .found = found};
	int on = 1;
	asking.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (asking.fd < 0 || setsockopt(asking.fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) < 0) {
		station_error_set(error, STATION_ERROR_IO, "discover: %s", g_strerror(errno));
		if (asking.fd >= 0)
			close(asking.fd);
		return NULL;
	}
	gboolean ok = ask(&asking, whom) > 0;
	if (!ok)
		station_error_set(error, STATION_ERROR_IO,
		                  "discover: no network interface to ask on");
	ok = ok && listen_for(&asking, &waiting, error);
	close(asking.fd);
	return ok ? g_steal_pointer(&found) : NULL;
}
