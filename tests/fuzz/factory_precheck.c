/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "station/factory/precheck_message.h"

/* What a factory answers: a unit is allowed by nothing but an object that says so. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct precheck_unit unit = {"line3", 1,  "final", "SN1", "P",
	                                          "L",     "", "400g",  "1"};
	g_autoptr(GBytes) reply = g_bytes_new(data, size);
	g_autofree char *text = g_strndup((const char *)data, size);
	struct precheck_answer answer = {0};

	precheck_judge(&unit, reply, &answer);
	g_assert_nonnull(answer.words);
	g_assert_cmpint(answer.allowed, ==, answer.said == PRECHECK_ALLOWED);
	if (answer.allowed) {
		g_assert_true(g_utf8_validate(text, (gssize)size, NULL));
		g_assert_true(g_strrstr(text, "true") && g_strrstr(text, "}"));
	}
	g_free(answer.words);
	return 0;
}
