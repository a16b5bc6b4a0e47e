/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/stand.h"

#include "bench/device_lock.h"
#include "bench/faults.h"
#include "bench/sim.h"
#include "bench/sim_fixture.h"
#include "bench/world.h"

#include <string.h>

#define TICK_US 20000

struct endpoint {
	char *name;
	const struct sim_kind *kind; /* null: a fixture controller */
	void *device;
	struct faults *faults;
	struct device_lock *lock;
	struct server *server;
};

struct stand {
	struct world *world;
	const struct sim_kind *const *kinds;
	gboolean shares_switch;
	struct stand_buses *buses;
	GPtrArray *endpoints; /* of struct endpoint */
	GPtrArray *fixtures;  /* of struct sim_fixture, borrowed from the endpoints; by site */
	GMutex lock;
	GCond stop;
	gboolean stopping;
	GThread *ticker;
};

/* Server first: nobody uses the device any more when it goes. */
static void endpoint_free(gpointer data)
{
	struct endpoint *endpoint = data;
	server_free(endpoint->server);
	if (endpoint->kind)
		endpoint->kind->destroy(endpoint->device);
	else
		sim_fixture_free(endpoint->device);
	faults_free(endpoint->faults);
	device_lock_free(endpoint->lock);
	g_free(endpoint->name);
	g_free(endpoint);
}

static gboolean add_endpoint(struct stand *stand, const struct sim_kind *kind, guint site,
                             guint16 *next_port, GError **error)
{
	struct endpoint *endpoint = g_new0(struct endpoint, 1);

	g_ptr_array_add(stand->endpoints, endpoint);
	endpoint->kind = kind;
	endpoint->name = g_strdup_printf("%s%u", kind ? kind->name : "fixture", site + 1);
	endpoint->faults = faults_new();
	endpoint->lock = device_lock_new();
	if (kind)
		endpoint->device = kind->create(stand->world, site, endpoint->faults);
	else
		endpoint->device = sim_fixture_new(stand->world, site);
	if (!kind) {
		sim_fixture_use_faults(endpoint->device, endpoint->faults);
		g_ptr_array_add(stand->fixtures, endpoint->device);
	}
	endpoint->server =
		server_new(endpoint->name, *next_port, kind ? kind->ops : &sim_fixture_server_ops,
	                   endpoint->device, endpoint->faults, error);
	if (*next_port != 0)
		(*next_port)++;
	return endpoint->server != NULL;
}

/* The modules' firmware lives by being looked at. */
static void *ticker_thread(void *data)
{
	struct stand *stand = data;

	g_mutex_lock(&stand->lock);
	while (!stand->stopping) {
		g_mutex_unlock(&stand->lock);
		for (guint i = 0; i < stand->fixtures->len; i++)
			sim_fixture_tick(stand->fixtures->pdata[i]);
		g_mutex_lock(&stand->lock);
		if (!stand->stopping)
			g_cond_wait_until(&stand->stop, &stand->lock,
			                  g_get_monotonic_time() + TICK_US);
	}
	g_mutex_unlock(&stand->lock);
	return NULL;
}

static void catch_up(guint site, gpointer data)
{
	struct stand *stand = data;

	sim_fixture_tick(stand->fixtures->pdata[site]);
}

static gboolean is_shared(const struct stand *stand, const struct sim_kind *kind)
{
	return stand->shares_switch && kind->behind_switch;
}

static guint count_shared(const struct stand_options *options, const struct sim_kind *const *kinds)
{
	guint n = 0;

	for (guint i = 0; options->shares_switch && kinds[i]; i++)
		n += kinds[i]->behind_switch ? 1 : 0;
	return n;
}

/* The fixture controller has one too. */
static guint raw_ports(const struct sim_kind *const *kinds)
{
	guint n = 0;

	while (kinds[n])
		n++;
	return n + 1;
}

static gboolean is_on_buses(const struct sim_kind *kind)
{
	return kind && kind->ops->status_byte;
}

static guint count_on_buses(const struct sim_kind *const *kinds)
{
	guint n = 0;

	for (guint i = 0; kinds[i]; i++)
		n += is_on_buses(kinds[i]) ? 1 : 0;
	return n;
}

/* The instruments among the endpoints from `first` on. */
static gboolean add_to_buses(struct stand *stand, guint site, guint first, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GArray) devices = g_array_new(FALSE, TRUE, sizeof(struct bus_device));

	for (guint i = first; i < stand->endpoints->len; i++) {
		const struct endpoint *endpoint = stand->endpoints->pdata[i];
		if (!is_on_buses(endpoint->kind))
			continue;
		struct bus_device device = {endpoint->kind->ops, endpoint->device, endpoint->faults,
		                            endpoint->lock};
		g_ptr_array_add(names, endpoint->name);
		g_array_append_val(devices, device);
	}
	return stand_buses_add(stand->buses, site, (const char *const *)names->pdata,
	                       (const struct bus_device *)(gpointer)devices->data, devices->len,
	                       error);
}

static gboolean add_site(struct stand *stand, guint site, guint16 *next_port, GError **error)
{
	guint first = stand->endpoints->len;
	gboolean made = TRUE;

	for (guint i = 0; stand->kinds[i] && made; i++)
		if (site == 0 || !is_shared(stand, stand->kinds[i]))
			made = add_endpoint(stand, stand->kinds[i], site, next_port, error);
	made = made && add_endpoint(stand, NULL, site, next_port, error);
	return made && add_to_buses(stand, site, first, error);
}

struct stand *stand_new(struct world *world, const struct stand_options *options, GError **error)
{
	struct stand *stand = g_new0(struct stand, 1);
	struct stand_buses_options buses = options->buses;
	guint16 next_port = options->port_base;
	gboolean made = TRUE;

	stand->world = world;
	stand->kinds = options->kinds ? options->kinds : sim_instruments;
	stand->shares_switch = options->shares_switch;
	if (stand->shares_switch)
		world_share_switch(world);
	if (next_port != 0)
		buses.port =
			(guint16)(next_port + world_sites(world) * raw_ports(stand->kinds) -
		                  (world_sites(world) - 1) * count_shared(options, stand->kinds));
	stand->buses = stand_buses_new(&buses);
	stand->endpoints = g_ptr_array_new_with_free_func(endpoint_free);
	stand->fixtures = g_ptr_array_new();
	g_mutex_init(&stand->lock);
	g_cond_init(&stand->stop);
	for (guint site = 0; site < world_sites(world) && made; site++)
		made = add_site(stand, site, &next_port, error);
	if (!made) {
		stand_free(stand);
		return NULL;
	}
	world_set_before_look(world, catch_up, stand);
	stand->ticker = g_thread_new("ticker", ticker_thread, stand);
	return stand;
}

void stand_free(struct stand *stand)
{
	if (!stand)
		return;
	g_mutex_lock(&stand->lock);
	stand->stopping = TRUE;
	g_cond_signal(&stand->stop);
	g_mutex_unlock(&stand->lock);
	if (stand->ticker)
		g_thread_join(stand->ticker);
	world_stop(stand->world);
	stand_buses_free(stand->buses);
	g_ptr_array_unref(stand->endpoints);
	g_ptr_array_unref(stand->fixtures);
	g_mutex_clear(&stand->lock);
	g_cond_clear(&stand->stop);
	g_free(stand);
}

guint stand_ports_per_site(const struct stand_options *options)
{
	const struct sim_kind *const *kinds = options->kinds ? options->kinds : sim_instruments;

	return raw_ports(kinds) + stand_buses_ports(options->buses.buses, count_on_buses(kinds));
}

static const char *name_and_port(const struct stand *stand, guint i, guint16 *port)
{
	if (i >= stand->endpoints->len)
		return stand_buses_name(stand->buses, i - stand->endpoints->len, port);
	const struct endpoint *endpoint = stand->endpoints->pdata[i];
	*port = server_port(endpoint->server);
	return endpoint->name;
}

const char *stand_name(const struct stand *stand, guint i)
{
	guint16 port = 0;

	return name_and_port(stand, i, &port);
}

guint16 stand_port(const struct stand *stand, guint i)
{
	guint16 port = 0;

	name_and_port(stand, i, &port);
	return port;
}

struct faults *stand_faults(struct stand *stand, const char *name, gboolean *has_queue)
{
	g_autofree char *first = g_strconcat(name, "1", NULL);

	for (guint i = 0; i < stand->endpoints->len; i++) {
		const struct endpoint *endpoint = stand->endpoints->pdata[i];
		if (strcmp(endpoint->name, name) != 0 && strcmp(endpoint->name, first) != 0)
			continue;
		*has_queue = endpoint->kind && endpoint->kind->has_error_queue;
		return endpoint->faults;
	}
	return NULL;
}

struct sim_fixture *stand_fixture(struct stand *stand, guint site)
{
	g_return_val_if_fail(site < stand->fixtures->len, NULL);
	return stand->fixtures->pdata[site];
}
