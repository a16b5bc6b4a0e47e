/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/csv.h"
#include "base/error.h"

/* A file is read whole or refused with its name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const columns[] = {"serial", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(csv) table = csv_load_text((const char *)data, (gssize)size, "input", &error);

	if (!table) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, "input:"));
		return 0;
	}
	if (!csv_check_columns(table, columns, NULL, NULL))
		return 0;
	for (guint row = 0; row < csv_rows(table); row++) {
		g_assert_nonnull(csv_field(table, row, "serial"));
		g_assert_cmpint(csv_line(table, row), >, 1);
	}
	return 0;
}
