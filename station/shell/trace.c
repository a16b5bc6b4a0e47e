/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/trace.h"

#include "station/shell/site.h"

#include <string.h>

/* Bytes of a message that are shown. */
#define SHOWN_MAX 160

static const char *const signs[] = {
	[LINK_EVENT_OPENED] = "opened", [LINK_EVENT_SENT] = ">",
	[LINK_EVENT_RECEIVED] = "<",    [LINK_EVENT_CLEARED] = "cleared",
	[LINK_EVENT_CLOSED] = "closed", [LINK_EVENT_TRIGGERED] = "triggered",
};

char *shell_trace_text(const guint8 *data, gsize len)
{
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < len && i < SHOWN_MAX; i++) {
		if (data[i] == '\n')
			g_string_append(text, "\\n");
		else if (data[i] == '\\')
			g_string_append(text, "\\\\");
		else if (g_ascii_isprint(data[i]))
			g_string_append_c(text, (char)data[i]);
		else
			g_string_append_printf(text, "\\x%02X", data[i]);
	}
	if (len > SHOWN_MAX)
		g_string_append_printf(text, "... (%" G_GSIZE_FORMAT " bytes)", len);
	return g_string_free(text, FALSE);
}

static gboolean is_traced(const struct shell_site *site, const char *name)
{
	return site->traced &&
	       g_ptr_array_find_with_equal_func(site->traced, name, g_str_equal, NULL);
}

void shell_trace_hear(const char *name, const struct link_event *event, gpointer data)
{
	const struct shell_world *world = shell_world(data);
	g_autofree char *text = NULL, *line = NULL;

	if (!is_traced(shell_site(data), name))
		return;
	text = shell_trace_text(event->data, event->data ? event->len : 0);
	line = g_strdup_printf("%s %s%s%s (%.1f ms)%s%s", name, signs[event->kind],
	                       *text ? " " : "", text, (double)event->duration_us * 1e-3,
	                       event->error ? ": " : "", event->error ? event->error->message : "");
	world->write_error(line, world->data);
}

void shell_trace_set(struct shell *shell, const char *name, gboolean on)
{
	struct shell_site *site = shell_site(shell);
	guint at;

	if (!site->traced)
		site->traced = g_ptr_array_new_with_free_func(g_free);
	if (on && !is_traced(site, name))
		g_ptr_array_add(site->traced, g_strdup(name));
	else if (!on && g_ptr_array_find_with_equal_func(site->traced, name, g_str_equal, &at))
		g_ptr_array_remove_index(site->traced, at);
}

void shell_trace_clear(struct shell *shell)
{
	g_clear_pointer(&shell_site(shell)->traced, g_ptr_array_unref);
}
