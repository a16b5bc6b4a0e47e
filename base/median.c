/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/median.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median_of(const double *values, gsize n)
{
	g_autofree double *sorted = NULL;

	if (!n)
		return NAN;
	sorted = g_memdup2(values, n * sizeof *values);
	qsort(sorted, n, sizeof *sorted, compare);
	return 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
}

double median_of_array(const GArray *values)
{
	return values ? median_of((const double *)(const void *)values->data, values->len) : NAN;
}
