/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/discover_mdns.h"
#include "station/engine/discover_sources.h"
#include "tests/unit/usbtmc_bus.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <termios.h>

static const struct discover_way *only_way(const GPtrArray *found, guint i)
{
	const struct discovered *instrument = found->pdata[i];

	g_assert_cmpuint(instrument->ways->len, ==, 1);
	return instrument->ways->pdata[0];
}

/* ---- mDNS: from service to resource ---- */

static const struct {
	const char *type;
	const char *address;
	guint16 port;
	const char *resource;
	gboolean here;
} services[] = {
	{"_hislip._tcp", "192.0.2.7", 4880, "TCPIP::192.0.2.7::hislip0::INSTR", FALSE},
	{"_hislip._tcp", "127.0.0.1", 4881, "TCPIP::127.0.0.1::hislip0,4881::INSTR", TRUE},
	{"_vxi-11._tcp", "192.0.2.7", 111, "TCPIP::192.0.2.7::inst0::INSTR", FALSE},
	{"_vxi-11._tcp", "127.0.0.9", 1024, "TCPIP::127.0.0.9::inst0@1024::INSTR", TRUE},
	{"_scpi-raw._tcp", "::1", 5025, "TCPIP::[::1]::5025::SOCKET", TRUE},
	{"_lxi._tcp", "192.0.2.7", 80, NULL, FALSE},
};

static void test_services(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
		const struct mdns_service service = {
			.name = (char *)"a",
			.type = (char *)services[i].type,
			.address = (char *)services[i].address,
			.port = services[i].port,
			.model = (char *)"X",
		};
		struct discover_way *way = discover_way_of_service(&service, FALSE);
		g_assert_cmpstr(way->resource, ==, services[i].resource);
		g_assert_cmpstr(way->where, ==, services[i].address);
		g_assert_cmpstr(way->told.model, ==, "X");
		g_assert_null(way->told.maker);
		discover_way_free(way);
		way = discover_way_of_service(&service, TRUE);
		g_assert_true((way != NULL) == services[i].here);
		discover_way_free(way);
	}
}

/* ---- VXI-11: a portmapper on UDP says yes, and nothing more ---- */

static gpointer map_main(gpointer user_data)
{
	int fd = *(int *)user_data;
	struct sockaddr_in from;
	socklen_t from_len = sizeof from;
	guint8 call[200], reply[28] = {[7] = 1, [26] = 4};

	if (recvfrom(fd, call, sizeof call, 0, (struct sockaddr *)&from, &from_len) < 4)
		return NULL;
	memcpy(reply, call, 4);
	sendto(fd, reply, sizeof reply, 0, (struct sockaddr *)&from, from_len);
	return NULL;
}

static void test_vxi11(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;

	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &len), ==, 0);
	GThread *thread = g_thread_new("map", map_main, &fd);
	const struct discover_options options = {
		.sources = 1u << DISCOVER_VXI11,
		.timeout_s = 2,
		.loopback = TRUE,
		.portmapper = ntohs(address.sin_port),
	};
	g_autoptr(GPtrArray) found = discover(&options, NULL, notes, &error);
	g_assert_no_error(error);
	g_thread_join(thread);
	close(fd);
	g_assert_cmpuint(notes->len, ==, 0);
	g_assert_cmpuint(found->len, ==, 1);
	g_assert_cmpstr(only_way(found, 0)->resource, ==, "TCPIP::127.0.0.1::inst0::INSTR");
	/* nobody serves VXI-11 at the usual port here */
	g_assert_nonnull(only_way(found, 0)->problem);
	g_assert_false(only_way(found, 0)->answered);
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	const struct discover_options options = {
		.sources = 1u << DISCOVER_VXI11,
		.timeout_s = 60,
		.loopback = TRUE,
		.portmapper = 9,
	};

	g_cancellable_cancel(cancellable);
	g_assert_null(discover(&options, cancellable, notes, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
}

/* ---- what is plugged in ---- */

static const char adapter[] =
	"P: /devices/pci0/usb1/1-2\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
	"A: busnum=1\\n\nA: devnum=3\\n\nA: idVendor=0403\\n\nA: idProduct=6001\\n\n"
	"A: serial=FT123\\n\nA: product=Fast UART\\n\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB7\nE: SUBSYSTEM=usb-serial\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB7/tty/ttyUSB7\nN: ttyUSB7\n"
	"E: DEVNAME=/dev/ttyUSB7\nE: SUBSYSTEM=tty\nE: MAJOR=188\nE: MINOR=7\n"
	"L: device=../../../ttyUSB7\n\n";

/* The USB device does not know *IDN?: its descriptors tell who it is. The line is not asked. */
static void test_plugged(void)
{
	struct device device;
	struct bus bus;
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	const struct discover_options options = {
		.sources = 1u << DISCOVER_USB | 1u << DISCOVER_SERIAL,
		.timeout_s = 2,
	};

	if (bus_missing())
		return;
	device_init(&device);
	device.serial = "P0001234";
	bus_start(&bus, &device);
	bus.umockdev.testbed_add_from_string(bus.bed, adapter, &error);
	g_assert_no_error(error);
	g_autoptr(GPtrArray) found = discover(&options, NULL, notes, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(notes->len, ==, 0);
	g_assert_cmpuint(found->len, ==, 2);
	const struct discover_way *usb = only_way(found, 0), *line = only_way(found, 1);
	g_assert_cmpstr(usb->resource, ==, "USB::0x1313::0x8078::P0001234::INSTR");
	g_assert_cmpstr(usb->told.model, ==, "Meter");
	g_assert_cmpstr(usb->told.serial, ==, "P0001234");
	g_assert_nonnull(usb->problem);
	g_assert_cmpstr(line->resource, ==, "ASRL/dev/ttyUSB7::INSTR");
	g_assert_nonnull(strstr(line->source, "USB 0403:6001"));
	g_assert_nonnull(strstr(line->source, "serial FT123"));
	g_assert_null(line->problem);
	g_assert_null(line->told.model);
	bus_stop(&bus);
}

/* ---- a serial line, asked ---- */

/* An instrument on a pseudo-terminal, which lacks modem lines: the handler has them. */
struct line {
	gint (*execute)(gpointer client, gint *os_error, GError **error);
	struct umockdev *umockdev;
	int fd;      /* its end */
	int stop[2]; /* closing [1] ends its thread */
};

/* In umockdev's thread. */
static gboolean on_line_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct line *line = user_data;
	struct umockdev *u = line->umockdev;
	gint os_error = 0;
	glong result = 0;

	switch (u->client_get_request(client)) {
	case TIOCMGET:
		memset(u->data_resolve(u->client_get_arg(client), 0, sizeof(int), NULL)->data, 0,
		       sizeof(int));
		break;
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
		break;
	default:
		result = line->execute(client, &os_error, NULL);
	}
	u->client_complete(client, result, os_error);
	return TRUE;
}

/* Knows one question, at one speed. */
static gpointer line_main(gpointer user_data)
{
	static const char identity[] = "Rigol Technologies,DP832A,DP8C1,00.01.16\n";
	struct line *line = user_data;
	g_autoptr(GString) asked = g_string_new(NULL);

	for (;;) {
		GPollFD fds[] = {{line->fd, G_IO_IN, 0}, {line->stop[0], G_IO_HUP, 0}};
		struct termios settings;
		char c;
		g_poll(fds, 2, -1);
		if (fds[1].revents)
			return NULL;
		if (read(line->fd, &c, 1) != 1)
			continue;
		g_string_append_c(asked, c);
		if (c != '\n')
			continue;
		g_assert_cmpstr(asked->str, ==, "*IDN?\n");
		g_string_truncate(asked, 0);
		if (tcgetattr(line->fd, &settings) == 0 && cfgetospeed(&settings) == B115200)
			g_assert_cmpint(write(line->fd, identity, strlen(identity)), ==,
			                strlen(identity));
	}
}

static void test_line(void)
{
	struct device device;
	struct bus bus;
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	const struct discover_options options = {
		.sources = 1u << DISCOVER_SERIAL,
		.timeout_s = 3,
		.ask_serial = TRUE,
	};

	if (bus_missing())
		return;
	gpointer lib = dlopen(umockdev_library, RTLD_NOW);
	gint (*get_dev_fd)(gpointer bed, const char *node) =
		umockdev_symbol(lib, "testbed_get_dev_fd");
	struct line line = {.execute = umockdev_symbol(lib, "ioctl_client_execute"),
	                    .umockdev = &bus.umockdev};
	device_init(&device);
	bus_start(&bus, &device);
	bus.umockdev.testbed_add_from_string(bus.bed, adapter, &error);
	g_assert_no_error(error);
	gpointer handler = bus.umockdev.ioctl_base_new();
	g_signal_connect(handler, "handle-ioctl", G_CALLBACK(on_line_ioctl), &line);
	bus.umockdev.testbed_attach_ioctl(bus.bed, "/dev/ttyUSB7", handler, &error);
	g_assert_no_error(error);
	line.fd = get_dev_fd(bus.bed, "/dev/ttyUSB7");
	g_assert_true(g_unix_open_pipe(line.stop, FD_CLOEXEC, NULL));
	GThread *thread = g_thread_new("line", line_main, &line);
	g_autoptr(GPtrArray) found = discover(&options, NULL, notes, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(found->len, ==, 1);
	g_assert_true(only_way(found, 0)->answered);
	g_assert_cmpstr(only_way(found, 0)->resource, ==, "ASRL/dev/ttyUSB7::INSTR?baud=115200");
	g_assert_cmpstr(only_way(found, 0)->told.model, ==, "DP832A");
	close(line.stop[1]);
	g_thread_join(thread);
	close(line.stop[0]);
	g_object_unref(handler);
	bus_stop(&bus);
}

int main(int argc, char **argv)
{
	bus_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/discover/services", test_services);
	g_test_add_func("/discover/vxi11", test_vxi11);
	g_test_add_func("/discover/cancelled", test_cancelled);
	g_test_add_func("/discover/plugged", test_plugged);
	g_test_add_func("/discover/line", test_line);
	return g_test_run();
}
