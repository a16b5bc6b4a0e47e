/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "station/operator/keys.h"
#include "station/operator/scan.h"

/* Whatever a line sends: valid keys, times that do not run backwards, and all of it taken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys *keys = keys_new(size && data[0] & 1);
	gint64 time_us = 1, last_us = 0;
	struct terminal_key key;
	size_t n = 0;

	keys_define(keys, "\033[224z", TERMINAL_FUNCTION, 1);
	for (size_t i = 0; i <= size; i++) {
		if (i < size)
			keys_bytes(keys, data + i, 1, time_us);
		else
			time_us += 2 * KEYS_PASTE_US;
		for (; keys_take(keys, time_us, &key); n++) {
			g_assert_cmpint(key.time_us, >=, last_us);
			last_us = key.time_us;
			if (key.kind == TERMINAL_FUNCTION)
				g_assert_true(key.number >= 1 && key.number <= 12);
			if (key.kind == TERMINAL_CHARACTER && key.c < SCAN_KEY_ENTER)
				g_assert_true(g_unichar_validate(key.c) && key.c);
		}
		/* the time between bytes comes from the bytes */
		time_us += (i < size ? data[i] : 0) * 1000;
	}
	g_assert_cmpint(keys_deadline_us(keys), ==, 0);
	/* a paste may end without a byte of its own */
	g_assert_cmpuint(n, <=, 2 * size + 1);
	keys_free(keys);
	return 0;
}
