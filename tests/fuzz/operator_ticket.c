/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "station/operator/ticket.h"

#include <string.h>

/* The input is a template, and the values that another one takes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(run_record) record = run_record_new();
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;

	record_text(&record->serial, text);
	record_text(&record->reason, text);
	g_autofree char *filled = ticket_text(text, record, &error);
	if (!filled) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, "line "));
	}
	g_autofree char *value = ticket_text("{serial}", record, NULL);
	g_assert_true(g_utf8_validate(value, -1, NULL));
	g_assert_null(strpbrk(value, "^~\"\n\r\t\x1b\x7f"));
	for (const char *p = value; *p; p++)
		g_assert_cmpint((guchar)*p, >=, ' ');
	return 0;
}
