/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/usb_port.h"

#include "tests/hardware/devices/usb_answer.h"
#include "tests/hardware/devices/vhci.h"

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	CMD_SUBMIT = 1,
	CMD_UNLINK = 2,
	RET_SUBMIT = 3,
	RET_UNLINK = 4,
	WAITING_MAX = 64,
	TRANSFER_MAX = 4 << 20,
	DEVICE_ID = 0x10002, /* of the server that exported it; there is none */
};

/* How long the kernel may take for what it does behind our back. */
static const double patience_s = 20;

/* USB/IP's header; all numbers big-endian but the setup's. */
struct message {
	guint32 command, sequence, device, is_in, endpoint;
	union {
		struct {
			guint32 flags, len, start, packets, interval;
			guint8 setup[8];
		} submit;
		struct {
			guint32 status, len, start, packets, errors, padding[2];
		} returned;
		struct {
			guint32 sequence, padding[6];
		} unlink;
	};
};
G_STATIC_ASSERT(sizeof(struct message) == 48);

/* A transfer that the device has not answered yet. */
struct waiting {
	guint32 sequence;
	guint8 endpoint; /* 0: one that only waits to be taken back */
	int max;
};

struct usb_port {
	struct usb_device device;
	struct usb_description description; /* its own copy */
	struct vhci_place place;
	int socket;
	int wake;
	gboolean leaves; /* told by wake; atomic */
	GThread *thread;
	guint8 *answer; /* a message with the bytes of one transfer behind it, */
	guint8 *bytes;  /* which are these */
	struct waiting waiting[WAITING_MAX];
	guint n_waiting;
};

/* ---- the socket ---- */

static gboolean receive(int fd, void *to, gsize len)
{
	for (gsize done = 0; done < len;) {
		gssize got = read(fd, (guint8 *)to + done, len - done);
		if (got <= 0 && !(got < 0 && errno == EINTR))
			return FALSE;
		done += (gsize)MAX(got, 0);
	}
	return TRUE;
}

static gboolean give(int fd, const void *from, gsize len)
{
	for (gsize done = 0; done < len;) {
		gssize sent = write(fd, (const guint8 *)from + done, len - done);
		if (sent <= 0 && !(sent < 0 && errno == EINTR))
			return FALSE;
		done += (gsize)MAX(sent, 0);
	}
	return TRUE;
}

/* n: bytes moved, or what went wrong. At once: the kernel wakes up for each piece. */
static gboolean reply(struct usb_port *port, guint32 sequence, gboolean is_in, int n)
{
	struct message message = {g_htonl(RET_SUBMIT), g_htonl(sequence)};

	message.returned.status = g_htonl((guint32)MIN(n, 0));
	message.returned.len = g_htonl((guint32)MAX(n, 0));
	memcpy(port->answer, &message, sizeof message);
	return give(port->socket, port->answer, sizeof message + (is_in ? (gsize)MAX(n, 0) : 0));
}

/* ---- transfers ---- */

static void keep(struct usb_port *port, guint32 sequence, guint8 endpoint, int max)
{
	g_assert_cmpuint(port->n_waiting, <, WAITING_MAX);
	port->waiting[port->n_waiting++] = (struct waiting){sequence, endpoint, max};
}

static void drop(struct usb_port *port, guint at)
{
	port->n_waiting--;
	memmove(&port->waiting[at], &port->waiting[at + 1],
	        (port->n_waiting - at) * sizeof port->waiting[0]);
}

static int control(struct usb_port *port, const guint8 *setup, int max)
{
	const struct usb_device *device = &port->device;
	int n = device->ops->control(device->device, setup, port->bytes, max);

	return n == -ENOSYS ? usb_answer(device->description, setup, port->bytes, max) : n;
}

/* Control transfers, and bytes for the device. */
static gboolean submit(struct usb_port *port, const struct message *message)
{
	const struct usb_device *device = &port->device;
	guint32 sequence = g_ntohl(message->sequence);
	guint8 endpoint = (guint8)g_ntohl(message->endpoint);
	gboolean is_in = message->is_in != 0;
	int len = (int)g_ntohl(message->submit.len), n;

	if (len < 0 || len > TRANSFER_MAX ||
	    (!is_in && !receive(port->socket, port->bytes, (gsize)len)))
		return FALSE;
	if (is_in && endpoint != 0) {
		keep(port, sequence, endpoint | 0x80, len);
		return TRUE;
	}
	if (device->lock)
		g_mutex_lock(device->lock);
	if (endpoint == 0)
		n = control(port, message->submit.setup, len);
	else if (device->ops->out)
		n = device->ops->out(device->device, endpoint, port->bytes, len);
	else
		n = -EPIPE;
	if (device->lock)
		g_mutex_unlock(device->lock);
	if (n != -EAGAIN)
		return reply(port, sequence, is_in, n);
	keep(port, sequence, 0, 0);
	return TRUE;
}

/* 0 says that its answer is already on the way. */
static gboolean take_back(struct usb_port *port, const struct message *message)
{
	struct message answer = {g_htonl(RET_UNLINK), message->sequence};
	guint32 sequence = g_ntohl(message->unlink.sequence);

	for (guint i = 0; i < port->n_waiting; i++) {
		if (port->waiting[i].sequence != sequence)
			continue;
		drop(port, i);
		answer.returned.status = g_htonl((guint32)-ECONNRESET);
		break;
	}
	return give(port->socket, &answer, sizeof answer);
}

/* Those that wait for bytes, the oldest first. */
static gboolean try_waiting(struct usb_port *port)
{
	const struct usb_device *device = &port->device;

	for (guint i = 0; i < port->n_waiting;) {
		const struct waiting waiting = port->waiting[i];
		int n = -EAGAIN;
		if (device->lock)
			g_mutex_lock(device->lock);
		if (waiting.endpoint != 0)
			n = device->ops->in ? device->ops->in(device->device, waiting.endpoint,
			                                      port->bytes, waiting.max)
			                    : -EPIPE;
		if (device->lock)
			g_mutex_unlock(device->lock);
		if (n == -EAGAIN) {
			i++;
			continue;
		}
		drop(port, i);
		if (!reply(port, waiting.sequence, TRUE, n))
			return FALSE;
	}
	return TRUE;
}

static gboolean serve(struct usb_port *port)
{
	struct message message;

	if (!receive(port->socket, &message, sizeof message))
		return FALSE;
	switch (g_ntohl(message.command)) {
	case CMD_SUBMIT:
		return submit(port, &message);
	case CMD_UNLINK:
		return take_back(port, &message);
	default:
		return FALSE;
	}
}

/* Whether something waits for what fd may bring. */
static gboolean is_awaited(const struct usb_port *port)
{
	for (guint i = 0; i < port->n_waiting; i++)
		if (port->waiting[i].endpoint != 0)
			return TRUE;
	return FALSE;
}

static gpointer port_main(gpointer user_data)
{
	struct usb_port *port = user_data;
	guint64 count;

	while (!g_atomic_int_get(&port->leaves)) {
		GPollFD fds[] = {{port->socket, G_IO_IN, 0},
		                 {port->wake, G_IO_IN, 0},
		                 {is_awaited(port) ? port->device.fd : -1, G_IO_IN, 0}};
		g_poll(fds, G_N_ELEMENTS(fds), -1);
		if (fds[1].revents)
			receive(port->wake, &count, sizeof count);
		if ((fds[0].revents && !serve(port)) || !try_waiting(port))
			break;
	}
	return NULL;
}

/* ---- plugging ---- */

gboolean usb_port_available(const char **reason)
{
	return vhci_available(reason);
}

/* Until a name is there, or is not: its path, or null. */
static char *wait_path(const char *pattern, gboolean there)
{
	gint64 end_us = g_get_monotonic_time() + (gint64)(patience_s * G_USEC_PER_SEC);

	for (;;) {
		glob_t found;
		gboolean is_there = glob(pattern, 0, NULL, &found) == 0;
		g_autofree char *path = is_there ? g_strdup(found.gl_pathv[0]) : NULL;
		globfree(&found);
		if (is_there == there)
			return g_steal_pointer(&path);
		if (g_get_monotonic_time() > end_us)
			g_error("%s %s", pattern, there ? "does not come" : "does not go");
		g_usleep(1000);
	}
}

struct usb_port *usb_port_plug(const struct usb_device *device)
{
	struct usb_port *port = g_new0(struct usb_port, 1);

	port->device = *device;
	port->description = *device->description;
	port->description.configuration = g_memdup2(device->description->configuration,
	                                            device->description->configuration_len);
	port->device.description = &port->description;
	port->answer = g_malloc(sizeof(struct message) + TRANSFER_MAX);
	port->bytes = port->answer + sizeof(struct message);
	port->wake = eventfd(0, EFD_CLOEXEC);
	port->socket = vhci_attach(DEVICE_ID, (int)device->description->speed, &port->place);
	port->thread = g_thread_new("usb device", port_main, port);
	/* there when the configuration is set and its interfaces are known */
	g_autofree char *known = g_strdup_printf("%s/%s:1.*", port->place.folder, port->place.name);
	g_free(wait_path(known, TRUE));
	return port;
}

void usb_port_unplug(struct usb_port *port)
{
	if (!port)
		return;
	g_atomic_int_set(&port->leaves, TRUE);
	usb_port_wake(port);
	g_thread_join(port->thread);
	close(port->socket);
	close(port->wake);
	g_free(wait_path(port->place.folder, FALSE));
	vhci_wait_free(&port->place);
	vhci_place_clear(&port->place);
	g_free((gpointer)port->description.configuration);
	g_free(port->answer);
	g_free(port);
}

void usb_port_wake(struct usb_port *port)
{
	static const guint64 one = 1;
	give(port->wake, &one, sizeof one);
}

const char *usb_port_folder(const struct usb_port *port)
{
	return port->place.folder;
}

char *usb_port_wait(const struct usb_port *port, const char *pattern)
{
	g_autofree char *full =
		g_strdup_printf("%s/%s:%s", port->place.folder, port->place.name, pattern);
	g_autofree char *path = wait_path(full, TRUE);

	return g_path_get_basename(path);
}
