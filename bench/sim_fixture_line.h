/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_FIXTURE_LINE_H
#define BENCH_SIM_FIXTURE_LINE_H

#include <glib.h>

/* docs/fixture-controller.md, table of codes. */
enum reply_code {
	REPLY_OK = 0,
	REPLY_BAD_LINE = 1,
	REPLY_UNKNOWN_COMMAND = 2,
	REPLY_BAD_ARGUMENT = 3,
	REPLY_UNKNOWN_PIN = 4,
	REPLY_INPUT_PIN = 5,
	REPLY_NACK_ADDRESS = 10,
	REPLY_NACK_DATA = 11,
	REPLY_NO_MODULE = 20,
	REPLY_LID_OPEN = 21,
};
/* Its word; "" for REPLY_OK. */
const char *fixture_reply_word(enum reply_code code);

/* What words of the fixture controller's lines are made of; the lines themselves: sim_fixture.h. */

/* Digits only, no zero in front, low..high. */
gboolean fixture_parse_decimal(const char *text, guint low, guint high, guint *value);
gboolean fixture_is_upper_hex(const char *text);

#endif
