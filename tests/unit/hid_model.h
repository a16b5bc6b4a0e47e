/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_HID_MODEL_H
#define TESTS_UNIT_HID_MODEL_H

#include <glib.h>

#include <errno.h>
#include <string.h>

/*
 * A bridge on USB as its host sees it: descriptors, reports, an I2C bus and lines. What a report
 * means is the model's, cp2112_model.h or mcp2221_model.h, typed from the makers' documents and
 * sharing nothing with the station's driver. A host's bus is hid_bus.h.
 */

/* How a transaction on the I2C bus goes. */
enum hid_i2c {
	HID_I2C_OK,
	HID_I2C_NACK_ADDRESS,
	HID_I2C_NACK_DATA,
	HID_I2C_HELD,  /* the clock is held in a byte */
	HID_I2C_STUCK, /* the lines are low */
	HID_I2C_TAKEN, /* another master */
	HID_I2C_CUT,   /* a read ends early */
	HID_I2C_NEVER, /* the engine never ends it by itself */
};

enum hid_fault {
	HID_GOOD,
	HID_SILENT,     /* no answer */
	HID_STALL_OUT,  /* refuses a report */
	HID_STALL_IN,   /* in place of an answer */
	HID_STALL_SET,  /* refuses a feature report */
	HID_STALL_GET,  /* in place of a feature report */
	HID_SHORT,      /* an answer of two bytes */
	HID_EMPTY,      /* an answer of none */
	HID_WRONG_ID,   /* another number */
	HID_LONG_COUNT, /* says that more bytes follow than are wanted */
	HID_LATE,       /* together with the next */
	HID_SHORT_GET,  /* a feature report of one byte */
	HID_UNPLUG,     /* it is gone */
};

enum { HID_REPORT = 64, HID_LINES_MAX = 8 };

struct hid_model;

struct hid_model_ops {
	/* Bytes, or -EPIPE. */
	int (*get_feature)(struct hid_model *model, guint8 id, guint8 *data, int max);
	int (*set_feature)(struct hid_model *model, const guint8 *data, int len);
	/* A report from the host; answers by hid_answer. */
	void (*out)(struct hid_model *model, const guint8 data[HID_REPORT]);
	guint count_at; /* of answers with data: where their count is */
};

struct hid_model {
	const struct hid_model_ops *ops;
	guint16 vendor, product;
	const char *serial; /* null: none */
	const guint8 *configuration;
	gsize configuration_len;
	guint interface; /* its HID interface */
	guint8 in;       /* endpoint */

	enum hid_i2c (*i2c)(void *target, guint address, const guint8 *write, gsize write_len,
	                    guint8 *read, gsize read_len);
	void (*moved)(void *target, guint levels); /* lines have new levels; null: nobody looks */
	void *target;
	guint n_lines;
	guint outputs, open_drain, latch; /* what it drives; bit n: line n */
	guint outside;                    /* levels of what it does not drive */
	GString *edges;                   /* "0+ 3- ": lines that went high and low */
	guint levels;
	guint n_early; /* so often the address is not acknowledged by a write before a read */
	guint n_busy;  /* so often the engine says busy before a transfer's end is seen */

	enum hid_fault fault;
	guint fault_in; /* so many reports (of the fault's kind) go well before */
	guint n_faults; /* then so many do not */
	gboolean is_gone;
	GQueue answers; /* of GBytes */
	GBytes *late;
	guint n_out;       /* reports that came */
	guint n_senseless; /* cancels of an engine at rest, which then may hang */

	guint8 state[1024]; /* the model's own */
};

static inline void hid_lines_moved(struct hid_model *model)
{
	guint driven = model->outputs & ~(model->open_drain & model->latch);
	guint levels = (model->latch & driven) | (model->outside & ~driven);

	for (guint i = 0; i < model->n_lines; i++)
		if ((levels ^ model->levels) >> i & 1)
			g_string_append_printf(model->edges, "%u%c ", i,
			                       levels >> i & 1 ? '+' : '-');
	model->levels = levels;
	if (model->moved)
		model->moved(model->target, levels);
}

static inline gboolean hid_fault_now(struct hid_model *model, enum hid_fault kind)
{
	if (model->fault != kind || !model->n_faults)
		return FALSE;
	if (model->fault_in) {
		model->fault_in--;
		return FALSE;
	}
	model->n_faults--;
	return TRUE;
}

static inline void hid_answer(struct hid_model *model, const guint8 report[HID_REPORT])
{
	guint8 bytes[HID_REPORT];
	gsize len = sizeof bytes;

	memcpy(bytes, report, sizeof bytes);
	if (hid_fault_now(model, HID_SILENT))
		return;
	if (hid_fault_now(model, HID_SHORT))
		len = 2;
	if (hid_fault_now(model, HID_EMPTY))
		len = 0;
	if (hid_fault_now(model, HID_WRONG_ID))
		bytes[0] ^= 0x55;
	if (hid_fault_now(model, HID_LONG_COUNT))
		bytes[model->ops->count_at] = 62;
	if (hid_fault_now(model, HID_LATE)) {
		model->late = g_bytes_new(bytes, len);
		return;
	}
	if (model->late)
		g_queue_push_tail(&model->answers, g_steal_pointer(&model->late));
	g_queue_push_tail(&model->answers, g_bytes_new(bytes, len));
}

/* The layout of its reports, in little: 64 bytes each way, of the maker's own. */
static const guint8 hid_layout[] = {
	0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00,
	0x75, 0x08, 0x95, 0x40, 0x81, 0x02, 0x09, 0x01, 0x95, 0x40, 0x91, 0x02, 0xC0,
};

/* ---- transfers on USB: bytes moved, -EPIPE, -EAGAIN, -ESHUTDOWN; -ENOSYS is not its own ---- */

static inline int hid_model_control(void *device, const guint8 setup[8], guint8 *data, int max)
{
	struct hid_model *model = device;

	if (model->is_gone)
		return -ESHUTDOWN;
	if (setup[0] == 0xA1 && setup[1] == 1) {
		if (hid_fault_now(model, HID_STALL_GET))
			return -EPIPE;
		if (hid_fault_now(model, HID_SHORT_GET))
			max = 1;
		return setup[3] == 3 ? model->ops->get_feature(model, setup[2], data, max) : -EPIPE;
	}
	if (setup[0] == 0x21 && setup[1] == 9) {
		if (hid_fault_now(model, HID_STALL_SET) || setup[3] != 3 || data[0] != setup[2])
			return -EPIPE;
		return model->ops->set_feature(model, data, max);
	}
	if (setup[0] == 0x81 && setup[1] == 6 && setup[3] == 0x22) {
		max = MIN(max, (int)sizeof hid_layout);
		memcpy(data, hid_layout, (gsize)max);
		return max;
	}
	/* SET_IDLE, of the kernel's driver */
	return setup[0] == 0x21 && setup[1] == 10 ? 0 : -ENOSYS;
}

static inline int hid_model_out(void *device, guint8 endpoint, const guint8 *data, int len)
{
	struct hid_model *model = device;
	guint8 report[HID_REPORT] = {0};

	if (hid_fault_now(model, HID_UNPLUG))
		model->is_gone = TRUE;
	if (model->is_gone)
		return -ESHUTDOWN;
	if (endpoint != (model->in & 0x7F) || hid_fault_now(model, HID_STALL_OUT))
		return -EPIPE;
	model->n_out++;
	/* the kernel's drivers leave out what is zero at the end */
	g_assert_cmpint(len, <=, (int)sizeof report);
	memcpy(report, data, (gsize)len);
	model->ops->out(model, report);
	return len;
}

static inline int hid_model_in(void *device, guint8 endpoint, guint8 *data, int max)
{
	struct hid_model *model = device;
	g_autoptr(GBytes) answer = NULL;
	gsize len = 0;
	const guint8 *bytes;

	if (model->is_gone)
		return -ESHUTDOWN;
	if (endpoint != model->in || g_queue_is_empty(&model->answers))
		return -EAGAIN;
	answer = g_queue_pop_head(&model->answers);
	if (hid_fault_now(model, HID_STALL_IN))
		return -EPIPE;
	bytes = g_bytes_get_data(answer, &len);
	len = MIN(len, (gsize)max);
	if (len)
		memcpy(data, bytes, len);
	return (int)len;
}

/* ---- for tests ---- */

/* As it is when it gets power: no outputs, latches high, nothing to say. */
static inline void hid_model_power(struct hid_model *model)
{
	g_queue_clear_full(&model->answers, (GDestroyNotify)g_bytes_unref);
	g_clear_pointer(&model->late, g_bytes_unref);
	memset(model->state, 0, sizeof model->state);
	model->outputs = 0;
	model->open_drain = model->latch = (1u << model->n_lines) - 1;
	model->is_gone = FALSE;
	model->fault = HID_GOOD;
	hid_lines_moved(model);
}

static inline void hid_model_free(struct hid_model *model)
{
	hid_model_power(model);
	g_string_free(model->edges, TRUE);
	g_free(model);
}

#endif
