/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include <string.h>

/* The branches of the tree, in the order in which they run. */
static const struct {
	const char *group, *title; /* title: untranslated */
} branches[] = {
	{"setup", N_("Setup")},
	{"main", N_("Main")},
	{"cleanup", N_("Cleanup")},
};

/* One line of the tree: a branch or a step of it. */
struct line {
	const char *name;
	gboolean is_branch, runs;
	guint done, total;
	enum verdict worst;
};

/* --- counting -----------------------------------------------------------------------------------
 */

/* Whether a later attempt of the same took its place. */
static gboolean is_superseded(const GArray *steps, guint index)
{
	const struct site_step *step = &g_array_index(steps, struct site_step, index);

	for (guint i = index + 1; i < steps->len; i++) {
		const struct site_step *later = &g_array_index(steps, struct site_step, i);
		if (later->attempt > step->attempt && later->lane == step->lane &&
		    strcmp(later->name, step->name) == 0 &&
		    strcmp(later->corner, step->corner) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_of(const struct site_step *step, const struct outline_step *planned)
{
	return strcmp(step->name, planned->name) == 0 && strcmp(step->group, planned->group) == 0;
}

static struct line count_step(const struct site_view *view, const struct outline_step *planned)
{
	struct line line = {.name = planned->name, .total = planned->total};
	const struct site_step *running = site_view_step(view);

	for (guint i = 0; i < view->steps->len; i++) {
		const struct site_step *step = &g_array_index(view->steps, struct site_step, i);
		if (!is_of(step, planned))
			continue;
		if (step == running)
			line.runs = TRUE;
		if (step->seconds <= 0 || is_superseded(view->steps, i))
			continue;
		line.done = MIN(line.done + 1, line.total);
		line.worst = verdict_worst(line.worst, step->verdict);
	}
	return line;
}

static void add_branch(GArray *lines, const struct site_view *view, const struct outline *outline,
                       const char *group, const char *title)
{
	struct line branch = {.name = title, .is_branch = TRUE};
	guint at = lines->len;

	g_array_append_val(lines, branch);
	for (guint i = 0; i < outline->steps->len; i++) {
		const struct outline_step *step =
			&g_array_index(outline->steps, struct outline_step, i);
		if (strcmp(step->group, group) != 0)
			continue;
		struct line line = count_step(view, step);
		branch.done += line.done;
		branch.total += line.total;
		branch.worst = verdict_worst(branch.worst, line.worst);
		branch.runs = branch.runs || line.runs;
		g_array_append_val(lines, line);
	}
	g_array_index(lines, struct line, at) = branch;
	if (!branch.total)
		g_array_set_size(lines, at);
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static enum look look_of(const struct line *line)
{
	if (line->worst == VERDICT_FAIL)
		return LOOK_FAIL;
	if (line->worst == VERDICT_ERROR || line->worst == VERDICT_ABORTED)
		return LOOK_ERROR;
	if (line->runs)
		return LOOK_RUNNING;
	return line->done ? LOOK_TEXT : LOOK_DIM;
}

static const char *sign_of(const struct canvas *canvas, const struct line *line)
{
	if (line->worst == VERDICT_FAIL)
		return screen_state_sign(canvas, SITE_FAIL);
	if (line->worst == VERDICT_ERROR)
		return screen_state_sign(canvas, SITE_ERROR);
	if (line->worst == VERDICT_ABORTED)
		return screen_state_sign(canvas, SITE_ABORTED);
	if (line->runs)
		return screen_state_sign(canvas, SITE_RUNNING);
	if (line->done < line->total)
		return " ";
	return line->worst == VERDICT_SKIPPED ? "-" : screen_state_sign(canvas, SITE_PASS);
}

static void draw_line(struct canvas *canvas, struct area row, const struct line *line)
{
	enum look look = look_of(line);
	g_autofree char *count = g_strdup_printf("%u/%u", line->done, line->total);
	struct area end = area_take_right(&row, text_columns(count) + 1);
	struct area whole = row;

	if (line->runs && !line->is_branch)
		canvas_fill(canvas, whole, ' ', look, FALSE);
	canvas_text_right(canvas, end, 0, look, count);
	if (!line->is_branch)
		area_take_left(&row, 2);
	canvas_text(canvas, row, 0, 0, look, sign_of(canvas, line));
	canvas_text_cut(canvas, row, 2, 0, look, line->name);
	if (line->runs && !line->is_branch)
		canvas_reverse(canvas, whole);
}

/* The line from which on to draw, so that what runs is seen with something around it. */
static guint first_line(const GArray *lines, guint room)
{
	guint runs = 0;

	for (guint i = 0; i < lines->len; i++) {
		const struct line *line = &g_array_index(lines, struct line, i);
		if (line->runs || line->done)
			runs = i;
		if (line->runs && !line->is_branch)
			break;
	}
	if (lines->len <= room || runs < room / 2)
		return 0;
	return MIN(runs - room / 2, lines->len - room);
}

void screen_steps(const struct desk *desk, struct canvas *canvas, struct area area,
                  const struct desk_site *site)
{
	enum { COLUMNS_MIN = 38 };
	g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(struct line));
	const struct outline *outline = site->outline;

	screen_heading(canvas, &area, _("Steps"), outline ? outline->name : NULL);
	if (!outline || area.height < 1)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(branches); i++)
		add_branch(lines, site->view, outline, branches[i].group, _(branches[i].title));
	int across = MAX(1, area.width / COLUMNS_MIN);
	guint next = first_line(lines, (guint)(across * area.height));
	int width = area.width / across;
	for (int column = 0; column < across; column++) {
		struct area part = area_take_left(&area, width);
		part.width -= column < across - 1 ? 2 : 0;
		while (part.height > 0 && next < lines->len)
			draw_line(canvas, area_take_top(&part, 1),
			          &g_array_index(lines, struct line, next++));
	}
}
