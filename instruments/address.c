/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/address.h"

#include "instruments/link/resource.h"

#include <limits.h>
#include <stdlib.h>

enum {
	HISLIP_PORT = 4880,
	PROLOGIX_PORT = 1234,
};

char *address_of_host(const char *bus, const char *host, guint port)
{
	g_autofree char *lower = g_ascii_strdown(host, -1);
	const char *known = g_str_equal(lower, "localhost") ? "127.0.0.1" : lower;

	return g_strdup_printf("%s:%s:%u", bus, known, port);
}

char *address_of_device(const char *path)
{
	char real[PATH_MAX];

	/* where there is no such device now the name must do */
	return g_strconcat("device:", realpath(path, real) ? real : path, NULL);
}

static char *address_of_usb(const struct resource *resource)
{
	return g_strdup_printf("usb:%04x:%04x:%s", resource->vendor, resource->product,
	                       resource->serial);
}

static char *address_of_adapter(const struct resource *resource)
{
	return resource->host ? address_of_host("tcp", resource->host,
	                                        resource->port ? resource->port : PROLOGIX_PORT)
	                      : address_of_device(resource->device);
}

/* HiSLIP and VXI-11: several instruments can stand behind one host. */
static char *address_of_name(const char *bus, const struct resource *resource, guint port)
{
	g_autofree char *host =
		address_of_host(bus, resource->host, resource->port ? resource->port : port);

	return g_strdup_printf("%s:%s", host, resource->name);
}

static char *address_of(const struct resource *resource)
{
	switch (resource->transport) {
	case LINK_TRANSPORT_TCP:
		return address_of_host("tcp", resource->host, resource->port);
	case LINK_TRANSPORT_SERIAL:
		return address_of_device(resource->device);
	case LINK_TRANSPORT_HISLIP:
		return address_of_name("hislip", resource, HISLIP_PORT);
	case LINK_TRANSPORT_VXI11:
		return address_of_name("vxi11", resource, 0);
	case LINK_TRANSPORT_USBTMC:
		return address_of_usb(resource);
	case LINK_TRANSPORT_PROLOGIX:
		return address_of_adapter(resource);
	case LINK_TRANSPORTS:
		break;
	}
	g_return_val_if_reached(NULL);
}

char *instrument_address(const char *resource, GError **error)
{
	struct resource parsed;
	char *address = NULL;

	if (!resource_parse(resource, &parsed, error))
		return NULL;
	if (!resource_top(&parsed, LINK_TOP_REPLAY))
		address = address_of(&parsed);
	resource_done(&parsed);
	return address;
}

gboolean instrument_bus_has_lock(const char *resource)
{
	struct resource parsed;

	if (!resource_parse(resource, &parsed, NULL))
		return FALSE;
	gboolean has = parsed.transport == LINK_TRANSPORT_HISLIP ||
	               parsed.transport == LINK_TRANSPORT_VXI11;
	resource_done(&parsed);
	return has;
}
