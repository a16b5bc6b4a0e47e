/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/stand_buses.h"

#include "bench/portmapper.h"
#include "bench/prologix_server.h"
#include "bench/vxi11_server.h"

static const struct {
	const char *name;
	enum stand_bus bus;
} bus_names[] = {
	{"hislip", STAND_HISLIP},
	{"vxi11", STAND_VXI11},
	{"prologix", STAND_PROLOGIX},
};

struct place {
	char *name;
	guint16 port;
};

struct stand_buses {
	struct stand_buses_options options;
	guint16 next_port;
	GArray *places;      /* of struct place */
	GPtrArray *hislip;   /* servers */
	GPtrArray *vxi11;    /* servers */
	GPtrArray *prologix; /* servers */
	struct portmapper *portmapper;
};

const char *stand_bus_name(guint i, enum stand_bus *bus)
{
	if (i >= G_N_ELEMENTS(bus_names))
		return NULL;
	*bus = bus_names[i].bus;
	return bus_names[i].name;
}

static void place_clear(gpointer data)
{
	struct place *place = data;

	g_free(place->name);
}

struct stand_buses *stand_buses_new(const struct stand_buses_options *options)
{
	struct stand_buses *buses = g_new0(struct stand_buses, 1);

	buses->options = *options;
	buses->next_port = options->port;
	buses->places = g_array_new(FALSE, TRUE, sizeof(struct place));
	g_array_set_clear_func(buses->places, place_clear);
	buses->hislip = g_ptr_array_new_with_free_func((GDestroyNotify)hislip_server_free);
	buses->vxi11 = g_ptr_array_new_with_free_func((GDestroyNotify)vxi11_server_free);
	buses->prologix = g_ptr_array_new_with_free_func((GDestroyNotify)prologix_server_free);
	return buses;
}

void stand_buses_free(struct stand_buses *buses)
{
	if (!buses)
		return;
	portmapper_free(buses->portmapper);
	g_ptr_array_unref(buses->hislip);
	g_ptr_array_unref(buses->vxi11);
	g_ptr_array_unref(buses->prologix);
	g_array_unref(buses->places);
	g_free(buses);
}

static guint16 take_port(struct stand_buses *buses)
{
	return buses->next_port == 0 ? 0 : buses->next_port++;
}

/* Takes the name. */
static void add_place(struct stand_buses *buses, char *name, guint16 port)
{
	struct place place = {name, port};

	g_array_append_val(buses->places, place);
}

static gboolean add_hislip(struct stand_buses *buses, const char *name,
                           const struct bus_device *device, GError **error)
{
	struct hislip_server *server =
		hislip_server_new(name, take_port(buses), device, &buses->options.hislip, error);

	if (!server)
		return FALSE;
	g_ptr_array_add(buses->hislip, server);
	add_place(buses, g_strconcat(name, "_hislip", NULL), hislip_server_port(server));
	return TRUE;
}

/* The portmapper tells about the first one. */
static gboolean add_portmapper(struct stand_buses *buses, const struct vxi11_server *first,
                               GError **error)
{
	const struct portmapper_row rows[] = {
		{VXI11_CORE_PROGRAM, VXI11_VERSION, vxi11_server_port(first)},
		{VXI11_ABORT_PROGRAM, VXI11_VERSION, vxi11_server_abort_port(first)},
	};

	buses->portmapper =
		portmapper_new(buses->options.portmapper_port, rows, G_N_ELEMENTS(rows), error);
	if (!buses->portmapper)
		return FALSE;
	add_place(buses, g_strdup("portmapper"), portmapper_port(buses->portmapper));
	return TRUE;
}

static gboolean add_vxi11(struct stand_buses *buses, const char *name,
                          const struct bus_device *device, GError **error)
{
	struct vxi11_server *server = vxi11_server_new(name, take_port(buses), device, NULL, error);

	if (!server)
		return FALSE;
	g_ptr_array_add(buses->vxi11, server);
	add_place(buses, g_strconcat(name, "_vxi11", NULL), vxi11_server_port(server));
	return buses->portmapper || add_portmapper(buses, server, error);
}

static gboolean add_prologix(struct stand_buses *buses, guint site,
                             const struct bus_device *devices, guint n, GError **error)
{
	g_autofree char *name = g_strdup_printf("prologix%u", site + 1);
	struct prologix_server *server =
		prologix_server_new(name, take_port(buses), devices, n, error);

	if (!server)
		return FALSE;
	g_ptr_array_add(buses->prologix, server);
	add_place(buses, g_steal_pointer(&name), prologix_server_port(server));
	return TRUE;
}

gboolean stand_buses_add(struct stand_buses *buses, guint site, const char *const *names,
                         const struct bus_device *devices, guint n, GError **error)
{
	guint wanted = buses->options.buses;

	for (guint i = 0; i < n; i++) {
		if ((wanted & STAND_HISLIP) && !add_hislip(buses, names[i], &devices[i], error))
			return FALSE;
		if ((wanted & STAND_VXI11) && !add_vxi11(buses, names[i], &devices[i], error))
			return FALSE;
	}
	return !(wanted & STAND_PROLOGIX) || add_prologix(buses, site, devices, n, error);
}

guint stand_buses_ports(guint buses, guint n)
{
	return (buses & STAND_HISLIP ? n : 0) + (buses & STAND_VXI11 ? n : 0) +
	       (buses & STAND_PROLOGIX ? 1 : 0);
}

const char *stand_buses_name(const struct stand_buses *buses, guint i, guint16 *port)
{
	if (i >= buses->places->len)
		return NULL;
	const struct place *place = &g_array_index(buses->places, struct place, i);
	*port = place->port;
	return place->name;
}
