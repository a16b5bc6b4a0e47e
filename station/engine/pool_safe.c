/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/pool.h"

void pool_safe_state(struct pool *pool, GPtrArray *failures, const struct bounds *bounds)
{
	const GPtrArray *instruments = pool_config(pool)->instruments;

	for (guint i = 0; i < instruments->len; i++) {
		const struct config_instrument *item = g_ptr_array_index(instruments, i);
		const char *name = item->config.name;
		/* a fair share of the time left, so that one that is dead leaves some to the others
		 */
		struct bounds share = bounds_within(bounds, deadline_left_s(bounds->deadline) /
		                                                    (instruments->len - i));
		struct instrument *instrument;
		g_autoptr(GError) error = NULL;

		gboolean taken = pool_take(pool, &name, 1, &instrument, &share, &error);
		gboolean ok = taken && instrument_safe_state(instrument, &share, &error);
		if (taken)
			pool_give(pool, &name, 1, !ok);
		if (!ok && failures)
			g_ptr_array_add(failures, g_strdup(error->message));
	}
}
