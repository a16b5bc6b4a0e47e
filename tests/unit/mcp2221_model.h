/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_MCP2221_MODEL_H
#define TESTS_UNIT_MCP2221_MODEL_H

#include "tests/unit/hid_model.h"

/*
 * Microchip MCP2221A, by its data sheet DS20005565, section 3.1; the engine's states as Microchip's
 * library has them. Strict: what makes no sense ends the test.
 */

struct mcp2221_state {
	guint8 engine; /* its state now */
	guint8 end;    /* and once it has run */
	guint n_run;   /* so often it is asked before */
	gboolean nack;
	gboolean is_stuck; /* cancelling does not help */
	gboolean low;      /* lines, while the engine is not at rest */
	guint8 divider;
	guint8 command; /* of the write under way */
	guint total, n_written;
	guint8 written[300];
	guint n_read, n_given;
	guint8 read[300];
	guint8 function[4]; /* of each GP; those of the maker at first */
};
G_STATIC_ASSERT(sizeof(struct mcp2221_state) <= sizeof(((struct hid_model *)NULL)->state));

static inline struct mcp2221_state *mcp2221_state(struct hid_model *model)
{
	return (struct mcp2221_state *)(gpointer)model->state;
}

/* One look at the engine. */
static inline guint8 mcp2221_engine(struct hid_model *model)
{
	struct mcp2221_state *state = mcp2221_state(model);

	if (state->engine == 0x20 && state->n_run-- == 0) {
		state->engine = state->end;
		state->n_run = 0;
	}
	return state->engine;
}

static inline void mcp2221_run(struct hid_model *model, guint address, const guint8 *write,
                               gsize n_write, gsize n_read, guint8 good)
{
	static const struct {
		enum hid_i2c how;
		guint8 end;
	} ends[] = {
		{HID_I2C_NACK_ADDRESS, 0x25}, {HID_I2C_NACK_DATA, 0x00}, {HID_I2C_HELD, 0x44},
		{HID_I2C_STUCK, 0x12},        {HID_I2C_TAKEN, 0x12},     {HID_I2C_CUT, 0x52},
		{HID_I2C_NEVER, 0x20},
	};
	struct mcp2221_state *state = mcp2221_state(model);
	enum hid_i2c how = model->i2c(model->target, address, write, n_write, state->read, n_read);

	state->engine = 0x20;
	state->end = good;
	state->n_run = how == HID_I2C_NEVER ? G_MAXUINT : model->n_busy;
	state->nack = how == HID_I2C_NACK_DATA;
	state->is_stuck = state->low = how == HID_I2C_STUCK;
	state->n_given = 0;
	state->n_read = how == HID_I2C_OK ? (guint)n_read : 0;
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
		if (ends[i].how == how)
			state->end = ends[i].end;
}

static inline void mcp2221_status(struct hid_model *model, const guint8 *data, guint8 *answer)
{
	struct mcp2221_state *state = mcp2221_state(model);
	guint8 engine = mcp2221_engine(model);

	if (data[2] == 0x10) {
		model->n_senseless += engine == 0;
		answer[2] = 0x10;
		if (!state->is_stuck)
			engine = state->engine = 0;
		state->n_read = state->n_given = state->n_written = 0;
		state->nack = FALSE;
	}
	if (data[3] == 0x20) {
		g_assert_cmpuint(engine, ==, 0);
		answer[3] = 0x20;
		state->divider = data[4];
	}
	answer[8] = engine;
	answer[9] = (guint8)state->total;
	answer[10] = (guint8)(state->total >> 8);
	answer[11] = state->nack ? 1 : (guint8)state->n_written;
	answer[14] = state->divider;
	answer[20] = state->nack ? 0x40 : 0;
	answer[22] = !state->low;
	answer[23] = 1;
}

static inline void mcp2221_write(struct hid_model *model, const guint8 *data, guint8 *answer)
{
	struct mcp2221_state *state = mcp2221_state(model);
	guint8 engine = mcp2221_engine(model);
	guint total = data[2] << 8 | data[1], n;

	g_assert_cmpuint(data[3] & 1, ==, 0);
	g_assert_cmpuint(state->divider, >, 0);
	if (engine != 0 && engine != 0x41) {
		answer[1] = 1;
		answer[2] = engine;
		return;
	}
	if (engine == 0) {
		state->n_written = 0;
		state->total = total;
		state->command = data[0];
		state->nack = FALSE;
	}
	g_assert_cmpuint(total, ==, state->total);
	g_assert_cmpuint(data[0], ==, state->command);
	n = MIN(total - state->n_written, 60);
	g_assert_cmpuint(state->n_written + n, <=, sizeof state->written);
	memcpy(state->written + state->n_written, data + 4, n);
	state->n_written += n;
	if (state->n_written < total)
		state->engine = 0x41;
	else if (data[0] == 0x94)
		/* what is behind sees both parts as one, with the read */
		state->engine = model->n_early && model->n_early-- ? 0x25 : 0x45;
	else
		mcp2221_run(model, data[3] >> 1, state->written, total, 0, 0x00);
}

static inline void mcp2221_read(struct hid_model *model, const guint8 *data, guint8 *answer)
{
	struct mcp2221_state *state = mcp2221_state(model);
	guint8 engine = mcp2221_engine(model);
	guint total = data[2] << 8 | data[1];

	g_assert_cmpuint(data[3] & 1, ==, 1);
	g_assert_cmpuint(state->divider, >, 0);
	if (engine != (data[0] == 0x93 ? 0x45 : 0)) {
		answer[1] = 1;
		answer[2] = engine;
		return;
	}
	g_assert_cmpuint(total, <=, sizeof state->read);
	if (data[0] == 0x91)
		state->n_written = 0;
	state->total = total;
	state->nack = FALSE;
	mcp2221_run(model, data[3] >> 1, state->written, state->n_written, total, 0x55);
}

static inline void mcp2221_give(struct hid_model *model, guint8 *answer)
{
	struct mcp2221_state *state = mcp2221_state(model);
	guint n = MIN(state->n_read - state->n_given, 60);

	answer[2] = mcp2221_engine(model);
	if (answer[2] != 0x55 || n == 0) {
		answer[1] = 0x41;
		answer[3] = 127;
		return;
	}
	memcpy(answer + 4, state->read + state->n_given, n);
	state->n_given += n;
	answer[3] = (guint8)n;
	if (state->n_given == state->n_read)
		state->engine = 0;
	else
		answer[2] = 0x54;
}

static inline void mcp2221_sram(struct hid_model *model, const guint8 *data, guint8 *answer)
{
	struct mcp2221_state *state = mcp2221_state(model);

	for (guint i = 0; i < 4; i++) {
		guint bit = 1u << i;

		if (data[0] == 0x61) {
			answer[22 + i] =
				(guint8)(state->function[i] | (model->outputs & bit ? 0 : 8) |
			                 (model->latch & bit ? 16 : 0));
			continue;
		}
		if (!(data[7] & 0x80))
			continue;
		state->function[i] = data[8 + i] & 7;
		model->latch = data[8 + i] & 16 ? model->latch | bit : model->latch & ~bit;
		model->outputs = data[8 + i] & 8 || state->function[i] ? model->outputs & ~bit
		                                                       : model->outputs | bit;
	}
	hid_lines_moved(model);
}

static inline void mcp2221_gpio(struct hid_model *model, const guint8 *data, guint8 *answer)
{
	const struct mcp2221_state *state = mcp2221_state(model);

	for (guint i = 0; i < 4; i++) {
		guint bit = 1u << i;
		gboolean is_digital = state->function[i] == 0;

		if (data[0] == 0x51) {
			answer[2 + 2 * i] = !is_digital ? 0xEE : model->levels & bit ? 1 : 0;
			answer[3 + 2 * i] = !is_digital ? 0xEF : model->outputs & bit ? 0 : 1;
			continue;
		}
		if (data[2 + 4 * i] && is_digital)
			model->latch = data[3 + 4 * i] ? model->latch | bit : model->latch & ~bit;
		g_assert_cmpuint(data[4 + 4 * i], ==, 0);
	}
	hid_lines_moved(model);
}

static inline void mcp2221_out(struct hid_model *model, const guint8 data[HID_REPORT])
{
	guint8 answer[HID_REPORT] = {data[0]};

	switch (data[0]) {
	case 0x10:
		mcp2221_status(model, data, answer);
		break;
	case 0x40:
		mcp2221_give(model, answer);
		break;
	case 0x50:
	case 0x51:
		mcp2221_gpio(model, data, answer);
		break;
	case 0x60:
	case 0x61:
		mcp2221_sram(model, data, answer);
		break;
	case 0x90:
	case 0x94:
		mcp2221_write(model, data, answer);
		break;
	case 0x91:
	case 0x93:
		mcp2221_read(model, data, answer);
		break;
	default:
		g_error("command 0x%02X is none that is used", data[0]);
	}
	hid_answer(model, answer);
}

static inline int mcp2221_no_get(struct hid_model *model, guint8 id, guint8 *data, int max)
{
	return -EPIPE;
}

static inline int mcp2221_no_set(struct hid_model *model, const guint8 *data, int len)
{
	return -EPIPE;
}

/* Its lines are not digital before they are told to be. */
static inline void mcp2221_model_power(struct hid_model *model)
{
	hid_model_power(model);
	model->open_drain = 0;
	memcpy(mcp2221_state(model)->function, "\x01\x02\x03\x00", 4);
}

static inline struct hid_model *mcp2221_model_new(const char *serial)
{
	static const guint8 configuration[] = {
		9, 2,    107,  0,    3,  1,  0,    0x80, 50, /* three interfaces: */
		8, 11,   0,    2,    2,  2,  1,    0,        /* two that belong together: */
		9, 4,    0,    0,    1,  2,  2,    1,    0,  /* a serial port's control, with */
		5, 0x24, 0,    0x10, 1,  4,  0x24, 2,    2,  5, 0x24, 6, 0, 1,
		5, 0x24, 1,    0,    1,  7,  5,    0x81, 3,  8, 0,    2, /* interrupt in; and */
		9, 4,    1,    0,    2,  10, 0,    0,    0,              /* its data, with */
		7, 5,    0x02, 2,    16, 0,  0,                          /* bulk out and */
		7, 5,    0x82, 2,    16, 0,  0,                          /* in; */
		9, 4,    2,    0,    2,  3,  0,    0,    0,              /* HID, with */
		9, 0x21, 0x11, 1,    0,  1,  0x22, 27,   0, /* 27 bytes of reports' layout, */
		7, 5,    0x83, 3,    64, 0,  1,             /* interrupt in, */
		7, 5,    0x03, 3,    64, 0,  1,             /* interrupt out */
	};
	static const struct hid_model_ops ops = {mcp2221_no_get, mcp2221_no_set, mcp2221_out, 3};
	struct hid_model *model = g_new0(struct hid_model, 1);

	model->ops = &ops;
	model->vendor = 0x04D8;
	model->product = 0x00DD;
	model->serial = serial;
	model->configuration = configuration;
	model->configuration_len = sizeof configuration;
	model->interface = 2;
	model->in = 0x83;
	model->n_lines = 4;
	model->edges = g_string_new(NULL);
	mcp2221_model_power(model);
	g_string_truncate(model->edges, 0);
	return model;
}

#endif
