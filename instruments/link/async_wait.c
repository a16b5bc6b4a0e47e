/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/async_wait.h"

static gboolean on_deadline(gpointer user_data)
{
	struct async_wait *wait = user_data;
	g_cancellable_cancel(wait->cancellable);
	return G_SOURCE_REMOVE;
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer user_data)
{
	return on_deadline(user_data);
}

void async_wait_begin(struct async_wait *wait, const struct bounds *bounds)
{
	*wait = (struct async_wait){
		.context = g_main_context_new(),
		.cancellable = g_cancellable_new(),
		.deadline = g_timeout_source_new(0),
	};
	g_main_context_push_thread_default(wait->context);
	g_source_set_ready_time(wait->deadline, bounds->deadline.end_us);
	g_source_set_callback(wait->deadline, on_deadline, wait, NULL);
	g_source_attach(wait->deadline, wait->context);
	if (!bounds->cancellable)
		return;
	wait->cancel = g_cancellable_source_new(bounds->cancellable);
	g_source_set_callback(wait->cancel, G_SOURCE_FUNC(on_cancelled), wait, NULL);
	g_source_attach(wait->cancel, wait->context);
}

void async_wait_run(struct async_wait *wait)
{
	while (!wait->ended)
		g_main_context_iteration(wait->context, TRUE);
	g_source_destroy(wait->deadline);
	if (wait->cancel)
		g_source_destroy(wait->cancel);
	g_main_context_pop_thread_default(wait->context);
}

gboolean async_wait_cut_off(const struct async_wait *wait, const struct bounds *bounds,
                            const char *what, GError **error)
{
	return g_cancellable_is_cancelled(wait->cancellable) && !bounds_check(bounds, what, error);
}

void async_wait_done(struct async_wait *wait)
{
	g_clear_pointer(&wait->deadline, g_source_unref);
	g_clear_pointer(&wait->cancel, g_source_unref);
	g_clear_pointer(&wait->context, g_main_context_unref);
	g_clear_object(&wait->cancellable);
}
