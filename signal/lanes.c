/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/lanes.h"

struct work {
	struct lane *lane;
	guint n;
	const struct pam4_settings *settings;
	gint next; /* atomic */
};

static gpointer measure_lanes(gpointer data)
{
	struct work *work = (struct work *)data;

	for (;;) {
		guint i = (guint)g_atomic_int_add(&work->next, 1);
		struct lane *lane;

		if (i >= work->n)
			return NULL;
		lane = &work->lane[i];
		lane->measured = pam4_measure(lane->wave, lane->symbols, lane->n_symbols,
		                              work->settings, &lane->result, &lane->error);
	}
}

void lanes_measure(struct lane *lane, guint n, const struct pam4_settings *settings)
{
	struct work work = {.lane = lane, .n = n, .settings = settings};
	guint threads = MIN(n, g_get_num_processors());
	g_autofree GThread **thread = g_new0(GThread *, threads + 1);

	for (guint i = 0; i < n; i++) {
		lane[i].error = NULL;
		lane[i].measured = FALSE;
	}
	/* This thread works too; one that cannot be made is done without. */
	for (guint t = 1; t < threads; t++)
		thread[t] = g_thread_try_new("lane", measure_lanes, &work, NULL);
	measure_lanes(&work);
	for (guint t = 1; t < threads; t++) {
		if (thread[t])
			g_thread_join(thread[t]);
	}
}
