/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

#include <errno.h>

static void serve_nothing(int fd, int connection, gpointer data)
{
	peer_hold(fd);
}

static void test_refused(void)
{
	struct peer peer;
	peer_start(&peer, serve_nothing, NULL);
	g_autofree char *resource = g_strdup(peer.resource);
	peer_stop(&peer);
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_null(link_open(resource, &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_true(g_str_has_prefix(error->message, resource));
	g_clear_error(&error);
	g_assert_null(link_open("GPIB0::9::INSTR", &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	link_close(NULL);
}

/* A listener whose queue is full lets further connections hang. */
static int listen_full(guint16 *port, int fillers[4])
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(fd, 0), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &len), ==, 0);
	for (int i = 0; i < 4; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		int rc = connect(fillers[i], (struct sockaddr *)&address, len);
		g_assert_true(rc == 0 || errno == EINPROGRESS);
	}
	*port = ntohs(address.sin_port);
	return fd;
}

static gpointer cancel_main(gpointer cancellable)
{
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_connect_bounds(void)
{
	guint16 port;
	int fillers[4];
	int fd = listen_full(&port, fillers);
	g_autofree char *resource = g_strdup_printf("TCPIP::127.0.0.1::%u::SOCKET", port);
	struct bounds bounds = {deadline_in_s(0.05), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_null(link_open(resource, &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds cancelled = {deadline_in_s(60), cancellable};
	GThread *thread = g_thread_new("cancel", cancel_main, cancellable);
	g_assert_null(link_open(resource, &link_settings_scpi, NULL, &cancelled, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_thread_join(thread);
	for (int i = 0; i < 4; i++)
		close(fillers[i]);
	close(fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/connect/refused", test_refused);
	g_test_add_func("/link/connect/bounds", test_connect_bounds);
	return g_test_run();
}
