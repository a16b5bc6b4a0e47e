/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_CP2112_MODEL_H
#define TESTS_UNIT_CP2112_MODEL_H

#include "tests/unit/hid_model.h"

/* Silicon Labs CP2112, by AN495. Strict: what the document does not allow ends the test. */

struct cp2112_state {
	guint8 revision;
	guint8 special;
	guint8 smbus[14]; /* its settings */
	guint8 status0, status1;
	guint8 end0, end1; /* the status once it is not busy any more */
	guint n_busy;
	guint8 data[512];
	guint n_data, n_sent;
};
G_STATIC_ASSERT(sizeof(struct cp2112_state) <= sizeof(((struct hid_model *)NULL)->state));

static inline struct cp2112_state *cp2112_state(struct hid_model *model)
{
	return (struct cp2112_state *)(gpointer)model->state;
}

static inline int cp2112_get(struct hid_model *model, guint8 id, guint8 *data, int max)
{
	const struct cp2112_state *state = cp2112_state(model);
	guint8 all[14] = {id};
	int len;

	switch (id) {
	case 0x02:
		all[1] = (guint8)model->outputs;
		all[2] = (guint8)~model->open_drain;
		all[3] = state->special;
		len = 5;
		break;
	case 0x03:
		all[1] = (guint8)model->levels;
		len = 2;
		break;
	case 0x05:
		all[1] = 0x0C;
		all[2] = state->revision ? state->revision : 2;
		len = 3;
		break;
	case 0x06:
		memcpy(all + 1, state->smbus + 1, 13);
		len = 14;
		break;
	default:
		return -EPIPE;
	}
	len = MIN(len, max);
	memcpy(data, all, (gsize)len);
	return len;
}

static inline int cp2112_set(struct hid_model *model, const guint8 *data, int len)
{
	struct cp2112_state *state = cp2112_state(model);
	guint mask;

	switch (data[0]) {
	case 0x02:
		g_assert_cmpint(len, ==, 5);
		/* an input's latch is high, so that it is not driven */
		model->latch |= ~(guint)data[1] & 0xFF;
		model->outputs = data[1];
		model->open_drain = ~(guint)data[2] & 0xFF;
		state->special = data[3];
		hid_lines_moved(model);
		return len;
	case 0x04:
		g_assert_cmpint(len, ==, 3);
		mask = data[2] & model->outputs; /* takes levels of outputs only */
		model->latch = (model->latch & ~mask) | (data[1] & mask);
		hid_lines_moved(model);
		return len;
	case 0x06:
		g_assert_cmpint(len, ==, 14);
		memcpy(state->smbus, data, 14);
		return len;
	default:
		return -EPIPE;
	}
}

/* What the maker's settings lack: limits, without which a transfer may never end. */
static inline void cp2112_check_smbus(const guint8 smbus[14])
{
	g_assert_cmpuint(smbus[1] << 24 | smbus[2] << 16 | smbus[3] << 8 | smbus[4], >=, 10000);
	g_assert_cmpuint(smbus[6], ==, 0); /* data wait until they are asked for */
	g_assert_cmpuint(smbus[7] << 8 | smbus[8], >, 0);
	g_assert_cmpuint(smbus[9] << 8 | smbus[10], >, 0);
	g_assert_cmpuint(smbus[12] << 8 | smbus[13], >, 0);
}

static inline void cp2112_run(struct hid_model *model, guint address, const guint8 *write,
                              gsize n_write, gsize n_read)
{
	static const struct {
		enum hid_i2c how;
		guint8 status0, status1;
	} ends[] = {
		{HID_I2C_OK, 2, 5},   {HID_I2C_NACK_ADDRESS, 3, 0}, {HID_I2C_NACK_DATA, 3, 4},
		{HID_I2C_HELD, 3, 1}, {HID_I2C_STUCK, 3, 1},        {HID_I2C_TAKEN, 3, 2},
		{HID_I2C_CUT, 3, 3},  {HID_I2C_NEVER, 1, 2},
	};
	struct cp2112_state *state = cp2112_state(model);
	enum hid_i2c how;

	g_assert_cmpuint(address & 1, ==, 0);
	cp2112_check_smbus(state->smbus);
	g_assert_cmpuint(state->status0, !=, 1); /* one at a time */
	state->n_data = state->n_sent = 0;
	how = model->i2c(model->target, address >> 1, write, n_write, state->data, n_read);
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		if (ends[i].how != how)
			continue;
		state->end0 = ends[i].status0;
		state->end1 = ends[i].status1;
	}
	state->n_data = how == HID_I2C_OK ? (guint)n_read : 0;
	state->n_busy = model->n_busy;
	state->status0 = 1;
	state->status1 = 2;
}

static inline void cp2112_tell_status(struct hid_model *model)
{
	struct cp2112_state *state = cp2112_state(model);
	guint8 report[HID_REPORT] = {0x16};

	if (state->status0 == 1 && state->n_busy-- == 0) {
		state->status0 = state->end0;
		state->status1 = state->end1;
		state->n_busy = 0;
	}
	report[1] = state->status0;
	report[2] = state->status1;
	report[5] = (guint8)(state->n_data >> 8);
	report[6] = (guint8)state->n_data;
	hid_answer(model, report);
}

static inline void cp2112_send_data(struct hid_model *model, guint wanted)
{
	struct cp2112_state *state = cp2112_state(model);
	guint n = MIN(MIN(wanted, 61), state->n_data - state->n_sent);
	guint8 report[HID_REPORT] = {0x13, state->status0, (guint8)n};

	memcpy(report + 3, state->data + state->n_sent, n);
	state->n_sent += n;
	hid_answer(model, report);
}

static inline void cp2112_out(struct hid_model *model, const guint8 data[HID_REPORT])
{
	struct cp2112_state *state = cp2112_state(model);
	guint n = data[2] << 8 | data[3];

	switch (data[0]) {
	case 0x10:
		g_assert_true(n >= 1 && n <= 512);
		cp2112_run(model, data[1], NULL, 0, n);
		break;
	case 0x11:
		g_assert_true(n >= 1 && n <= 512 && data[4] >= 1 && data[4] <= 16);
		cp2112_run(model, data[1], data + 5, data[4], n);
		break;
	case 0x12:
		cp2112_send_data(model, data[1] << 8 | data[2]);
		break;
	case 0x14:
		g_assert_true(data[2] >= 1 && data[2] <= 61);
		cp2112_run(model, data[1], data + 3, data[2], 0);
		break;
	case 0x15:
		g_assert_cmpuint(data[1], ==, 1);
		cp2112_tell_status(model);
		break;
	case 0x17:
		g_assert_cmpuint(data[1], ==, 1);
		state->status0 = 0;
		state->n_data = state->n_sent = 0;
		break;
	default:
		g_error("report 0x%02X is none of a CP2112's", data[0]);
	}
}

static inline struct hid_model *cp2112_model_new(const char *serial)
{
	static const guint8 configuration[] = {
		9, 2,    41,   0, 1,  1, 0,    0x80, 50, /* one interface: */
		9, 4,    0,    0, 2,  3, 0,    0,    0,  /* HID, with */
		9, 0x21, 1,    1, 0,  1, 0x22, 27,   0,  /* 27 bytes of reports' layout, */
		7, 5,    0x81, 3, 64, 0, 1,              /* interrupt in, */
		7, 5,    0x01, 3, 64, 0, 1,              /* interrupt out */
	};
	static const struct hid_model_ops ops = {cp2112_get, cp2112_set, cp2112_out, 2};
	struct hid_model *model = g_new0(struct hid_model, 1);

	model->ops = &ops;
	model->vendor = 0x10C4;
	model->product = 0xEA90;
	model->serial = serial;
	model->configuration = configuration;
	model->configuration_len = sizeof configuration;
	model->in = 0x81;
	model->n_lines = 8;
	model->edges = g_string_new(NULL);
	hid_model_power(model);
	g_string_truncate(model->edges, 0);
	return model;
}

#endif
