/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/error.h"

#include <gio/gio.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <libserialport.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A serial port that is not there: umockdev shows a USB adapter in sysfs, gives a pseudo-terminal
 * for its device node and sends the modem-line requests, which pseudo-terminals do not know, to the
 * handler below. It has to be loaded before all else, so the program starts itself again with it.
 * It is opened at run time: without it the program still builds, and skips.
 */

/* The public head of UMockdevIoctlData. */
struct ioctl_data {
	GObject parent;
	guint8 *data;
	gint data_len;
};

struct umockdev {
	gpointer (*testbed_new)(void);
	gboolean (*testbed_add_from_string)(gpointer bed, const char *text, GError **error);
	gboolean (*testbed_attach_ioctl)(gpointer bed, const char *node, gpointer base,
	                                 GError **error);
	gint (*testbed_get_dev_fd)(gpointer bed, const char *node);
	gpointer (*ioctl_base_new)(void);
	gulong (*client_get_request)(gpointer client);
	struct ioctl_data *(*client_get_arg)(gpointer client);
	gint (*client_execute)(gpointer client, gint *os_error, GError **error);
	void (*client_complete)(gpointer client, glong result, gint os_error);
	struct ioctl_data *(*data_resolve)(struct ioctl_data *data, gsize offset, gsize len,
	                                   GError **error);
};

static const char preload[] = "libumockdev-preload.so.0";
static const char library[] = "libumockdev.so.0";
static const char node[] = "/dev/ttyUSB7";
static const char resource[] = "ASRL/dev/ttyUSB7::INSTR?baud=115200";

/* The device as sysfs shows it. */
static const char description[] =
	"P: /devices/pci0/usb1/1-2\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
	"A: busnum=1\\n\nA: devnum=3\\n\nA: idVendor=0403\\n\nA: idProduct=6001\\n\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB7\nE: SUBSYSTEM=usb-serial\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB7/tty/ttyUSB7\nN: ttyUSB7\n"
	"E: DEVNAME=/dev/ttyUSB7\nE: SUBSYSTEM=tty\nE: MAJOR=188\nE: MINOR=7\n"
	"L: device=../../../ttyUSB7\n\n";

struct port {
	struct umockdev umockdev;
	gpointer bed;
	gpointer handler;
	int modem;
	int fd;      /* the instrument's end */
	int stop[2]; /* closing [1] ends the instrument's thread */
	GThread *thread;
};

static gpointer symbol(gpointer lib, const char *name)
{
	gpointer found = dlsym(lib, name);
	if (!found)
		g_error("%s has no %s", library, name);
	return found;
}

static gboolean load(struct umockdev *u)
{
	gpointer lib = dlopen(library, RTLD_NOW);
	if (!lib)
		return FALSE;
	u->testbed_new = symbol(lib, "umockdev_testbed_new");
	u->testbed_add_from_string = symbol(lib, "umockdev_testbed_add_from_string");
	u->testbed_attach_ioctl = symbol(lib, "umockdev_testbed_attach_ioctl");
	u->testbed_get_dev_fd = symbol(lib, "umockdev_testbed_get_dev_fd");
	u->ioctl_base_new = symbol(lib, "umockdev_ioctl_base_new");
	u->client_get_request = symbol(lib, "umockdev_ioctl_client_get_request");
	u->client_get_arg = symbol(lib, "umockdev_ioctl_client_get_arg");
	u->client_execute = symbol(lib, "umockdev_ioctl_client_execute");
	u->client_complete = symbol(lib, "umockdev_ioctl_client_complete");
	u->data_resolve = symbol(lib, "umockdev_ioctl_data_resolve");
	return TRUE;
}

/* In umockdev's thread. */
static gboolean on_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct port *port = user_data;
	struct umockdev *u = &port->umockdev;
	struct ioctl_data *arg = u->client_get_arg(client);
	gint os_error = 0;
	glong result = 0;
	switch (u->client_get_request(client)) {
	case TIOCMGET:
		memcpy(u->data_resolve(arg, 0, sizeof(int), NULL)->data, &port->modem, sizeof(int));
		break;
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
		break;
	default:
		result = u->client_execute(client, &os_error, NULL);
	}
	u->client_complete(client, result, os_error);
	return TRUE;
}

/* ---- the instrument ---- */

static void answer(int fd, const char *line)
{
	static const char block[] = "#15a\nb\rc\r\n";
	if (g_str_equal(line, "BLOCK?"))
		g_assert_cmpint(write(fd, block, sizeof block - 1), ==, sizeof block - 1);
	else if (g_str_equal(line, "HALF?"))
		g_assert_cmpint(write(fd, "12", 2), ==, 2);
	else if (!g_str_equal(line, "SILENT?")) {
		g_autofree char *echo = g_strdup_printf("<%s>\r\n", line);
		for (const char *p = echo; *p; p++)
			g_assert_cmpint(write(fd, p, 1), ==, 1);
	}
}

static gpointer instrument_main(gpointer user_data)
{
	struct port *port = user_data;
	g_autoptr(GString) line = g_string_new(NULL);
	for (;;) {
		GPollFD fds[] = {{port->fd, G_IO_IN, 0}, {port->stop[0], G_IO_HUP, 0}};
		g_poll(fds, 2, -1);
		if (fds[1].revents)
			return NULL;
		char c;
		if (read(port->fd, &c, 1) != 1)
			continue;
		if (c != '\n') {
			g_string_append_c(line, c);
			continue;
		}
		answer(port->fd, line->str);
		g_string_truncate(line, 0);
	}
}

static void port_start(struct port *port)
{
	GError *error = NULL;
	g_assert_true(load(&port->umockdev));
	port->modem = TIOCM_CTS | TIOCM_DSR;
	port->bed = port->umockdev.testbed_new();
	port->handler = port->umockdev.ioctl_base_new();
	g_signal_connect(port->handler, "handle-ioctl", G_CALLBACK(on_ioctl), port);
	port->umockdev.testbed_add_from_string(port->bed, description, &error);
	g_assert_no_error(error);
	port->umockdev.testbed_attach_ioctl(port->bed, node, port->handler, &error);
	g_assert_no_error(error);
	port->fd = port->umockdev.testbed_get_dev_fd(port->bed, node);
	g_assert_cmpint(port->fd, >=, 0);
	g_assert_cmpint(pipe(port->stop), ==, 0);
	port->thread = g_thread_new("instrument", instrument_main, port);
}

static void port_stop(struct port *port)
{
	close(port->stop[1]);
	g_thread_join(port->thread);
	close(port->stop[0]);
	g_object_unref(port->bed);
	g_object_unref(port->handler);
}

/*
 * Whether looking a port up survives here: umockdev 0.19 stands in for realpath with a null
 * pointer, and libserialport 0.1.2 calls it. Only dying counts; a port that cannot be opened is our
 * failure.
 */
static gboolean lookup_dies(void)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct port port = {0};
		struct sp_port *found;
		port_start(&port);
		_exit(sp_get_port_by_name(node, &found) == SP_OK ? 0 : 1);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	return WIFSIGNALED(status);
}

static gboolean skip_without_umockdev(void)
{
	const char *loaded = g_getenv("LD_PRELOAD");
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal < 0) {
		g_test_skip("SERIAL LINES NOT TESTED: this place has no pseudo-terminals");
		return TRUE;
	}
	close(terminal);
	if (loaded && strstr(loaded, preload) && dlopen(library, RTLD_NOW)) {
		if (!lookup_dies())
			return FALSE;
		g_test_skip("SERIAL LINES NOT TESTED: this umockdev breaks realpath");
		return TRUE;
	}
	g_test_skip("SERIAL LINES NOT TESTED: umockdev is not installed");
	return TRUE;
}

/* ---- tests ---- */

static struct link *open_port(void)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	GError *error = NULL;
	struct link *link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	return link;
}

static void assert_answer(struct link *link, const char *query, const char *expected)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	link_query(link, query, reply, 100, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
}

static void test_queries(void)
{
	if (skip_without_umockdev())
		return;
	struct port port = {0};
	port_start(&port);
	struct link *link = open_port();
	assert_answer(link, "*IDN?", "<*IDN?>");
	assert_answer(link, "BLOCK?", "#15a\nb\rc");
	assert_answer(link, "A?", "<A?>");
	link_close(link);
	/* What one session left behind does not meet the next. */
	link = open_port();
	assert_answer(link, "B?", "<B?>");
	link_close(link);
	port_stop(&port);
}

static void test_timeouts(void)
{
	if (skip_without_umockdev())
		return;
	static const char *const queries[] = {"SILENT?", "HALF?"};
	struct port port = {0};
	port_start(&port);
	struct link *link = open_port();
	for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
		struct bounds bounds = {deadline_in_s(0.05), NULL};
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		g_assert_false(link_query(link, queries[i], reply, 100, &bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_cmpuint(reply->len, ==, 0);
		g_assert_true(link_is_dirty(link));
		assert_answer(link, "A?", "<A?>");
	}
	link_close(link);
	port_stop(&port);
}

static gpointer cancel_main(gpointer cancellable)
{
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_cancel(void)
{
	if (skip_without_umockdev())
		return;
	struct port port = {0};
	port_start(&port);
	struct link *link = open_port();
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(60), cancellable};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gint64 start_us = g_get_monotonic_time();
	g_assert_true(link_write(link, "SILENT?", 7, &bounds, NULL));
	GThread *thread = g_thread_new("cancel", cancel_main, cancellable);
	g_assert_false(link_read(link, reply, 100, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
	g_thread_join(thread);
	assert_answer(link, "A?", "<A?>");
	link_close(link);
	port_stop(&port);
}

static void test_no_port(void)
{
	if (skip_without_umockdev())
		return;
	struct port port = {0};
	port_start(&port);
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_null(
		link_open("ASRL/dev/ttyUSB8::INSTR", &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_true(g_str_has_prefix(error->message, "ASRL/dev/ttyUSB8::INSTR: open: "));
	port_stop(&port);
}

/* Starts the program again with umockdev in front of the C library, once. */
static void restart_with_umockdev(char **argv)
{
	const char *loaded = g_getenv("LD_PRELOAD");
	if ((loaded && strstr(loaded, preload)) || !dlopen(library, RTLD_NOW))
		return;
	g_autofree char *both = g_strjoin(":", preload, loaded, NULL);
	const char *asan = g_getenv("ASAN_OPTIONS");
	g_autofree char *options = g_strjoin(":", "verify_asan_link_order=0", asan, NULL);
	g_setenv("LD_PRELOAD", both, TRUE);
	g_setenv("ASAN_OPTIONS", options, TRUE);
	execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
	restart_with_umockdev(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/serial/queries", test_queries);
	g_test_add_func("/link/serial/timeouts", test_timeouts);
	g_test_add_func("/link/serial/cancel", test_cancel);
	g_test_add_func("/link/serial/no-port", test_no_port);
	return g_test_run();
}
