/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/lane_list.h"

#include <string.h>

enum { LANES_END = 64 };

guint64 lane_list_bit(int lane)
{
	return lane >= 0 && lane < LANES_END ? G_GUINT64_CONSTANT(1) << lane : 0;
}

static gboolean has(guint64 lanes, int lane)
{
	return (lanes & lane_list_bit(lane)) != 0;
}

char *lane_list_text(guint64 lanes)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint n = 0;
	for (int lane = 1; lane < LANES_END; lane++) {
		int last = lane;
		if (!has(lanes, lane))
			continue;
		while (has(lanes, last + 1))
			last++;
		g_string_append_printf(text, "%s%d", n > 0 ? ", " : "", lane);
		if (last > lane)
			g_string_append_printf(text, "-%d", last);
		n += (guint)(last - lane + 1);
		lane = last;
	}
	if (n == 0)
		return g_strdup("");
	return g_strdup_printf("lane%s %s", n > 1 ? "s" : "", text->str);
}

/* The lane of "lane 3: text" and where the text begins; 0 and the whole without one. */
static int split(const char *note, const char **text)
{
	char *end;
	*text = note;
	if (!g_str_has_prefix(note, "lane "))
		return 0;
	guint64 lane = g_ascii_strtoull(note + strlen("lane "), &end, 10);
	if (lane < 1 || lane >= LANES_END || !g_str_has_prefix(end, ": "))
		return 0;
	*text = end + strlen(": ");
	return (int)lane;
}

/* The lanes of all notes with that text; 0 when one before `first` has it. */
static guint64 lanes_of(const GPtrArray *notes, guint first, const char *text, gboolean with_lane)
{
	guint64 lanes = 0;
	for (guint i = 0; i < notes->len; i++) {
		const char *other;
		int lane = split(notes->pdata[i], &other);
		if (strcmp(other, text) != 0 || (lane > 0) != with_lane)
			continue;
		if (i < first)
			return 0;
		lanes |= lane_list_bit(lane);
	}
	return lanes;
}

GPtrArray *lane_list_join(const GPtrArray *notes)
{
	GPtrArray *joined = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < notes->len; i++) {
		const char *text;
		int lane = split(notes->pdata[i], &text);
		guint64 lanes = lanes_of(notes, i, text, lane > 0);
		g_autofree char *names = lane_list_text(lanes);
		if (lanes != 0)
			g_ptr_array_add(joined,
			                g_strconcat(names, lane > 0 ? ": " : "", text, NULL));
	}
	return joined;
}
