/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "limits/formula.h"

#include <math.h>

static gboolean always_two(const char *name, double *value, gpointer data)
{
	*value = 2.0;
	return TRUE;
}

/* Whatever is written, a formula gives a finite number or an error, in bounded time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct formula_values values = {always_two, NULL};
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(formula_set) set = formula_set_new(&error);
	double value = 0;
	gboolean truth;
	int number;

	g_assert_no_error(error);
	if (!formula_set_add(set, text, NULL, &number, &error)) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		return 0;
	}
	if (formula_set_number(set, number, &values, &value, NULL))
		g_assert_true(isfinite(value));
	formula_set_truth(set, number, &values, &truth, NULL);
	return 0;
}
