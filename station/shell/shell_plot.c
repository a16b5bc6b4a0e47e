/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/shell_plot.h"

#include "station/operator/signs.h"

#include <string.h>

#define COLUMNS_MAX 100
#define ROWS        14
/* Up so many lines; what is left of a line behind its new text is cleared. */
#define UP         "\r\033[%uA"
#define CLEAR_REST "\033[K\n"

gboolean shell_can_plot(const struct shell *shell)
{
	const struct shell_world *world = shell_world(shell);

	return world->width > 0 && !world->json && !shell_is_quiet(shell);
}

char *shell_plot_text(const struct shell *shell, const struct plot *plot)
{
	int columns = (int)MIN(shell_world(shell)->width, COLUMNS_MAX);
	struct canvas *canvas =
		canvas_new(columns, ROWS, signs_of(g_getenv("TERM"), g_get_charset(NULL), NULL));
	char *text;

	plot_waterfall(canvas, canvas_area(canvas), LOOK_TEXT, plot);
	text = canvas_dump(canvas);
	canvas_free(canvas);
	if (text[strspn(text, "\n")] == '\0')
		*text = '\0';
	return text;
}

void shell_plot_redraw(struct shell *shell, const char *text, guint *lines)
{
	const struct shell_world *world = shell_world(shell);
	g_auto(GStrv) all = g_strsplit(text, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);
	guint n = g_strv_length(all);

	n -= n > 0 && !*all[n - 1];
	if (*lines > 0)
		g_string_append_printf(out, UP, *lines);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(out, "%s" CLEAR_REST, all[i]);
	world->write(out->str, world->data);
	*lines = n;
}
