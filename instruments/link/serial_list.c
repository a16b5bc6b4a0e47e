/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/serial_list.h"

#include "base/error.h"

#include <libserialport.h>

static void found_free(gpointer data)
{
	struct serial_found *found = data;

	g_free(found->device);
	g_free(found->description);
	g_free(found->usb_serial);
	g_free(found);
}

/* Nothing where there is nothing to read. */
static char *text_of(const char *text)
{
	return text && *text ? g_utf8_make_valid(text, -1) : NULL;
}

static struct serial_found *describe(const struct sp_port *port)
{
	struct serial_found *found = g_new0(struct serial_found, 1);
	int vendor = 0, product = 0;

	found->device = g_strdup(sp_get_port_name(port));
	found->description = text_of(sp_get_port_description(port));
	if (sp_get_port_transport(port) != SP_TRANSPORT_USB)
		return found;
	found->usb_serial = text_of(sp_get_port_usb_serial(port));
	if (sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK) {
		found->is_usb = TRUE;
		found->vendor = (guint16)vendor;
		found->product = (guint16)product;
	}
	return found;
}

GPtrArray *serial_list(GError **error)
{
	struct sp_port **ports = NULL;
	GPtrArray *list;

	if (sp_list_ports(&ports) != SP_OK) {
		station_error_set(error, STATION_ERROR_IO, "the serial lines cannot be listed");
		return NULL;
	}
	list = g_ptr_array_new_with_free_func(found_free);
	for (guint i = 0; ports[i]; i++)
		if (sp_get_port_name(ports[i]))
			g_ptr_array_add(list, describe(ports[i]));
	sp_free_port_list(ports);
	return list;
}
