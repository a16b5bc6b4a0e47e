/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/unit_page.h"

#include "base/unit.h"
#include "reports/chart.h"
#include "reports/corner.h"
#include "reports/page.h"
#include "reports/picture.h"
#include "reports/title.h"

#include <math.h>
#include <string.h>

enum { PICTURE_BYTES_MAX = 400 << 10, MATRIX_BYTES_MAX = 400 << 10, SIDE_MAX = 16 };
#define ROOM_DEGC 25.0

/* What the pictures of a page took so far, and how many found no room. */
struct album {
	struct markup *markup;
	const struct run_record *record;
	gsize used;
	guint left_out;
};

static gboolean is_of_sweep(const struct record_eye *eye)
{
	return isfinite(eye->x_value);
}

/* --- single eyes and pairs ------------------------------------------------------------------ */

static const char *route_text(const char *route)
{
	if (strcmp(route, "fibre") == 0)
		return "through the fibre";
	return strcmp(route, "bandwidth") == 0 ? "through the bandwidth that stands for the fibre"
	                                       : "without fibre";
}

/* Where the light came from is told once, under the captured eye. */
static char *below_eye(const struct record_eye *eye)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (guint i = 0; i < eye->taps->len; i++) {
		g_autofree char *tap = markup_number(g_array_index(eye->taps, double, i), 3);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "taps ", tap);
	}
	if (*eye->note != '\0')
		g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", eye->note);
	if (text->len == 0 && *eye->route != '\0')
		g_string_append(text, route_text(eye->route));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *name_of(const struct run_record *record, const struct record_eye *eye)
{
	return unit_name(record, *eye->kind != '\0' ? eye->kind : title_of(eye->id), eye->id,
	                 eye->step);
}

static void write_eye(struct markup *markup, const struct run_record *record,
                      const struct record_eye *eye, const char *png)
{
	g_autofree char *name = name_of(record, eye);
	g_autofree char *below = below_eye(eye);
	markup_open(markup, "figure");
	unit_caption(markup, record, name, eye->lane, eye->corner, eye->step);
	chart_eye(markup, eye, png);
	markup_element(markup, "p", "small", below);
	markup_close(markup);
}

/* An equalised eye stands beside the captured one of the same step before it. */
static gboolean makes_pair(const struct run_record *record, guint i)
{
	const struct record_eye *first = record->eyes->pdata[i];
	const struct record_eye *second;
	if (i + 1 >= record->eyes->len)
		return FALSE;
	second = record->eyes->pdata[i + 1];
	if (is_of_sweep(first) || is_of_sweep(second))
		return FALSE;
	return strcmp(first->kind, "captured") == 0 && strcmp(second->kind, "equalised") == 0 &&
	       first->step == second->step && first->lane == second->lane;
}

/* Pictures of one figure; how many bytes they took, 0 when there was no room. */
static gsize write_pair(struct markup *markup, const struct run_record *record, guint first,
                        guint n, gsize room)
{
	char *png[2] = {NULL, NULL};
	gsize used = 0;
	for (guint i = 0; i < n; i++) {
		png[i] = picture_eye_png(record->eyes->pdata[first + i]);
		used += png[i] ? strlen(png[i]) : room + 1;
	}
	if (used <= room) {
		markup_open(markup, "div");
		markup_attr(markup, "class", "pair");
		for (guint i = 0; i < n; i++)
			write_eye(markup, record, record->eyes->pdata[first + i], png[i]);
		markup_close(markup);
	}
	for (guint i = 0; i < n; i++)
		g_free(png[i]);
	return used <= room ? used : 0;
}

static gboolean is_single(const struct run_record *record, const struct record_eye *eye)
{
	return !is_of_sweep(eye) && !run_record_superseded(record, eye->step);
}

static const char *corner_of_eye(const struct run_record *record, const struct record_eye *eye)
{
	return corner_of(record, eye->corner, eye->step);
}

static double away_from_room_k(const char *name)
{
	struct corner corner;
	return corner_parse(name, &corner) ? fabs(corner.case_degc - ROOM_DEGC) : INFINITY;
}

/* The corners of the single eyes in order, but the one nearest to 25 degC first; borrowed. */
static GPtrArray *corners_of(const struct run_record *record)
{
	GPtrArray *corners = g_ptr_array_new();
	guint nearest = 0;
	for (guint i = 0; i < record->eyes->len; i++) {
		const struct record_eye *eye = record->eyes->pdata[i];
		const char *name = corner_of_eye(record, eye);
		if (is_single(record, eye) &&
		    !g_ptr_array_find_with_equal_func(corners, name, g_str_equal, NULL))
			g_ptr_array_add(corners, (gpointer)name);
	}
	g_ptr_array_sort(corners, corner_compare_pointers);
	for (guint i = 1; i < corners->len; i++) {
		if (away_from_room_k(corners->pdata[i]) < away_from_room_k(corners->pdata[nearest]))
			nearest = i;
	}
	if (nearest > 0)
		g_ptr_array_insert(corners, 0, g_ptr_array_remove_index(corners, nearest));
	return corners;
}

static void write_singles_at(struct album *album, const char *corner)
{
	guint n;
	markup_open(album->markup, "div");
	markup_attr(album->markup, "class", "pictures");
	for (guint i = 0; i < album->record->eyes->len; i += n) {
		const struct record_eye *eye = album->record->eyes->pdata[i];
		n = makes_pair(album->record, i) ? 2 : 1;
		if (!is_single(album->record, eye) ||
		    strcmp(corner_of_eye(album->record, eye), corner) != 0)
			continue;
		gsize took = write_pair(album->markup, album->record, i, n,
		                        PICTURE_BYTES_MAX - album->used);
		album->used += took;
		album->left_out += took > 0 ? 0 : n;
	}
	markup_close(album->markup);
}

static void write_singles(struct markup *markup, const struct run_record *record)
{
	struct album album = {markup, record, 0, 0};
	g_autoptr(GPtrArray) corners = corners_of(record);
	if (corners->len == 0)
		return;
	page_section(markup, "Eyes");
	write_singles_at(&album, corners->pdata[0]);
	for (guint i = 1; i < corners->len; i++) {
		g_autofree char *name = corner_text(record, corners->pdata[i]);
		markup_open(markup, "details");
		markup_elementf(markup, "summary", NULL, "eyes at %s", name);
		write_singles_at(&album, corners->pdata[i]);
		markup_close(markup);
	}
	markup_element(markup, "p", "small",
	               "Dashed: the three decision thresholds of TDECQ. Grey: its two histogram "
	               "windows. Marks on the right: mean levels 0 to 3 within them.");
	unit_left_out(markup, album.left_out, "pictures");
	markup_close(markup);
}

/* --- eye matrices --------------------------------------------------------------------------- */

static gboolean same_matrix(const struct record_eye *a, const struct record_eye *b)
{
	return is_of_sweep(b) && a->step == b->step && a->lane == b->lane &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->kind, b->kind) == 0 &&
	       strcmp(a->route, b->route) == 0 && strcmp(a->x_name, b->x_name) == 0 &&
	       strcmp(a->y_name, b->y_name) == 0;
}

static int compare_numbers(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void add_place(GArray *places, double place)
{
	for (guint i = 0; i < places->len; i++) {
		if (g_array_index(places, double, i) == place)
			return;
	}
	if (isfinite(place))
		g_array_append_val(places, place);
}

/* The places of a matrix in order. Without a second dimension y is one row of its own. */
static void collect_places(const struct run_record *record, const struct record_eye *first,
                           GArray *x, GArray *y)
{
	for (guint i = 0; i < record->eyes->len; i++) {
		const struct record_eye *eye = record->eyes->pdata[i];
		if (!same_matrix(first, eye) || run_record_superseded(record, eye->step))
			continue;
		add_place(x, eye->x_value);
		add_place(y, eye->y_value);
	}
	g_array_sort(x, compare_numbers);
	g_array_sort(y, compare_numbers);
}

/* The last picture taken at a place counts. */
static const struct record_eye *find_eye(const struct run_record *record,
                                         const struct record_eye *first, double x, double y)
{
	for (guint i = record->eyes->len; i-- > 0;) {
		const struct record_eye *eye = record->eyes->pdata[i];
		gboolean in_row = isnan(y) ? !isfinite(eye->y_value) : eye->y_value == y;
		if (same_matrix(first, eye) && in_row && eye->x_value == x &&
		    !run_record_superseded(record, eye->step))
			return eye;
	}
	return NULL;
}

static void write_tile(struct album *album, const struct record_eye *eye)
{
	g_autofree char *png = eye ? picture_eye_thumb(eye) : NULL;
	gsize bytes = png ? strlen(png) : 0;
	markup_open(album->markup, "td");
	if (!png || album->used + bytes > MATRIX_BYTES_MAX) {
		markup_element(album->markup, "div", "tile-none", "\xE2\x80\x93");
		album->left_out += eye ? 1 : 0;
	} else {
		chart_eye_small(album->markup, eye, png);
		album->used += bytes;
	}
	if (eye && *eye->note != '\0')
		markup_element(album->markup, "div", "small", eye->note);
	markup_close(album->markup);
}

static void write_place(struct markup *markup, double place, const char *unit)
{
	g_autofree char *text = isfinite(place) ? unit_format(place, unit, 4) : g_strdup("");
	markup_element(markup, "th", NULL, text);
}

static void write_matrix_row(struct album *album, const struct record_eye *first, const GArray *x,
                             double y)
{
	markup_open(album->markup, "tr");
	write_place(album->markup, y, first->y_unit);
	for (guint c = 0; c < MIN(x->len, SIDE_MAX); c++)
		write_tile(album, find_eye(album->record, first, g_array_index(x, double, c), y));
	markup_close(album->markup);
}

static void write_matrix(struct album *album, const struct record_eye *first)
{
	struct markup *markup = album->markup;
	g_autoptr(GArray) x = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) y = g_array_new(FALSE, FALSE, sizeof(double));
	collect_places(album->record, first, x, y);
	guint rows = MIN(y->len, SIDE_MAX);
	album->left_out += x->len > SIDE_MAX ? (x->len - SIDE_MAX) * MAX(y->len, 1) : 0;
	album->left_out += y->len > SIDE_MAX ? (y->len - SIDE_MAX) * MIN(x->len, SIDE_MAX) : 0;
	g_autofree char *name = name_of(album->record, first);
	markup_open(markup, "figure");
	unit_caption(markup, album->record, name, first->lane, first->corner, first->step);
	markup_elementf(markup, "p", "small", "%s to the right%s%s", first->x_name,
	                rows > 0 ? ", upwards " : "", rows > 0 ? first->y_name : "");
	markup_open(markup, "table");
	markup_attr(markup, "class", "eyes");
	for (guint r = rows; r-- > 0;)
		write_matrix_row(album, first, x, g_array_index(y, double, r));
	if (rows == 0)
		write_matrix_row(album, first, x, NAN);
	markup_open(markup, "tr");
	markup_element(markup, "th", NULL, "");
	for (guint c = 0; c < MIN(x->len, SIDE_MAX); c++)
		write_place(markup, g_array_index(x, double, c), first->x_unit);
	markup_close(markup);
	markup_close(markup);
	markup_close(markup);
}

static gboolean begins_matrix(const struct run_record *record, guint i)
{
	const struct record_eye *eye = record->eyes->pdata[i];
	if (!is_of_sweep(eye) || run_record_superseded(record, eye->step))
		return FALSE;
	for (guint before = 0; before < i; before++) {
		const struct record_eye *other = record->eyes->pdata[before];
		if (same_matrix(eye, other) && !run_record_superseded(record, other->step))
			return FALSE;
	}
	return TRUE;
}

static void write_matrices(struct markup *markup, const struct run_record *record)
{
	struct album album = {markup, record, 0, 0};
	gboolean any = FALSE;
	for (guint i = 0; i < record->eyes->len; i++) {
		if (!begins_matrix(record, i))
			continue;
		if (!any) {
			page_section(markup, "Eye matrices");
			markup_open(markup, "div");
			markup_attr(markup, "class", "matrices");
		}
		any = TRUE;
		write_matrix(&album, record->eyes->pdata[i]);
	}
	if (!any)
		return;
	markup_close(markup);
	unit_left_out(markup, album.left_out, "pictures");
	markup_close(markup);
}

void unit_eyes(struct markup *markup, const struct run_record *record)
{
	write_singles(markup, record);
	write_matrices(markup, record);
}
