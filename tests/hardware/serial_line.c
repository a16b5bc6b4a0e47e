/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/link.h"
#include "instruments/link/serial_list.h"
#include "tests/hardware/devices/echo.h"
#include "tests/hardware/devices/ftdi.h"
#include "tests/hardware/devices/usb_port.h"

#include <math.h>
#include <string.h>

/* A serial line of the kernel's ftdi_sio: what reaches the adapter, and what happens without it. */

static const char node[] = "/dev/ttyUSB0";
/* Long enough for anything but a hang, and still shorter than what it must not wait for. */
static const double soon_s = 5;

struct bed {
	struct ftdi *ftdi;
	struct echo *echo;
	struct bounds bounds;
};

static void plug(struct bed *bed)
{
	ftdi_plug_as(bed->ftdi, node);
}

static void bed_start(struct bed *bed)
{
	bed->ftdi = ftdi_new("A1B2C3D4");
	bed->echo = echo_new(ftdi_line(bed->ftdi));
	bed->bounds = (struct bounds){deadline_in_s(60), NULL};
	plug(bed);
}

static void bed_stop(struct bed *bed)
{
	echo_free(bed->echo);
	ftdi_free(bed->ftdi);
}

static gboolean is_missing(void)
{
	const char *reason = NULL;

	if (usb_port_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

static struct link *open_line(struct bed *bed, const char *options)
{
	g_autofree char *resource = g_strdup_printf("ASRL%s::INSTR%s", node, options);
	g_autoptr(GError) error = NULL;
	struct link *link = link_open(resource, &link_settings_scpi, NULL, &bed->bounds, &error);

	g_assert_no_error(error);
	return link;
}

static void assert_echo(struct bed *bed, struct link *link, const char *text)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autofree char *expected = g_strdup_printf("<%s>", text);
	g_autoptr(GError) error = NULL;

	link_query(link, text, reply, 20000, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
}

static const struct {
	const char *options;
	double baud;
	guint bits;
	char parity;
	guint half_stops;
	guint8 flow;
} settings_rows[] = {
	{"", 9600, 8, 'N', 2, FTDI_FLOW_NONE},
	{"?baud=57600", 57600, 8, 'N', 2, FTDI_FLOW_NONE},
	{"?baud=250000", 250000, 8, 'N', 2, FTDI_FLOW_NONE},
	{"?baud=1200&bits=7&parity=even&stop=2&flow=rtscts", 1200, 7, 'E', 4, FTDI_FLOW_RTS_CTS},
	{"?baud=19200&parity=odd", 19200, 8, 'O', 2, FTDI_FLOW_NONE},
	{"?baud=250000&flow=rtscts", 250000, 8, 'N', 2, FTDI_FLOW_RTS_CTS},
	{"?baud=9600&flow=xonxoff", 9600, 8, 'N', 2, FTDI_FLOW_XON_XOFF},
};

/* What the resource string says is what the adapter is told, within the chip's steps. */
static void test_settings(void)
{
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	for (gsize i = 0; i < G_N_ELEMENTS(settings_rows); i++) {
		struct link *link = open_line(&bed, settings_rows[i].options);
		assert_echo(&bed, link, "a");
		const struct ftdi_settings is = ftdi_settings(bed.ftdi);
		g_assert_cmpfloat(fabs(is.baud / settings_rows[i].baud - 1), <, 0.001);
		g_assert_cmpuint(is.bits, ==, settings_rows[i].bits);
		g_assert_cmpint(is.parity, ==, settings_rows[i].parity);
		g_assert_cmpuint(is.half_stops, ==, settings_rows[i].half_stops);
		g_assert_cmpuint(is.flow, ==, settings_rows[i].flow);
		g_assert_true(is.dtr && is.rts);
		g_assert_false(is.in_break);
		link_close(link);
	}
	bed_stop(&bed);
}

/* Longer than any packet, and than the adapter's and the kernel's buffers. */
static void test_long_lines(void)
{
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	struct link *link = open_line(&bed, "?baud=115200");
	for (gsize len = 1; len <= 10000; len = len * 2 + 1) {
		g_autofree char *text = g_strnfill(len, 'x');
		assert_echo(&bed, link, text);
	}
	link_close(link);
	bed_stop(&bed);
}

static void expect_lost(gboolean ok, GError **error, gint64 start_us)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, soon_s * G_USEC_PER_SEC);
	g_clear_error(error);
}

/* Between two messages: the next one fails, and so do all until the adapter is back. */
static void test_unplugged(void)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	struct link *link = open_line(&bed, "");
	for (int i = 0; i < 3; i++) {
		assert_echo(&bed, link, "before");
		ftdi_unplug(bed.ftdi);
		for (int j = 0; j < 3; j++) {
			gint64 start_us = g_get_monotonic_time();
			gboolean ok = link_query(link, "gone", reply, 100, &bed.bounds, &error);
			expect_lost(ok, &error, start_us);
		}
		plug(&bed);
	}
	assert_echo(&bed, link, "after");
	link_close(link);
	bed_stop(&bed);
}

static gpointer unplug_when_heard(gpointer user_data)
{
	struct bed *bed = user_data;

	echo_wait_heard(bed->echo, 1);
	ftdi_unplug(bed->ftdi);
	return NULL;
}

/* While an answer is waited for. */
static void test_unplugged_waiting(void)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	struct link *link = open_line(&bed, "");
	GThread *thread = g_thread_new("unplug", unplug_when_heard, &bed);
	gint64 start_us = g_get_monotonic_time();
	gboolean ok = link_query(link, "SILENT?", reply, 100, &bed.bounds, &error);
	expect_lost(ok, &error, start_us);
	g_thread_join(thread);
	plug(&bed);
	assert_echo(&bed, link, "after");
	link_close(link);
	bed_stop(&bed);
}

static void test_list(void)
{
	g_autoptr(GError) error = NULL;
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	g_autoptr(GPtrArray) list = serial_list(&error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 1);
	const struct serial_found *found = list->pdata[0];
	g_assert_cmpstr(found->device, ==, node);
	g_assert_true(found->is_usb);
	g_assert_cmphex(found->vendor, ==, 0x0403);
	g_assert_cmphex(found->product, ==, 0x6001);
	g_assert_cmpstr(found->usb_serial, ==, "A1B2C3D4");
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/serial/settings", test_settings);
	g_test_add_func("/serial/long-lines", test_long_lines);
	g_test_add_func("/serial/unplugged", test_unplugged);
	g_test_add_func("/serial/unplugged-waiting", test_unplugged_waiting);
	g_test_add_func("/serial/list", test_list);
	return g_test_run();
}
