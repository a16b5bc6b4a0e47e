/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/vhci.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FOLDER "/sys/devices/platform/vhci_hcd.0"

enum {
	STATE_FREE = 4, /* VDEV_ST_NULL */
	TRIES = 20000,  /* of a millisecond */
};

gboolean vhci_available(const char **reason)
{
	if (access(FOLDER "/attach", W_OK) == 0)
		return TRUE;
	*reason = errno == EACCES ? "this user may not plug into vhci_hcd"
	                          : "this kernel has no vhci_hcd";
	return FALSE;
}

/* The USB 2.0 ports that are free. Free with g_array_unref. */
static GArray *free_ports(void)
{
	GArray *ports = g_array_new(FALSE, FALSE, sizeof(int));
	g_autofree char *text = NULL;

	if (!g_file_get_contents(FOLDER "/status", &text, NULL, NULL))
		g_error("%s/status cannot be read", FOLDER);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		int port = 0, state = 0;
		/* "hs  0000 004 000 00000000 000000 0-0" */
		if (sscanf(lines[i], "hs %d %d", &port, &state) == 2 && state == STATE_FREE)
			g_array_append_val(ports, port);
	}
	return ports;
}

/* Any: where something has just been pulled out the kernel waits until the contacts are quiet. */
static int choose_port(void)
{
	g_autoptr(GArray) ports = free_ports();

	if (ports->len == 0)
		g_error("%s has no free port", FOLDER);
	return g_array_index(ports, int, g_random_int_range(0, (gint32)ports->len));
}

static gboolean is_free(int port)
{
	g_autoptr(GArray) ports = free_ports();

	for (guint i = 0; i < ports->len; i++)
		if (g_array_index(ports, int, i) == port)
			return TRUE;
	return FALSE;
}

/* The number of the bus whose ports are those of USB 2.0. */
static guint bus_number(void)
{
	g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);
	const char *name;

	while (folder && (name = g_dir_read_name(folder))) {
		g_autofree char *path = g_strdup_printf("%s/%s/speed", FOLDER, name);
		g_autofree char *speed = NULL;
		if (g_str_has_prefix(name, "usb") &&
		    g_file_get_contents(path, &speed, NULL, NULL) && g_str_equal(speed, "480\n"))
			return (guint)g_ascii_strtoull(name + 3, NULL, 10);
	}
	g_error("%s has no bus of USB 2.0", FOLDER);
}

/* FALSE: somebody else was faster. */
static gboolean hand_over(int port, int fd, int device_id, int speed)
{
	g_autofree char *text = g_strdup_printf("%d %d %d %d", port, fd, device_id, speed);
	int file = open(FOLDER "/attach", O_WRONLY | O_CLOEXEC);
	gssize written = file < 0 ? -1 : write(file, text, strlen(text));
	int cause = errno;

	if (file >= 0)
		close(file);
	if (written < 0 && cause != EBUSY)
		g_error("%s/attach: %s", FOLDER, g_strerror(cause));
	return written > 0;
}

int vhci_attach(int device_id, int speed, struct vhci_place *place)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		g_error("socketpair: %s", g_strerror(errno));
	do
		place->port = choose_port();
	while (!hand_over(place->port, ends[1], device_id, speed));
	close(ends[1]);
	guint bus = bus_number();
	place->name = g_strdup_printf("%u-%d", bus, place->port + 1);
	place->folder = g_strdup_printf("%s/usb%u/%s", FOLDER, bus, place->name);
	return ends[0];
}

void vhci_wait_free(const struct vhci_place *place)
{
	for (int i = 0; !is_free(place->port); i++) {
		if (i == TRIES)
			g_error("port %d of vhci_hcd stays taken", place->port);
		g_usleep(1000);
	}
}

void vhci_place_clear(struct vhci_place *place)
{
	g_clear_pointer(&place->name, g_free);
	g_clear_pointer(&place->folder, g_free);
}
