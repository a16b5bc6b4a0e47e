/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_I2C_ADAPTER_H
#define TESTS_HARDWARE_DEVICES_I2C_ADAPTER_H

#include <glib.h>

/* An I2C bus behind an adapter on USB, the i2c-tiny-usb that Linux drives: /dev/i2c-0. */
struct i2c_adapter;

/*
 * One transaction with a seven-bit address: bytes written, then, after a repeated start, bytes
 * read; either may be none. FALSE: not acknowledged. Called in the adapter's thread.
 */
typedef gboolean (*i2c_target_fn)(void *target, guint address, const guint8 *write, gsize write_len,
                                  guint8 *read, gsize read_len);

/* target is borrowed. */
struct i2c_adapter *i2c_adapter_new(i2c_target_fn transfer, void *target);
/* Pulled out if need be. Null is allowed. */
void i2c_adapter_free(struct i2c_adapter *adapter);

/* Plugs it in; its device node, free with g_free. */
char *i2c_adapter_plug(struct i2c_adapter *adapter);
void i2c_adapter_unplug(struct i2c_adapter *adapter);

#endif
