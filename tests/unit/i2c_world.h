/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_I2C_WORLD_H
#define TESTS_UNIT_I2C_WORLD_H

#include "tests/unit/umockdev.h"

#include <errno.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stddef.h>

/*
 * Adapters that umockdev shows: on /dev/i2c-7 a memory at 0x57 and, at 0x50, a module, or two
 * modules behind a multiplexer at 0x70. All are memories of 256 bytes behind a pointer. The rest of
 * the adapters are there for their names.
 */
enum { WORLD_MESSAGES_MAX = 42, WORLD_MODULES = 8 };

struct i2c_world {
	struct umockdev umockdev;
	gpointer bed;
	gpointer handler;
	GMutex lock;
	gulong functions;
	gulong timeout_10ms, retries;
	gboolean has_mux;
	guint8 control; /* the multiplexer's */
	guint8 memory[WORLD_MODULES][256], eeprom[256];
	guint8 pointer[WORLD_MODULES], eeprom_pointer;
	guint fault_at; /* so many transfers go well before: */
	int fault;      /* an errno for so many */
	guint n_faults;
	gboolean is_short; /* the fault is one message less than asked for */
	GString *log; /* "W50:7F " a write, "R50:8 " a read of so many, "/" between transfers */
};

static const char world_node[] = "/dev/i2c-7";
static const char world_adapter[] = "i2c-tiny-usb at bus 001 device 002";

/* The memory that answers at an address, and its pointer; null: nobody. */
static inline guint8 *world_find(struct i2c_world *w, guint address, guint8 **pointer)
{
	guint channel = 0;

	if (address == 0x57) {
		*pointer = &w->eeprom_pointer;
		return w->eeprom;
	}
	if (address != 0x50)
		return NULL;
	if (w->has_mux) {
		/* two modules at once would garble each other */
		g_assert_cmpuint(w->control & (w->control - 1), ==, 0);
		while (channel < 8 && !(w->control >> channel & 1))
			channel++;
		if (channel == 8)
			return NULL;
	}
	*pointer = &w->pointer[channel];
	return w->memory[channel];
}

static inline int world_message(struct i2c_world *w, const struct i2c_msg *message, guint8 *data)
{
	guint8 *pointer = NULL;
	guint8 *memory;

	if (message->flags & I2C_M_RD)
		g_string_append_printf(w->log, "R%02X:%u ", message->addr, message->len);
	else
		g_string_append_printf(w->log, "W%02X:%02X ", message->addr, data[0]);
	if (message->addr == 0x70 && w->has_mux) {
		if (!(message->flags & I2C_M_RD))
			w->control = data[message->len - 1];
		return 0;
	}
	memory = world_find(w, message->addr, &pointer);
	if (!memory)
		return ENXIO;
	if (message->flags & I2C_M_RD) {
		for (guint i = 0; i < message->len; i++)
			data[i] = memory[(*pointer)++];
		return 0;
	}
	*pointer = data[0];
	for (guint i = 1; i < message->len; i++)
		memory[(*pointer)++] = data[i];
	return 0;
}

/* Number of messages done, or less than 0. */
static inline int world_transfer(struct i2c_world *w, struct ioctl_data *arg)
{
	const struct umockdev *u = &w->umockdev;
	struct ioctl_data *head = u->data_resolve(arg, 0, sizeof(struct i2c_rdwr_ioctl_data), NULL);
	guint n = ((struct i2c_rdwr_ioctl_data *)(gpointer)head->data)->nmsgs;
	struct ioctl_data *list;
	int fault = 0;

	g_assert_cmpuint(n, >=, 1);
	g_assert_cmpuint(n, <=, WORLD_MESSAGES_MAX);
	list = u->data_resolve(head, offsetof(struct i2c_rdwr_ioctl_data, msgs),
	                       n * sizeof(struct i2c_msg), NULL);
	g_string_append_c(w->log, '/');
	if (w->n_faults && w->fault_at == 0) {
		w->n_faults--;
		g_string_append(w->log, "! ");
		fault = w->is_short ? (int)n - 1 : -w->fault;
	} else {
		w->fault_at -= w->fault_at > 0;
		for (guint i = 0; i < n && fault == 0; i++) {
			struct i2c_msg *message = (struct i2c_msg *)(gpointer)list->data + i;
			struct ioctl_data *data =
				u->data_resolve(list,
			                        i * sizeof *message + offsetof(struct i2c_msg, buf),
			                        message->len, NULL);

			fault = -world_message(w, message, data->data);
			g_object_unref(data);
		}
		fault = fault ? fault : (int)n;
	}
	g_object_unref(list);
	g_object_unref(head);
	return fault;
}

/* In umockdev's thread. */
static inline gboolean world_on_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct i2c_world *w = user_data;
	const struct umockdev *u = &w->umockdev;
	struct ioctl_data *arg = u->client_get_arg(client);
	struct ioctl_data *place;
	int result = 0;

	g_mutex_lock(&w->lock);
	switch (u->client_get_request(client)) {
	case I2C_FUNCS:
		place = u->data_resolve(arg, 0, sizeof(gulong), NULL);
		memcpy(place->data, &w->functions, sizeof(gulong));
		g_object_unref(place);
		break;
	case I2C_TIMEOUT:
		w->timeout_10ms = *(gulong *)(gpointer)arg->data;
		break;
	case I2C_RETRIES:
		w->retries = *(gulong *)(gpointer)arg->data;
		break;
	case I2C_RDWR:
		result = world_transfer(w, arg);
		break;
	default:
		result = -ENOTTY;
	}
	g_mutex_unlock(&w->lock);
	u->client_complete(client, result < 0 ? -1 : result, result < 0 ? -result : 0);
	return TRUE;
}

/* clock: of the device tree, 8 hexadecimal digits; null: none. */
static inline void world_show(struct i2c_world *w, guint number, const char *name,
                              const char *clock)
{
	g_autofree char *text = g_strdup_printf(
		"P: /devices/i2c-%u\nE: SUBSYSTEM=i2c\n%s%s%s\n"
		"P: /devices/i2c-%u/i2c-dev/i2c-%u\nN: i2c-%u\nE: DEVNAME=/dev/i2c-%u\n"
		"E: SUBSYSTEM=i2c-dev\nE: MAJOR=89\nE: MINOR=%u\nA: name=%s\\n\n"
		"L: device=../../../i2c-%u\n\n",
		number, clock ? "H: of_node/clock-frequency=" : "", clock ? clock : "",
		clock ? "\n" : "", number, number, number, number, number, name, number);
	g_autofree char *node = g_strdup_printf("/dev/i2c-%u", number);
	GError *error = NULL;

	w->umockdev.testbed_add_from_string(w->bed, text, &error);
	g_assert_no_error(error);
	w->umockdev.testbed_attach_ioctl(w->bed, node, w->handler, &error);
	g_assert_no_error(error);
}

static inline void world_start(struct i2c_world *w)
{
	*w = (struct i2c_world){.functions = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL};
	g_mutex_init(&w->lock);
	w->log = g_string_new(NULL);
	for (guint i = 0; i < WORLD_MODULES; i++)
		for (guint byte = 0; byte < 256; byte++)
			w->memory[i][byte] = (guint8)(byte + 16 * i);
	umockdev_load(&w->umockdev);
	w->bed = w->umockdev.testbed_new();
	w->handler = w->umockdev.ioctl_base_new();
	g_signal_connect(w->handler, "handle-ioctl", G_CALLBACK(world_on_ioctl), w);
	world_show(w, 7, world_adapter, NULL);
}

static inline void world_stop(struct i2c_world *w)
{
	g_object_unref(w->bed);
	g_object_unref(w->handler);
	g_string_free(w->log, TRUE);
	g_mutex_clear(&w->lock);
}

/* What was on the wires since the last call; free with g_free. */
static inline char *world_take_log(struct i2c_world *w)
{
	char *text;

	g_mutex_lock(&w->lock);
	text = g_strchomp(g_strdup(w->log->str));
	g_string_truncate(w->log, 0);
	g_mutex_unlock(&w->lock);
	return text;
}

/* `after` transfers from now, n of them fail. */
static inline void world_fail(struct i2c_world *w, guint after, int number, guint n)
{
	g_mutex_lock(&w->lock);
	w->fault_at = after;
	w->fault = number;
	w->is_short = number == 0;
	w->n_faults = n;
	g_mutex_unlock(&w->lock);
}

#endif
