/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/i2c_adapter.h"

#include "tests/hardware/devices/usb_port.h"

#include <errno.h>
#include <string.h>

/* Its vendor requests, as Linux's driver has them. */
enum {
	VENDOR = 0x40,
	TYPE_MASK = 0x60,
	IN = 0x80,
	GET_FUNC = 1,
	SET_DELAY = 2,
	GET_STATUS = 3,
	IO = 4, /* one message; */
	IO_BEGIN = IO | 1,
	IO_END = IO | 2, /* the last of its transaction */
	IO_BOTH = IO | 3,
	STATUS_ACK = 1,
	STATUS_NACK = 2,
};

/* I2C_FUNC_I2C and what the kernel plays of SMBus with it. */
static const guint8 functions[] = {0x01, 0x00, 0xff, 0x0e};

struct i2c_adapter {
	i2c_target_fn transfer;
	void *target;
	GByteArray *written; /* of a transaction that goes on */
	guint8 status;
	struct usb_port *port;
};

static int message(struct i2c_adapter *adapter, const guint8 setup[8], guint8 *data, int max)
{
	guint address = setup[4] | (guint)setup[5] << 8;
	gboolean is_in = setup[0] & IN, is_last = (setup[1] & IO_END) == IO_END;
	GByteArray *written = adapter->written;
	gboolean ok = TRUE;

	if (setup[1] & 1)
		g_byte_array_set_size(written, 0);
	if (!is_in)
		g_byte_array_append(written, data, (guint)max);
	if (is_in)
		memset(data, 0xff, (gsize)max);
	/* whether the address is there is told with the read that follows */
	if (is_in || is_last) {
		ok = adapter->transfer(adapter->target, address, written->data, written->len,
		                       is_in ? data : NULL, is_in ? (gsize)max : 0);
		g_byte_array_set_size(written, 0);
	}
	adapter->status = ok ? STATUS_ACK : STATUS_NACK;
	return max;
}

static int adapter_control(void *device, const guint8 setup[8], guint8 *data, int max)
{
	struct i2c_adapter *adapter = device;
	int n;

	if ((setup[0] & TYPE_MASK) != VENDOR)
		return -ENOSYS;
	switch (setup[1]) {
	case GET_FUNC:
		n = MIN(max, (int)sizeof functions);
		memcpy(data, functions, (gsize)n);
		return n;
	case SET_DELAY:
		return 0;
	case GET_STATUS:
		if (max < 1)
			return -EPIPE;
		data[0] = adapter->status;
		return 1;
	case IO:
	case IO_BEGIN:
	case IO_END:
	case IO_BOTH:
		return message(adapter, setup, data, max);
	default:
		return -EPIPE;
	}
}

struct i2c_adapter *i2c_adapter_new(i2c_target_fn transfer, void *target)
{
	struct i2c_adapter *adapter = g_new0(struct i2c_adapter, 1);

	adapter->transfer = transfer;
	adapter->target = target;
	adapter->written = g_byte_array_new();
	return adapter;
}

void i2c_adapter_free(struct i2c_adapter *adapter)
{
	if (!adapter)
		return;
	i2c_adapter_unplug(adapter);
	g_byte_array_unref(adapter->written);
	g_free(adapter);
}

char *i2c_adapter_plug(struct i2c_adapter *adapter)
{
	static const guint8 configuration[] = {
		9, 2, 18, 0, 1, 1,    0, 0x80, 50, /* one interface, */
		9, 4, 0,  0, 0, 0xff, 0, 0,    0,  /* of the control endpoint alone */
	};
	static const struct usb_device_ops ops = {adapter_control, NULL, NULL};
	const struct usb_description description = {
		.speed = USB_SPEED_FULL,
		.vendor = 0x0403,
		.product = 0xc631,
		.release = 0x0205,
		.class = 0xff,
		.strings = {"Till Harbaum", "i2c-tiny-usb", "I2C00001"},
		.configuration = configuration,
		.configuration_len = sizeof configuration,
	};
	const struct usb_device usb = {&description, &ops, adapter, NULL, -1};

	adapter->port = usb_port_plug(&usb);
	g_autofree char *name = usb_port_wait(adapter->port, "1.0/i2c-*/i2c-dev/i2c-*");
	return g_strdup_printf("/dev/%s", name);
}

void i2c_adapter_unplug(struct i2c_adapter *adapter)
{
	g_clear_pointer(&adapter->port, usb_port_unplug);
}
