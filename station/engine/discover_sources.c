/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/discover_sources.h"

#include "base/error.h"
#include "instruments/link/discover_mdns.h"
#include "instruments/link/discover_vxi11.h"
#include "instruments/link/serial_list.h"
#include "instruments/link/usbtmc_find.h"

#include <string.h>

enum {
	PORTMAPPER = 111,
	HISLIP = 4880,
};

const char *const discover_services[] = {"_hislip._tcp", "_vxi-11._tcp", "_scpi-raw._tcp",
                                         "_lxi._tcp", NULL};

static const enum discover_kind service_kinds[] = {DISCOVER_BY_HISLIP, DISCOVER_BY_VXI11,
                                                   DISCOVER_BY_SOCKET, DISCOVER_BY_PAGE};

/* Takes where and source. */
static struct discover_way *way_new(enum discover_kind kind, char *resource, char *where,
                                    char *source)
{
	struct discover_way *way = g_new0(struct discover_way, 1);

	way->kind = kind;
	way->resource = resource;
	way->where = where;
	way->source = source;
	return way;
}

void discover_way_free(gpointer data)
{
	struct discover_way *way = data;

	if (!way)
		return;
	g_free(way->resource);
	g_free(way->where);
	g_free(way->source);
	g_free(way->told.maker);
	g_free(way->told.model);
	g_free(way->told.serial);
	g_free(way->told.firmware);
	g_free(way->problem);
	g_free(way);
}

/* ---- VXI-11 ---- */

static void look_vxi11(struct discover_look *look, GError **error)
{
	const struct discover_vxi11 whom = {
		.port = look->options->portmapper,
		.loopback = look->options->loopback,
		.wait_s = deadline_left_s(look->bounds.deadline),
	};
	g_autoptr(GPtrArray) hosts = NULL;

	/* its deadline is that of the waiting, which passes in any case */
	hosts = discover_vxi11(&whom, &look->bounds, error);
	for (guint i = 0; hosts && i < hosts->len; i++) {
		const char *host = hosts->pdata[i];
		g_ptr_array_add(look->ways,
		                way_new(DISCOVER_BY_VXI11,
		                        g_strdup_printf("TCPIP::%s::inst0::INSTR", host),
		                        g_strdup(host), g_strdup("VXI-11 broadcast")));
	}
}

/* ---- mDNS ---- */

static char *service_resource(enum discover_kind kind, const char *host, guint16 port)
{
	switch (kind) {
	case DISCOVER_BY_HISLIP:
		return port == HISLIP ? g_strdup_printf("TCPIP::%s::hislip0::INSTR", host)
		                      : g_strdup_printf("TCPIP::%s::hislip0,%u::INSTR", host, port);
	case DISCOVER_BY_VXI11:
		/* the portmapper is announced, or the core channel itself */
		return port == PORTMAPPER
		               ? g_strdup_printf("TCPIP::%s::inst0::INSTR", host)
		               : g_strdup_printf("TCPIP::%s::inst0@%u::INSTR", host, port);
	case DISCOVER_BY_SOCKET:
		return g_strdup_printf("TCPIP::%s::%u::SOCKET", host, port);
	default:
		return NULL;
	}
}

struct discover_way *discover_way_of_service(const struct mdns_service *service, gboolean loopback)
{
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(service->address);
	gboolean is_v6 = strchr(service->address, ':') != NULL;
	g_autofree char *host = g_strdup_printf(is_v6 ? "[%s]" : "%s", service->address);
	guint i = 0;

	if (!address || (loopback && !g_inet_address_get_is_loopback(address)))
		return NULL;
	while (discover_services[i] && strcmp(discover_services[i], service->type) != 0)
		i++;
	if (!discover_services[i])
		return NULL;
	struct discover_way *way =
		way_new(service_kinds[i], service_resource(service_kinds[i], host, service->port),
	                g_strdup(service->address),
	                service_kinds[i] == DISCOVER_BY_PAGE
	                        ? g_strdup_printf("mDNS \"%s\", http://%s:%u/", service->name, host,
	                                          service->port)
	                        : g_strdup_printf("mDNS \"%s\"", service->name));
	way->told.maker = g_strdup(service->maker);
	way->told.model = g_strdup(service->model);
	way->told.serial = g_strdup(service->serial);
	way->told.firmware = g_strdup(service->firmware);
	return way;
}

/* An IPv6 address of an instance that has an IPv4 one too says nothing new. */
static gboolean is_repeated(const GPtrArray *services, const struct mdns_service *service)
{
	if (!strchr(service->address, ':'))
		return FALSE;
	for (guint i = 0; i < services->len; i++) {
		const struct mdns_service *other = services->pdata[i];
		if (!strchr(other->address, ':') && strcmp(other->name, service->name) == 0)
			return TRUE;
	}
	return FALSE;
}

static void look_mdns(struct discover_look *look, GError **error)
{
	g_autoptr(GPtrArray) services = NULL;
	GError *cause = NULL;
	guint bad = 0;

	services = discover_mdns(look->service, &bad, &look->bounds, &cause);
	for (guint i = 0; services && i < services->len; i++) {
		const struct mdns_service *service = services->pdata[i];
		struct discover_way *way = NULL;
		/* asked for one type, it may not tell of another */
		if (strcmp(service->type, look->service) == 0 && !is_repeated(services, service))
			way = discover_way_of_service(service, look->options->loopback);
		if (way)
			g_ptr_array_add(look->ways, way);
	}
	if (bad > 0)
		look->note = g_strdup_printf("mDNS: %u line%s of avahi-browse for %s not "
		                             "understood",
		                             bad, bad == 1 ? "" : "s", look->service);
	if (cause && g_error_matches(cause, STATION_ERROR, STATION_ERROR_UNSUPPORTED)) {
		look->note = g_strdup("mDNS was not asked: avahi-browse is not installed (package "
		                      "avahi-utils on Debian and Ubuntu, avahi-tools on Fedora)");
		g_error_free(cause);
	} else if (cause) {
		g_propagate_error(error, cause);
	}
}

/* ---- USB ---- */

/* Several of a model whose serial numbers are not known are at several places. */
static char *usb_place(const struct usbtmc_found *found, guint i)
{
	return found->serial && *found->serial ? g_strdup_printf("usb:%04x:%04x:%s", found->vendor,
	                                                         found->product, found->serial)
	                                       : g_strdup_printf("usb:%u", i);
}

static void look_usb(struct discover_look *look, GError **error)
{
	g_autoptr(GPtrArray) list = usbtmc_list(&look->bounds, error);

	for (guint i = 0; list && i < list->len; i++) {
		const struct usbtmc_found *found = list->pdata[i];
		struct discover_way *way =
			way_new(DISCOVER_BY_USBTMC, g_strdup(found->resource), usb_place(found, i),
		                g_strdup_printf("USB %04x:%04x", found->vendor, found->product));
		way->told.maker = g_strdup(found->maker);
		way->told.model = g_strdup(found->model);
		way->told.serial = g_strdup(found->serial);
		way->problem = g_strdup(found->problem);
		g_ptr_array_add(look->ways, way);
	}
}

/* ---- serial lines ---- */

static char *describe_line(const struct serial_found *found)
{
	GString *text = g_string_new("serial line");

	if (found->description)
		g_string_append_printf(text, ", %s", found->description);
	if (found->is_usb)
		g_string_append_printf(text, ", USB %04x:%04x", found->vendor, found->product);
	if (found->usb_serial)
		g_string_append_printf(text, ", serial %s", found->usb_serial);
	return g_string_free(text, FALSE);
}

static void look_serial(struct discover_look *look, GError **error)
{
	g_autoptr(GPtrArray) list = serial_list(error);

	for (guint i = 0; list && i < list->len; i++) {
		const struct serial_found *found = list->pdata[i];
		g_ptr_array_add(look->ways, way_new(DISCOVER_BY_LINE,
		                                    g_strdup_printf("ASRL%s::INSTR", found->device),
		                                    g_strdup(found->device), describe_line(found)));
	}
}

void discover_look(struct discover_look *look)
{
	GError *error = NULL;

	look->ways = g_ptr_array_new_with_free_func(discover_way_free);
	switch (look->source) {
	case DISCOVER_VXI11:
		look_vxi11(look, &error);
		break;
	case DISCOVER_MDNS:
		look_mdns(look, &error);
		break;
	case DISCOVER_USB:
		look_usb(look, &error);
		break;
	case DISCOVER_SERIAL:
	default:
		look_serial(look, &error);
		break;
	}
	if (error) {
		g_free(look->note);
		look->note = g_strdup_printf("%s: %s", discover_source_name(look->source),
		                             error->message);
		g_error_free(error);
	}
}
