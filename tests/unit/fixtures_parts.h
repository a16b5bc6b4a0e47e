/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FIXTURES_PARTS_H
#define TESTS_UNIT_FIXTURES_PARTS_H

#include "base/error.h"
#include "fixtures/board_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/*
 * Pins and a bus in memory behind the two interfaces of a board, and board files for them. The
 * module answers at 0x50 as the one of fixtures_board.h does, the board's EEPROM at 0x57. Strict: a
 * module is only spoken to while the bus is locked.
 */
struct parts {
	gboolean levels[PINS_MAX];
	guint n_reads_to_change, changes; /* after so many readings of pins: this pin changes */
	gboolean is_lost_once;            /* pins fail, and are found again */
	gboolean are_lost;                /* pins fail, and cannot be found again */
	guint pins_opened, pins_open;
	GString *log; /* "ResetL=1 " for each output that is set, "xfer " for each transfer */
	guint transfers;
	gboolean is_locked;
	enum station_error bus_error; /* of the next transfer, unless INTERNAL */
	enum fixture_nack bus_nack;
	guint8 eeprom[256];
	char *path; /* of the board file */
};

struct parts_pins {
	struct pins base;
	struct parts *parts;
	guint n;
	char *names[PINS_MAX];
};

struct parts_bus {
	struct i2c_bus base;
	struct parts *parts;
};

static inline gboolean parts_lost(struct parts *parts, GError **error)
{
	gboolean lost = parts->are_lost || parts->is_lost_once;

	parts->is_lost_once = FALSE;
	if (lost)
		station_error_set(error, STATION_ERROR_IO, "the lines are gone");
	return lost;
}

static inline gboolean parts_get(struct pins *base, guint pin, gboolean *level,
                                 const struct bounds *bounds, GError **error)
{
	struct parts *parts = ((struct parts_pins *)base)->parts;

	if (parts->n_reads_to_change && --parts->n_reads_to_change == 0)
		parts->levels[parts->changes] = !parts->levels[parts->changes];
	*level = parts->levels[pin];
	return !parts_lost(parts, error);
}

static inline gboolean parts_set(struct pins *base, guint pin, gboolean level,
                                 const struct bounds *bounds, GError **error)
{
	struct parts_pins *pins = (struct parts_pins *)base;

	if (parts_lost(pins->parts, error))
		return FALSE;
	pins->parts->levels[pin] = level;
	g_string_append_printf(pins->parts->log, "%s=%d ", pins->names[pin], level);
	return TRUE;
}

static inline void parts_close_pins(struct pins *base)
{
	struct parts_pins *pins = (struct parts_pins *)base;

	pins->parts->pins_open--;
	for (guint i = 0; i < pins->n; i++)
		g_free(pins->names[i]);
	g_free(pins);
}

static const struct pins_ops parts_pins_ops = {
	.kind = "memory",
	.get = parts_get,
	.set = parts_set,
	.close = parts_close_pins,
};

static inline struct pins *parts_open_pins(const struct board_file *file, gpointer data,
                                           GError **error)
{
	struct parts *parts = data;
	struct parts_pins *pins;

	if (parts_lost(parts, error))
		return NULL;
	pins = g_new0(struct parts_pins, 1);
	pins->base.ops = &parts_pins_ops;
	pins->parts = parts;
	for (; pins->n < file->n_pins; pins->n++) {
		pins->names[pins->n] = g_strdup(file->pins[pins->n].name);
		if (file->pins[pins->n].is_output)
			parts->levels[pins->n] = file->pins[pins->n].level;
	}
	parts->pins_opened++;
	parts->pins_open++;
	return &pins->base;
}

static inline gboolean parts_lock(struct i2c_bus *bus, const struct bounds *bounds, GError **error)
{
	struct parts *parts = ((struct parts_bus *)bus)->parts;

	g_assert_false(parts->is_locked);
	parts->is_locked = TRUE;
	return TRUE;
}

static inline void parts_unlock(struct i2c_bus *bus)
{
	struct parts *parts = ((struct parts_bus *)bus)->parts;

	g_assert_true(parts->is_locked);
	parts->is_locked = FALSE;
}

static inline gboolean parts_transfer(struct i2c_bus *bus, guint8 address, const guint8 *out,
                                      gsize n_out, guint8 *in, gsize n_in, enum fixture_nack *nack,
                                      const struct bounds *bounds, GError **error)
{
	struct parts *parts = ((struct parts_bus *)bus)->parts;

	g_assert_true(parts->is_locked);
	if (address == 0x57) {
		memcpy(in, parts->eeprom + out[n_out - 1], n_in);
		return TRUE;
	}
	g_assert_cmpuint(address, ==, 0x50);
	parts->transfers++;
	g_string_append(parts->log, "xfer ");
	if (parts->bus_error != STATION_ERROR_INTERNAL) {
		*nack = parts->bus_nack;
		station_error_set(error, parts->bus_error, "as told");
		parts->bus_error = STATION_ERROR_INTERNAL;
		return FALSE;
	}
	if (n_in)
		memcpy(in, "\x18\x52\x0A", MIN(n_in, 3));
	return TRUE;
}

static inline void parts_close_bus(struct i2c_bus *bus)
{
	g_free(bus->name);
	g_free(bus);
}

static const struct i2c_bus_ops parts_bus_ops = {
	.kind = "memory",
	.lock = parts_lock,
	.unlock = parts_unlock,
	.transfer = parts_transfer,
	.close = parts_close_bus,
};

static inline struct i2c_bus *parts_open_bus(const struct board_file *file, gpointer data,
                                             GError **error)
{
	struct parts_bus *bus = g_new0(struct parts_bus, 1);

	bus->base.ops = &parts_bus_ops;
	bus->base.name = g_strdup("memory");
	bus->parts = data;
	return &bus->base;
}

static const struct board_source parts_source = {"memory", parts_open_pins, parts_open_bus};

/* The parts of a board file that tests change; null is what stands here. */
#define PARTS_SERIAL "serial_number: FX-0042\n"
#define PARTS_BUS    "bus: {device: /dev/null, clock: 400 kHz}\n"
#define PARTS_COUNT  "insertions: {file: n.count}\n"
#define PARTS_QSFP                                                                                 \
	"form: QSFP-DD\npins:\n  ResetL: {chip: a, line: 0}\n  LPMode: {chip: a, line: 1}\n"       \
	"  ModSelL: {chip: a, line: 2}\n  ModPrsL: {chip: a, line: 3}\n"                           \
	"  IntL: {chip: a, line: 4}\n"
#define PARTS_OSFP                                                                                 \
	"form: OSFP\npins: {RSTn: {chip: a, line: 0}, LPWn: {chip: a, line: 1}}\nlines:\n"         \
	"  INT/RSTn: {low: {chip: a, line: 2}, high: {chip: a, line: 3}}\n"                        \
	"  LPWn/PRSn: {low: {chip: a, line: 4}, high: {chip: a, line: 5}}\n"

static inline struct parts *parts_new(const char *text)
{
	struct parts *parts = g_new0(struct parts, 1);
	g_autofree char *count = NULL;

	g_mkdir_with_parents(g_get_user_data_dir(), 0700);
	parts->path = g_build_filename(g_get_user_data_dir(), "board.yaml", NULL);
	count = g_build_filename(g_get_user_data_dir(), "n.count", NULL);
	g_unlink(count);
	g_assert_true(g_file_set_contents(parts->path, text, -1, NULL));
	parts->log = g_string_new(NULL);
	memset(parts->eeprom, 0xFF, sizeof(parts->eeprom));
	return parts;
}

static inline void parts_free(struct parts *parts)
{
	g_assert_cmpuint(parts->pins_open, ==, 0);
	g_string_free(parts->log, TRUE);
	g_free(parts->path);
	g_free(parts);
}

static inline struct fixture *parts_open(struct parts *parts, GError **error)
{
	struct bounds bounds = {deadline_in_s(20), NULL};

	return board_fixture_open(parts->path, &parts_source, parts, &bounds, error);
}

#endif
