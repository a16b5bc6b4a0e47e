/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/serial_port.h"

#include "base/error.h"

#include <libserialport.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <termios.h>

static gboolean check(enum sp_return result, const char *what, GError **error)
{
	if (result >= 0)
		return TRUE;
	if (result == SP_ERR_FAIL) {
		char *cause = sp_last_error_message();
		station_error_set(error, STATION_ERROR_IO, "%s: %s", what, cause);
		sp_free_error_message(cause);
		return FALSE;
	}
	const char *cause = result == SP_ERR_ARG    ? "no such serial port, or setting unknown"
	                    : result == SP_ERR_SUPP ? "the serial port cannot do it"
	                                            : "out of memory";
	station_error_set(error, STATION_ERROR_IO, "%s: %s", what, cause);
	return FALSE;
}

static gboolean configure(struct sp_port *port, const struct link_line *line, GError **error)
{
	static const enum sp_parity parities[] = {
		[LINK_PARITY_NONE] = SP_PARITY_NONE,
		[LINK_PARITY_ODD] = SP_PARITY_ODD,
		[LINK_PARITY_EVEN] = SP_PARITY_EVEN,
	};
	static const enum sp_flowcontrol flows[] = {
		[LINK_FLOW_NONE] = SP_FLOWCONTROL_NONE,
		[LINK_FLOW_RTSCTS] = SP_FLOWCONTROL_RTSCTS,
		[LINK_FLOW_XONXOFF] = SP_FLOWCONTROL_XONXOFF,
	};
	return check(sp_set_baudrate(port, line->baud), "set baud rate", error) &&
	       check(sp_set_bits(port, line->bits), "set data bits", error) &&
	       check(sp_set_parity(port, parities[line->parity]), "set parity", error) &&
	       check(sp_set_stopbits(port, line->stop_bits), "set stop bits", error) &&
	       check(sp_set_flowcontrol(port, flows[line->flow]), "set flow control", error) &&
	       check(sp_flush(port, SP_BUF_BOTH), "empty the buffers", error);
}

/* libserialport, up to 0.1.2 at least, sets the bit among the input modes, where it means nothing.
 */
static gboolean set_rtscts(int fd, gboolean on, GError **error)
{
	struct termios settings;
	if (tcgetattr(fd, &settings) == 0) {
		settings.c_cflag = (settings.c_cflag & ~(tcflag_t)CRTSCTS) | (on ? CRTSCTS : 0);
		if (tcsetattr(fd, TCSANOW, &settings) == 0)
			return TRUE;
	}
	station_error_set(error, STATION_ERROR_IO, "set flow control: %s", g_strerror(errno));
	return FALSE;
}

/* libserialport knows ports by the names of the kernel only, not the links below /dev/serial. */
static char *kernel_name(const char *device)
{
	char resolved[PATH_MAX];
	if (g_str_has_prefix(device, "/dev/serial/") && realpath(device, resolved))
		return g_strdup(resolved);
	return g_strdup(device);
}

struct sp_port *serial_port_open(const char *device, const struct link_line *line, int *fd,
                                 GError **error)
{
	g_autofree char *name = kernel_name(device);
	struct sp_port *port = NULL;
	if (!check(sp_get_port_by_name(name, &port), "open", error))
		return NULL;
	if (!check(sp_open(port, SP_MODE_READ_WRITE), "open", error)) {
		sp_free_port(port);
		return NULL;
	}
	if (!configure(port, line, error) || !check(sp_get_port_handle(port, fd), "open", error) ||
	    !set_rtscts(*fd, line->flow == LINK_FLOW_RTSCTS, error)) {
		serial_port_close(port);
		return NULL;
	}
	return port;
}

void serial_port_close(struct sp_port *port)
{
	if (!port)
		return;
	/* Closing waits for what cannot be sent any more, so nothing may be left. */
	sp_flush(port, SP_BUF_OUTPUT);
	sp_close(port);
	sp_free_port(port);
}

gssize serial_port_send(struct sp_port *port, const guint8 *data, gsize len, GError **error)
{
	enum sp_return n = sp_nonblocking_write(port, data, len);
	/* a full buffer: nothing of it, for now */
	if (n == SP_ERR_FAIL && sp_last_error_code() == EAGAIN)
		return 0;
	return check(n, "send", error) ? (gssize)n : -1;
}

gssize serial_port_receive(struct sp_port *port, guint8 *data, gsize len, GError **error)
{
	enum sp_return n = sp_nonblocking_read(port, data, len);
	return check(n, "receive", error) ? (gssize)n : -1;
}

gsize serial_port_waiting(struct sp_port *port)
{
	int waiting = (int)sp_input_waiting(port);
	return (gsize)MAX(waiting, 0);
}
