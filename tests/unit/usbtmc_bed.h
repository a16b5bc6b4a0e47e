/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_USBTMC_BED_H
#define TESTS_UNIT_USBTMC_BED_H

#include "base/error.h"
#include "instruments/link/link.h"
#include "tests/unit/usbtmc_bus.h"

/* A device on a bus, and a link to it. */

static const char bed_resource[] = "USB::0x1313::0x8078::P0001234::INSTR";

static struct link *bed_open_within(double seconds, GError **error)
{
	struct bounds bounds = {deadline_in_s(seconds), NULL};
	return link_open(bed_resource, &link_settings_scpi, NULL, &bounds, error);
}

static struct link *bed_open(void)
{
	GError *error = NULL;
	struct link *link = bed_open_within(60, &error);
	g_assert_no_error(error);
	return link;
}

static void bed_assert_answer(struct link *link, const char *query, const char *expected)
{
	struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	link_query(link, query, reply, 4000, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
}

/* What is set between calls, while no transfer is under way. */
G_GNUC_UNUSED static void bed_garble(struct bus *bus, enum device_garble garble, gsize at)
{
	g_mutex_lock(&bus->lock);
	bus->device->garble = garble;
	bus->device->garble_at = at;
	g_mutex_unlock(&bus->lock);
}

G_GNUC_UNUSED static void bed_fault(struct bus *bus, enum device_step step, int fault, int strikes)
{
	g_mutex_lock(&bus->lock);
	bus->device->fault_step = step;
	bus->device->fault = fault;
	bus->device->strikes = strikes;
	bus->device->n_struck = 0;
	g_mutex_unlock(&bus->lock);
}

#endif
