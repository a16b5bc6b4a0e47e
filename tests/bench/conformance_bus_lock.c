/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Whose an instrument is, by the bus's own lock: what keeps the stations of two computers apart.
 */
#include "tests/bench/conformance.h"

#include "bench/device_lock.h"
#include "bench/hislip_server.h"
#include "bench/sim_supply.h"
#include "bench/vxi11_server.h"
#include "instruments/supply.h"

#include <string.h>

struct bed {
	struct world *world;
	struct faults *faults;
	void *supply;
	struct device_lock *lock;
	struct bus_device device;
	struct bounds bounds;
};

static void bed_start(struct bed *bed)
{
	bed->world = world_new(1, 7, CONFORMANCE_SCALE);
	bed->faults = faults_new();
	bed->supply = sim_supply.create(bed->world, 0, bed->faults);
	bed->lock = device_lock_new();
	bed->device = (struct bus_device){sim_supply.ops, bed->supply, bed->faults, bed->lock};
	bed->bounds.deadline = deadline_in_s(60);
}

static void bed_stop(struct bed *bed)
{
	world_stop(bed->world);
	sim_supply.destroy(bed->supply);
	device_lock_free(bed->lock);
	faults_free(bed->faults);
	world_free(bed->world);
}

static struct instrument *open_supply(const struct bed *bed, const char *name, const char *resource,
                                      GError **error)
{
	const struct instrument_config config = {
		.name = name,
		.class = INSTRUMENT_SUPPLY,
		.driver = "keysight-supply",
		.resource = resource,
		.exclusive = TRUE,
	};
	return instrument_open(&config, &bed->bounds, error);
}

static struct instrument *open_well(const struct bed *bed, const char *name, const char *resource)
{
	g_autoptr(GError) error = NULL;
	struct instrument *instrument = open_supply(bed, name, resource, &error);

	g_assert_no_error(error);
	return instrument;
}

/* One after the other has it; who comes second is refused and disturbs nobody. */
static void take_turns(const struct bed *bed, const char *resource)
{
	g_autoptr(GError) error = NULL;
	gboolean exclusive;
	struct instrument *first = open_well(bed, "mine", resource);

	g_assert_cmpuint(device_lock_holders(bed->lock, &exclusive), ==, 1);
	g_assert_true(exclusive);
	g_assert_null(open_supply(bed, "theirs", resource, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	if (!g_str_has_prefix(error->message, "theirs: open: in use by another computer"))
		g_error("%s", error->message);
	g_clear_error(&error);
	supply_set(first, 1, 3.3, 1, &bed->bounds, &error);
	g_assert_no_error(error);
	instrument_close(first);
	instrument_close(open_well(bed, "theirs", resource));
}

static void test_hislip(void)
{
	struct bed bed = {0};
	g_autoptr(GError) error = NULL;

	bed_start(&bed);
	struct hislip_server *server = hislip_server_new("supply", 0, &bed.device, NULL, &error);
	g_assert_no_error(error);
	g_autofree char *resource =
		g_strdup_printf("TCPIP::127.0.0.1::hislip0,%u::INSTR", hislip_server_port(server));
	take_turns(&bed, resource);
	hislip_server_free(server);
	bed_stop(&bed);
}

static void test_vxi11(void)
{
	struct bed bed = {0};
	g_autoptr(GError) error = NULL;

	bed_start(&bed);
	struct vxi11_server *server = vxi11_server_new("supply", 0, &bed.device, NULL, &error);
	g_assert_no_error(error);
	g_autofree char *resource =
		g_strdup_printf("TCPIP::127.0.0.1::inst0@%u::INSTR", vxi11_server_port(server));
	take_turns(&bed, resource);
	vxi11_server_free(server);
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bus-lock/hislip", test_hislip);
	g_test_add_func("/bus-lock/vxi11", test_vxi11);
	return g_test_run();
}
