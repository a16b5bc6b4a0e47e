/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/causes.h"

#include "station/store/query.h"

#include <string.h>

static void add(GArray *causes, const struct store_cause *cause)
{
	struct desk_cause new = {.count = cause->count};

	g_strlcpy(new.what, *cause->measurement ? cause->measurement : cause->step,
	          sizeof new.what);
	for (guint i = 0; i < causes->len; i++) {
		struct desk_cause *old = &g_array_index(causes, struct desk_cause, i);
		if (strcmp(old->what, new.what) != 0)
			continue;
		old->count += new.count;
		return;
	}
	g_array_append_val(causes, new);
}

static int by_count(gconstpointer a, gconstpointer b)
{
	guint first = ((const struct desk_cause *)a)->count;
	guint second = ((const struct desk_cause *)b)->count;

	return (first < second) - (first > second);
}

GArray *causes_new(const GPtrArray *stored)
{
	GArray *causes = g_array_new(FALSE, TRUE, sizeof(struct desk_cause));

	for (guint i = 0; stored && i < stored->len; i++)
		add(causes, g_ptr_array_index(stored, i));
	g_array_sort(causes, by_count);
	return causes;
}
