/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/gio_types.h"

#include <gio/gio.h>

void gio_types_make(void)
{
	/* not GTask: its class starts a thread, and asks for no other type */
	const GType types[] = {
		G_TYPE_CANCELLABLE,
		G_TYPE_INET_ADDRESS,
		G_TYPE_SOCKET_ADDRESS,
		G_TYPE_INET_SOCKET_ADDRESS,
		G_TYPE_NETWORK_ADDRESS,
		G_TYPE_PROXY_ADDRESS,
		G_TYPE_SOCKET,
		G_TYPE_SOCKET_CONNECTION,
		G_TYPE_TCP_CONNECTION,
		G_TYPE_SOCKET_CLIENT,
		G_TYPE_SOCKET_ADDRESS_ENUMERATOR,
		G_TYPE_RESOLVER,
	};

	/* classes that are made once stay */
	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		g_type_class_ref(types[i]);
}
