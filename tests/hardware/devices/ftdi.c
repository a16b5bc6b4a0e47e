/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/ftdi.h"

#include "tests/hardware/devices/usb_port.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* FTDI's vendor requests, and what is in them, as ftdi_sio's header tells them. */
enum {
	VENDOR_IN = 0xc0,
	VENDOR_OUT = 0x40,
	RESET = 0,
	MODEM_CONTROL = 1,
	FLOW_CONTROL = 2,
	SET_BAUD = 3,
	SET_DATA = 4,
	MODEM_STATUS = 5,
	EVENT_CHARACTER = 6,
	ERROR_CHARACTER = 7,
	SET_LATENCY = 9,
	GET_LATENCY = 10,
	STATUS_CTS = 0x10,
	STATUS_DSR = 0x20,
	STATUS_ALWAYS = 0x01,
	LINE_EMPTY = 0x60, /* transmitter's register and shift register */
	PACKET = 64,
	STATUS_LEN = 2, /* before the bytes of each packet */
	TRIES = 10,
};

static const double clock_baud = 3e6;

struct ftdi {
	GMutex lock;
	struct ftdi_settings settings;
	guint8 status, latency_ms;
	char *serial;
	int chip, line; /* the ends of the line */
	struct usb_port *port;
};

/* Divisor and its eighths, whose codes FTDI's application note AN232B-05 has; 0 and 1 stand out. */
static double baud_of(guint value)
{
	static const guint eighths[] = {0, 4, 2, 1, 3, 5, 6, 7};
	guint divisor = value & 0x3fff, code = value >> 14 & 7;

	if (code == 0 && divisor < 2)
		return divisor == 0 ? clock_baud : 2e6;
	return clock_baud / (divisor + eighths[code] / 8.0);
}

static void set_data(struct ftdi_settings *settings, guint value)
{
	static const char parities[] = "NOEMS???";
	static const guint half_stops[] = {2, 3, 4, 0};

	settings->bits = value & 0xff;
	settings->parity = parities[value >> 8 & 7];
	settings->half_stops = half_stops[value >> 11 & 3];
	settings->in_break = value >> 14 & 1;
}

static void modem_control(struct ftdi_settings *settings, guint value)
{
	if (value & 0x100)
		settings->dtr = value & 1;
	if (value & 0x200)
		settings->rts = value >> 1 & 1;
}

static int ask(const struct ftdi *ftdi, guint8 request, guint8 *data, int max)
{
	const guint8 status[STATUS_LEN] = {ftdi->status, LINE_EMPTY};

	if (request == GET_LATENCY && max >= 1) {
		data[0] = ftdi->latency_ms;
		return 1;
	}
	if (request != MODEM_STATUS)
		return -EPIPE;
	int n = MIN(max, STATUS_LEN);
	memcpy(data, status, (gsize)n);
	return n;
}

static int ftdi_control(void *device, const guint8 setup[8], guint8 *data, int max)
{
	struct ftdi *ftdi = device;
	guint value = setup[2] | (guint)setup[3] << 8;

	if (setup[0] == VENDOR_IN)
		return ask(ftdi, setup[1], data, max);
	if (setup[0] != VENDOR_OUT)
		return -ENOSYS;
	switch (setup[1]) {
	case MODEM_CONTROL:
		modem_control(&ftdi->settings, value);
		return 0;
	case FLOW_CONTROL:
		ftdi->settings.flow = setup[5];
		return 0;
	case SET_BAUD:
		ftdi->settings.baud = baud_of(value | (guint)setup[4] << 16);
		return 0;
	case SET_DATA:
		set_data(&ftdi->settings, value);
		return 0;
	case SET_LATENCY:
		ftdi->latency_ms = setup[2];
		return 0;
	case RESET:
	case EVENT_CHARACTER:
	case ERROR_CHARACTER:
		return 0;
	default:
		return -EPIPE;
	}
}

/* What nobody listens to is lost, as on a line. */
static int ftdi_out(void *device, guint8 endpoint, const guint8 *data, int len)
{
	const struct ftdi *ftdi = device;

	for (int done = 0; done < len;) {
		gssize sent = send(ftdi->chip, data + done, (gsize)(len - done), MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			break;
		done += (int)MAX(sent, 0);
	}
	return len;
}

static int ftdi_in(void *device, guint8 endpoint, guint8 *data, int max)
{
	const struct ftdi *ftdi = device;

	if (max < PACKET)
		return -EAGAIN;
	gssize got = recv(ftdi->chip, data + STATUS_LEN, PACKET - STATUS_LEN, MSG_DONTWAIT);
	if (got <= 0)
		return -EAGAIN;
	data[0] = ftdi->status;
	data[1] = LINE_EMPTY;
	return STATUS_LEN + (int)got;
}

/* ---- its life ---- */

struct ftdi *ftdi_new(const char *serial)
{
	struct ftdi *ftdi = g_new0(struct ftdi, 1);
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		g_error("socketpair: %s", g_strerror(errno));
	g_mutex_init(&ftdi->lock);
	ftdi->chip = ends[0];
	ftdi->line = ends[1];
	ftdi->serial = g_strdup(serial);
	ftdi->latency_ms = 16;
	ftdi->status = STATUS_ALWAYS | STATUS_CTS | STATUS_DSR;
	return ftdi;
}

void ftdi_free(struct ftdi *ftdi)
{
	if (!ftdi)
		return;
	ftdi_unplug(ftdi);
	close(ftdi->chip);
	close(ftdi->line);
	g_mutex_clear(&ftdi->lock);
	g_free(ftdi->serial);
	g_free(ftdi);
}

int ftdi_line(const struct ftdi *ftdi)
{
	return ftdi->line;
}

char *ftdi_plug(struct ftdi *ftdi)
{
	static const guint8 configuration[] = {
		9, 2, 32,   0, 1,      1,    0,    0xa0, 45, /* one interface */
		9, 4, 0,    0, 2,      0xff, 0xff, 0xff, 2,
		7, 5, 0x81, 2, PACKET, 0,    0, /* bulk in */
		7, 5, 0x02, 2, PACKET, 0,    0, /* bulk out */
	};
	static const struct usb_device_ops ops = {ftdi_control, ftdi_out, ftdi_in};
	const struct usb_description description = {
		.speed = USB_SPEED_FULL,
		.vendor = 0x0403,
		.product = 0x6001,
		.release = 0x0600, /* an FT232R */
		.strings = {"FTDI", "FT232R USB UART", ftdi->serial},
		.configuration = configuration,
		.configuration_len = sizeof configuration,
	};
	const struct usb_device usb = {&description, &ops, ftdi, &ftdi->lock, ftdi->chip};

	ftdi->port = usb_port_plug(&usb);
	g_autofree char *name = usb_port_wait(ftdi->port, "1.0/ttyUSB*/tty/ttyUSB*");
	return g_strdup_printf("/dev/%s", name);
}

void ftdi_plug_as(struct ftdi *ftdi, const char *node)
{
	for (int i = 0; i < TRIES; i++) {
		g_autofree char *got = ftdi_plug(ftdi);
		if (g_str_equal(got, node))
			return;
		ftdi_unplug(ftdi);
	}
	g_error("somebody keeps %s", node);
}

void ftdi_unplug(struct ftdi *ftdi)
{
	g_clear_pointer(&ftdi->port, usb_port_unplug);
}

struct ftdi_settings ftdi_settings(struct ftdi *ftdi)
{
	g_mutex_lock(&ftdi->lock);
	struct ftdi_settings settings = ftdi->settings;
	g_mutex_unlock(&ftdi->lock);
	return settings;
}

void ftdi_set_lines(struct ftdi *ftdi, gboolean cts, gboolean dsr)
{
	g_mutex_lock(&ftdi->lock);
	ftdi->status = STATUS_ALWAYS | (cts ? STATUS_CTS : 0) | (dsr ? STATUS_DSR : 0);
	g_mutex_unlock(&ftdi->lock);
}
