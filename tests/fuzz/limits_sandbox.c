/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "limits/sandbox.h"

static gboolean answer(const struct sandbox_value *arguments, guint count, GArray *results,
                       const struct bounds *bounds, gpointer data, GError **error)
{
	struct sandbox_value table = sandbox_table();
	sandbox_table_append(&table, sandbox_integer(count));
	g_array_append_val(results, table);
	if (count % 2 == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_MODULE, "no answer");
	return FALSE;
}

/* Whatever is written, a script ends within its bounds, and the next one runs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sandbox_function functions[] = {{"h.f", "*", "(...): a table", answer}};
	const struct sandbox_host host = {functions, 1, NULL, NULL, 2 << 20};
	static const char after[] = "return 1 + 1";
	g_autoptr(GError) error = NULL;
	g_autoptr(sandbox) sandbox = sandbox_new(&host, &error);
	g_autoptr(GArray) results = sandbox_values_new();
	g_assert_no_error(error);
	struct bounds bounds = {deadline_in_s(0.02), NULL};
	gint64 begin_us = g_get_monotonic_time();
	sandbox_run(sandbox, "f.lua", (const char *)data, size, &bounds, results, NULL);
	g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 5 * G_USEC_PER_SEC);
	bounds.deadline = deadline_in_s(60);
	sandbox_run(sandbox, "after", after, sizeof after - 1, &bounds, results, NULL);
	return 0;
}
