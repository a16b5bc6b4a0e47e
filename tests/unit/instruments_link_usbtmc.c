/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/usbtmc_find.h"
#include "tests/unit/usbtmc_bed.h"

/* What a USBTMC link does with a device that does nothing wrong, or what many do. */

static void test_queries(void)
{
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	g_assert_cmpint(device.n_remote, ==, 1);
	/* more than there are tags */
	for (int i = 0; i < 150; i++) {
		g_autofree char *query = g_strdup_printf("ECHO? %d", i);
		bed_assert_answer(link, query, query + strlen("ECHO? "));
	}
	bed_assert_answer(link, "RAW? no end", "no end");
	bed_assert_answer(link, "RAW? #0a\nb", "#0a\nb");
	g_assert_cmpint(device.n_out_of_line, ==, 0);
	bus_assert_claims(&bus, 1, 0);
	link_close(link);
	g_assert_cmpint(device.n_local, ==, 1);
	bus_assert_claims(&bus, 1, 1);
	bus_stop(&bus);
}

static void assert_lengths(struct link *link, struct device *device, guint part_max, guint most)
{
	static const guint lengths[] = {0, 1, 2, 3, 50, 51, 52, 53, 115, 179, 371, 499, 500, 1011};
	device->part_max = part_max;
	for (gsize i = 0; i < G_N_ELEMENTS(lengths) && lengths[i] <= most; i++) {
		g_autofree char *query = g_strdup_printf("TEXT? %u", lengths[i]);
		g_autofree char *expected = g_strnfill(lengths[i], 'x');
		bed_assert_answer(link, query, expected);
	}
}

/* Around the ends of packets, with either kind of them, in one transfer and in many. */
static void test_lengths(void)
{
	static const struct {
		enum device_garble kind;
		guint packet;
	} rows[] = {
		{GARBLE_NONE, 64},     {GARBLE_NONE, 512},     {GARBLE_PADDING, 64},
		{GARBLE_NO_SHORT, 64}, {GARBLE_NO_SHORT, 512},
	};
	if (bus_missing())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct device device;
		struct bus bus;
		device_init(&device);
		device.packet = rows[i].packet;
		device.garble = rows[i].kind;
		bus_start(&bus, &device);
		struct link *link = bed_open();
		assert_lengths(link, &device, 0, 2000);
		if (i == 0) {
			assert_lengths(link, &device, 52, 200);
			assert_lengths(link, &device, 7, 60);
		}
		/* 4000 bytes are allowed, more than a packet more is asked for */
		g_assert_cmpuint(device.asked_max, >, 4000 + rows[i].packet);
		link_close(link);
		bus_stop(&bus);
	}
}

static void assert_block(struct link *link, guint len)
{
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autofree char *query = g_strdup_printf("BLOCK? %u", len);
	GError *error = NULL;
	link_query(link, query, reply, len + 10, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(reply->len, ==, len + 10);
	for (guint i = 0; i < len; i++)
		if (reply->data[i + 10] != (guint8)(i * 7))
			g_error("byte %u of %u", i, len);
}

static void test_blocks(void)
{
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	device.packet = 512;
	bus_start(&bus, &device);
	struct link *link = bed_open();
	assert_block(link, 0);
	assert_block(link, 100000);
	device.n_requests = 0;
	assert_block(link, 3 << 20);
	g_assert_cmpint(device.n_requests, ==, 4);

	/* and the other way */
	g_autofree char *text = g_strnfill((2 << 20) + 5, 'y');
	memcpy(text, "LENGTH? ", 8);
	bed_assert_answer(link, text, "2097158"); /* and the LF */
	link_close(link);
	bus_stop(&bus);
}

/* A second line in the same message is the next answer, or an error when nobody reads it. */
static void test_lines(void)
{
	struct device device;
	struct bus bus;
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	bed_assert_answer(link, "LINES?", "one");
	g_assert_cmpuint(link_unread(link), ==, 4);
	g_assert_true(link_read(link, reply, 100, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "two", 3);
	bed_assert_answer(link, "LINES?", "one");
	g_assert_false(link_write(link, "ECHO? a", 7, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	bed_assert_answer(link, "ECHO? b", "b");
	link_close(link);
	bus_stop(&bus);
}

static void test_status_byte(void)
{
	if (bus_missing())
		return;
	for (int kind = 0; kind < 4; kind++) {
		struct device device;
		struct bus bus;
		struct bounds bounds = {deadline_in_s(10), NULL};
		g_autoptr(GError) error = NULL;
		guint8 status = 0;
		device_init(&device);
		device.has_interrupt = kind == 1 || kind == 2;
		device.busy = kind == 2 ? 2 : 0;
		device.plain = kind == 3;
		bus_start(&bus, &device);
		struct link *link = bed_open();
		g_assert_true(link_write(link, "ECHO? 5", 7, &bounds, NULL));
		gboolean ok = link_status_byte(link, &status, &bounds, &error);
		if (kind == 3)
			g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
		else
			g_assert_no_error(error);
		g_assert_cmpint(ok, ==, kind != 3);
		g_assert_cmpuint(status, ==, kind == 3 ? 0 : 0x50);
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_assert_true(link_read(link, reply, 100, &bounds, NULL));
		g_assert_cmpmem(reply->data, reply->len, "5", 1);
		for (int i = 0; i < 130 && kind < 2; i++)
			g_assert_true(link_status_byte(link, &status, &bounds, NULL));
		g_assert_cmpint(device.n_remote, ==, kind != 3);
		link_close(link);
		bus_stop(&bus);
	}
}

/* What the quirk table forbids, and asks for. */
static void test_quirks(void)
{
	struct device device;
	struct bus bus;
	struct bounds bounds = {deadline_in_s(10), NULL};
	GError *error = NULL;
	if (bus_missing())
		return;
	device_init(&device);
	device.vendor = 0xf4ec;
	bus_start(&bus, &device);
	struct link *link = link_open("USB::0xF4EC::0x8078::P0001234::1::INSTR",
	                              &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	bed_assert_answer(link, "ECHO? 1", "1");
	g_assert_cmpint(device.n_reset, ==, 1);
	g_assert_cmpint(device.n_remote + device.n_local, ==, 0);
	link_close(link);
	bus_stop(&bus);

	device_init(&device);
	device.vendor = 0x1ab1;
	device.garble = GARBLE_ID;
	bus_start(&bus, &device);
	link = link_open("USB::0x1AB1::0x8078::P0001234::INSTR", &link_settings_scpi, NULL, &bounds,
	                 &error);
	g_assert_no_error(error);
	bed_assert_answer(link, "ECHO? 1", "1");
	bed_garble(&bus, GARBLE_EMPTY, 0);
	bed_assert_answer(link, "ECHO? 2", "2");
	link_close(link);
	bus_stop(&bus);
}

static void assert_refused(const char *resource, enum station_error code, const char *words)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_null(link_open(resource, &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, words))
		g_error("\"%s\" does not say \"%s\"", error->message, words);
}

static void test_find(void)
{
	struct device device;
	struct bus bus;
	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	assert_refused("USB::0x1313::0x8078::P9::INSTR", STATION_ERROR_IO, "but P0001234");
	assert_refused("USB::0x1313::0x8079::P0001234::INSTR", STATION_ERROR_IO, "no such");
	assert_refused("USB::0x1313::0x8078::P0001234::0::INSTR", STATION_ERROR_IO, "no such");
	bus_assert_claims(&bus, 0, 0);
	bus_occupy(&bus, TRUE);
	assert_refused(bed_resource, STATION_ERROR_REFUSED, "in use by another program");
	bus_occupy(&bus, FALSE);
	bus_unplug(&bus);
	assert_refused(bed_resource, STATION_ERROR_IO, "no such");
	bus_stop(&bus);
}

static void test_list(void)
{
	static const char *const serials[] = {"P0001234", "a:b %/c", NULL};
	static const char *const resources[] = {"USB::0x1313::0x8078::P0001234::INSTR",
	                                        "USB::0x1313::0x8078::a%3Ab %25%2Fc::INSTR", NULL};
	if (bus_missing())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(serials); i++) {
		struct device device;
		struct bus bus;
		struct bounds bounds = {deadline_in_s(10), NULL};
		GError *error = NULL;
		device_init(&device);
		device.serial = serials[i];
		bus_start(&bus, &device);
		g_autoptr(GPtrArray) list = usbtmc_list(&bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(list->len, ==, 1);
		const struct usbtmc_found *found = g_ptr_array_index(list, 0);
		g_assert_cmpuint(found->vendor, ==, 0x1313);
		g_assert_cmpuint(found->product, ==, 0x8078);
		g_assert_cmpint(found->interface, ==, 1);
		g_assert_cmpstr(found->serial, ==, serials[i]);
		g_assert_cmpstr(found->maker, ==, "Example \xc2\xb5");
		g_assert_cmpstr(found->model, ==, "Meter");
		g_assert_cmpstr(found->resource, ==, resources[i]);
		g_assert_null(found->problem);
		bus_assert_claims(&bus, 0, 0);
		if (found->resource)
			link_close(link_open(found->resource, &link_settings_scpi, NULL, &bounds,
			                     &error));
		g_assert_no_error(error);
		bus_stop(&bus);
	}
}

int main(int argc, char **argv)
{
	bus_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/usbtmc/queries", test_queries);
	g_test_add_func("/link/usbtmc/lengths", test_lengths);
	g_test_add_func("/link/usbtmc/blocks", test_blocks);
	g_test_add_func("/link/usbtmc/lines", test_lines);
	g_test_add_func("/link/usbtmc/status-byte", test_status_byte);
	g_test_add_func("/link/usbtmc/quirks", test_quirks);
	g_test_add_func("/link/usbtmc/find", test_find);
	g_test_add_func("/link/usbtmc/list", test_list);
	return g_test_run();
}
