/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/gio_types.h"

#include <gio/gio.h>

#define THREADS 16

struct first {
	gint *begun; /* threads, of all */
	gboolean by_address;
};

/* What an instrument's thread and a fixture's do first. */
static gpointer connect_first(gpointer data)
{
	const struct first *first = data;

	g_atomic_int_inc(first->begun);
	while (g_atomic_int_get(first->begun) < THREADS)
		g_thread_yield();
	if (first->by_address) {
		g_object_unref(g_inet_socket_address_new_from_string("127.0.0.1", 9));
		g_object_unref(g_socket_client_new());
	} else {
		g_object_unref(g_socket_client_new());
		g_object_unref(g_network_address_new("127.0.0.1", 9));
	}
	return NULL;
}

static void test_threads(void)
{
	GThread *threads[THREADS];
	struct first firsts[THREADS];
	gint begun = 0;

	gio_types_make();
	g_assert_nonnull(g_type_class_peek(G_TYPE_SOCKET_CLIENT));
	g_assert_nonnull(g_type_class_peek(G_TYPE_INET_SOCKET_ADDRESS));
	g_assert_nonnull(g_type_class_peek(G_TYPE_TCP_CONNECTION));
	for (int i = 0; i < THREADS; i++) {
		firsts[i] = (struct first){&begun, i % 2};
		threads[i] = g_thread_new("connect", connect_first, &firsts[i]);
	}
	for (int i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gio-types/threads", test_threads);
	return g_test_run();
}
