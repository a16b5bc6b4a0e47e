/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/canvas.h"

#include <math.h>
#include <string.h>

enum { FRAME_H, FRAME_V, FRAME_TOP_LEFT, FRAME_TOP_RIGHT, FRAME_LOW_LEFT, FRAME_LOW_RIGHT };
static const gunichar frame_lines[] = {0x2500, 0x2502, 0x250c, 0x2510, 0x2514, 0x2518};
static const char frame_ascii[] = "-|++++";

#define ELLIPSIS 0x2026

struct canvas *canvas_new(int columns, int rows, enum signs signs)
{
	struct canvas *canvas = g_new0(struct canvas, 1);

	g_assert(columns >= 1 && rows >= 1);
	canvas->columns = columns;
	canvas->rows = rows;
	canvas->signs = signs;
	canvas->cells = g_new0(struct cell, (gsize)columns * (gsize)rows);
	canvas->cut = g_ptr_array_new_with_free_func(g_free);
	canvas_fill(canvas, canvas_area(canvas), ' ', LOOK_TEXT, FALSE);
	return canvas;
}

void canvas_free(struct canvas *canvas)
{
	if (!canvas)
		return;
	g_ptr_array_unref(canvas->cut);
	g_free(canvas->cells);
	g_free(canvas);
}

/* --- areas --------------------------------------------------------------------------------------
 */

struct area canvas_area(const struct canvas *canvas)
{
	return (struct area){0, 0, canvas->columns, canvas->rows};
}

struct area area_take_top(struct area *area, int rows)
{
	struct area taken = *area;

	taken.height = CLAMP(rows, 0, area->height);
	area->y += taken.height;
	area->height -= taken.height;
	return taken;
}

struct area area_take_bottom(struct area *area, int rows)
{
	struct area taken = *area;

	taken.height = CLAMP(rows, 0, area->height);
	area->height -= taken.height;
	taken.y = area->y + area->height;
	return taken;
}

struct area area_take_left(struct area *area, int columns)
{
	struct area taken = *area;

	taken.width = CLAMP(columns, 0, area->width);
	area->x += taken.width;
	area->width -= taken.width;
	return taken;
}

struct area area_take_right(struct area *area, int columns)
{
	struct area taken = *area;

	taken.width = CLAMP(columns, 0, area->width);
	area->width -= taken.width;
	taken.x = area->x + area->width;
	return taken;
}

struct area area_centre(struct area area, int width, int height)
{
	width = CLAMP(width, 0, area.width);
	height = CLAMP(height, 0, area.height);
	return (struct area){area.x + (area.width - width) / 2, area.y + (area.height - height) / 2,
	                     width, height};
}

/* --- cells --------------------------------------------------------------------------------------
 */

static int char_columns(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

int text_columns(const char *text)
{
	int columns = 0;

	for (const char *p = text; *p; p = g_utf8_next_char(p))
		columns += char_columns(g_utf8_get_char(p));
	return columns;
}

static struct cell *cell_at(struct canvas *canvas, int x, int y)
{
	if (x < 0 || y < 0 || x >= canvas->columns || y >= canvas->rows)
		return NULL;
	return &canvas->cells[y * canvas->columns + x];
}

static void set_cell(struct canvas *canvas, int x, int y, gunichar c, enum look look)
{
	struct cell *cell = cell_at(canvas, x, y);

	if (cell)
		*cell = (struct cell){c, (guint8)look, FALSE};
}

/* Puts a character there, and no half of a wide one beside it. */
static void put(struct canvas *canvas, int x, int y, gunichar c, int columns, enum look look)
{
	struct cell *old = cell_at(canvas, x, y);
	struct cell *after = cell_at(canvas, x + columns, y);

	if (old && old->c == 0)
		set_cell(canvas, x - 1, y, ' ', cell_at(canvas, x - 1, y)->look);
	if (after && after->c == 0)
		after->c = ' ';
	set_cell(canvas, x, y, c, look);
	if (columns == 2)
		set_cell(canvas, x + 1, y, 0, look);
}

/* Blanks what is left of a wide character when the cells from x to before `end` are overwritten. */
static void part(struct canvas *canvas, int x, int end, int y)
{
	const struct cell *first = cell_at(canvas, x, y);
	struct cell *before = cell_at(canvas, x - 1, y), *after = cell_at(canvas, end, y);

	if (first && first->c == 0 && before)
		before->c = ' ';
	if (after && after->c == 0)
		after->c = ' ';
}

void canvas_fill(struct canvas *canvas, struct area area, gunichar c, enum look look,
                 gboolean reverse)
{
	for (int y = area.y; y < area.y + area.height && area.width > 0; y++) {
		part(canvas, area.x, area.x + area.width, y);
		for (int x = area.x; x < area.x + area.width; x++) {
			struct cell *cell = cell_at(canvas, x, y);
			if (cell)
				*cell = (struct cell){c, (guint8)look, reverse};
		}
	}
}

void canvas_reverse(struct canvas *canvas, struct area area)
{
	for (int y = area.y; y < area.y + area.height; y++)
		for (int x = area.x; x < area.x + area.width; x++) {
			struct cell *cell = cell_at(canvas, x, y);
			if (cell)
				cell->reverse = !cell->reverse;
		}
}

/* --- text ---------------------------------------------------------------------------------------
 */

static gunichar shown(const struct canvas *canvas, gunichar c)
{
	if (g_unichar_iscntrl(c))
		return ' ';
	return canvas->signs == SIGNS_ASCII && c > '~' && !g_unichar_iswide(c) ? '?' : c;
}

/* Gives the end of what fits into so many columns. */
static const char *fitting(const char *text, int columns)
{
	const char *p = text;

	for (; *p; p = g_utf8_next_char(p)) {
		columns -= char_columns(g_utf8_get_char(p));
		if (columns < 0)
			break;
	}
	return p;
}

static int write_until(struct canvas *canvas, int x, int y, enum look look, const char *text,
                       const char *end)
{
	for (const char *p = text; p < end; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		int columns = char_columns(c);
		if (columns > 0)
			put(canvas, x, y, shown(canvas, c), columns, look);
		x += columns;
	}
	return x;
}

/* TRUE in *whole when nothing had to be left out. */
static int write_text(struct canvas *canvas, struct area area, int column, int row, enum look look,
                      const char *text, gboolean *whole)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	int room = area.width - column;

	*whole = TRUE;
	if (row < 0 || row >= area.height || room <= 0)
		return column;
	*whole = text_columns(valid) <= room;
	const char *end = *whole ? valid + strlen(valid) : fitting(valid, room - 1);
	int x = write_until(canvas, area.x + column, area.y + row, look, valid, end);
	if (!*whole)
		put(canvas, x++, area.y + row, canvas->signs == SIGNS_ASCII ? '~' : ELLIPSIS, 1,
		    look);
	return x - area.x;
}

int canvas_text(struct canvas *canvas, struct area area, int column, int row, enum look look,
                const char *text)
{
	gboolean whole;
	int next = write_text(canvas, area, column, row, look, text, &whole);

	if (!whole)
		g_ptr_array_add(canvas->cut, g_strdup(text));
	return next;
}

int canvas_text_cut(struct canvas *canvas, struct area area, int column, int row, enum look look,
                    const char *text)
{
	gboolean whole;

	return write_text(canvas, area, column, row, look, text, &whole);
}

void canvas_text_right(struct canvas *canvas, struct area area, int row, enum look look,
                       const char *text)
{
	canvas_text(canvas, area, MAX(0, area.width - text_columns(text)), row, look, text);
}

void canvas_text_centre(struct canvas *canvas, struct area area, int row, enum look look,
                        const char *text)
{
	canvas_text(canvas, area, MAX(0, (area.width - text_columns(text)) / 2), row, look, text);
}

/* The end of the longest piece that fits into a line, and in *next where the following one begins.
 */
static const char *line_end(const char *text, int columns, const char **next)
{
	const char *end = fitting(text, columns);
	const char *cut = NULL;

	*next = end;
	if (!*end)
		return end;
	for (const char *p = text; p <= end; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c == ' ' || (g_unichar_iswide(c) && p > text))
			cut = p;
	}
	if (!cut || cut == text)
		return end;
	*next = *cut == ' ' ? cut + 1 : cut;
	return cut;
}

int canvas_paragraph(struct canvas *canvas, struct area area, enum look look, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	const char *p = valid;
	int row = 0;

	while (*p && row < area.height && area.width > 1) {
		const char *next;
		const char *end = line_end(p, area.width, &next);
		if (row == area.height - 1 && *next) {
			canvas_text_cut(canvas, area, 0, row++, look, p);
			break;
		}
		write_until(canvas, area.x, area.y + row++, look, p, end);
		p = next > p ? next : g_utf8_next_char(p);
	}
	return row;
}

/* --- frames and bars ----------------------------------------------------------------------------
 */

static gunichar frame_char(const struct canvas *canvas, int which)
{
	return canvas->signs == SIGNS_ASCII ? (gunichar)frame_ascii[which] : frame_lines[which];
}

struct area canvas_frame(struct canvas *canvas, struct area area, enum look look, const char *title)
{
	int right = area.x + area.width - 1, low = area.y + area.height - 1;

	if (area.width < 2 || area.height < 2)
		return (struct area){area.x, area.y, 0, 0};
	for (int x = area.x; x <= right; x++) {
		put(canvas, x, area.y, frame_char(canvas, FRAME_H), 1, look);
		put(canvas, x, low, frame_char(canvas, FRAME_H), 1, look);
	}
	for (int y = area.y; y <= low; y++) {
		put(canvas, area.x, y, frame_char(canvas, FRAME_V), 1, look);
		put(canvas, right, y, frame_char(canvas, FRAME_V), 1, look);
	}
	put(canvas, area.x, area.y, frame_char(canvas, FRAME_TOP_LEFT), 1, look);
	put(canvas, right, area.y, frame_char(canvas, FRAME_TOP_RIGHT), 1, look);
	put(canvas, area.x, low, frame_char(canvas, FRAME_LOW_LEFT), 1, look);
	put(canvas, right, low, frame_char(canvas, FRAME_LOW_RIGHT), 1, look);
	if (title) {
		struct area edge = {area.x + 2, area.y, area.width - 4, 1};
		g_autofree char *spaced = g_strdup_printf(" %s ", title);
		canvas_text(canvas, edge, 0, 0, LOOK_TITLE, spaced);
	}
	return (struct area){area.x + 1, area.y + 1, area.width - 2, area.height - 2};
}

void canvas_bar(struct canvas *canvas, struct area area, int row, enum look look, double fraction)
{
	gboolean ascii = canvas->signs == SIGNS_ASCII;
	/* eighths of a cell, from U+2588 (whole) to U+258F; a console's font has halves only */
	int parts = ascii ? 1 : canvas->signs == SIGNS_BLOCKS ? 2 : 8;
	int filled =
		isfinite(fraction) ? (int)lround(CLAMP(fraction, 0, 1) * area.width * parts) : 0;

	if (row < 0 || row >= area.height)
		return;
	for (int i = 0; i < area.width; i++) {
		int here = CLAMP(filled - i * parts, 0, parts);
		gunichar block = here ? 0x2590 - (gunichar)(here * 8 / parts) : ' ';
		gunichar c = ascii ? (here ? '#' : '.') : block;
		put(canvas, area.x + i, area.y + row, c, 1, here ? look : LOOK_DIM);
	}
}

/* --- as text ------------------------------------------------------------------------------------
 */

static void end_line(GString *text, gsize begin)
{
	while (text->len > begin && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	g_string_append_c(text, '\n');
}

char *canvas_dump(const struct canvas *canvas)
{
	GString *text = g_string_new(NULL);

	for (int y = 0; y < canvas->rows; y++) {
		gsize begin = text->len;
		for (int x = 0; x < canvas->columns; x++) {
			const struct cell *cell = &canvas->cells[y * canvas->columns + x];
			if (cell->c)
				g_string_append_unichar(text, cell->c);
		}
		end_line(text, begin);
	}
	return g_string_free(text, FALSE);
}

char *canvas_dump_looks(const struct canvas *canvas)
{
	static const char letters[] = " dtkirpfewl";
	GString *text = g_string_new(NULL);

	G_STATIC_ASSERT(sizeof letters == LOOK_N + 1);
	for (int y = 0; y < canvas->rows; y++) {
		gsize begin = text->len;
		for (int x = 0; x < canvas->columns; x++) {
			const struct cell *cell = &canvas->cells[y * canvas->columns + x];
			char letter = letters[cell->look];
			if (cell->reverse)
				letter = letter == ' ' ? '#' : g_ascii_toupper(letter);
			g_string_append_c(text, letter);
		}
		end_line(text, begin);
	}
	return g_string_free(text, FALSE);
}
