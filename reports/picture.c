/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/picture.h"

#include <cairo.h>

#include <math.h>

enum { COLUMNS_MAX = 280, ROWS_MAX = 200, SHADES = 16 };
enum { THUMB_COLUMNS_MAX = 96, THUMB_ROWS_MAX = 68 };

/* From rare to frequent; even in lightness, so that a black and white print keeps the order. */
static const guint32 colours[] = {0xDCE6F2, 0x9EC1E6, 0x4F94CD, 0x1F6FB2, 0x2F4B9C,
                                  0x6A2C91, 0xB5306E, 0xE0582F, 0xF5A623};

static guint32 mix(guint32 a, guint32 b, double part)
{
	guint32 mixed = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		double from = (a >> shift) & 0xFF, to = (b >> shift) & 0xFF;
		mixed |= (guint32)lround(from + (to - from) * part) << shift;
	}
	return mixed;
}

/* Few shades compress well and the eye does not tell more apart. */
static guint32 colour_of(double density, double log_most)
{
	if (!(density > 0))
		return 0xFFFFFF;
	double level = log1p(density) / log_most;
	level = round(level * (SHADES - 1)) / (SHADES - 1) * (G_N_ELEMENTS(colours) - 1);
	gsize lower = MIN((gsize)level, G_N_ELEMENTS(colours) - 2);
	return mix(colours[lower], colours[lower + 1], level - (double)lower);
}

/* The mean of the bins that share a dot: their number differs from dot to dot. */
static double mean_of(const struct record_eye *eye, guint column, guint columns, guint row,
                      guint rows)
{
	guint first_row = (guint)((guint64)row * eye->rows / rows);
	guint end_row = (guint)((guint64)(row + 1) * eye->rows / rows);
	guint first = (guint)((guint64)column * eye->columns / columns);
	guint end = (guint)((guint64)(column + 1) * eye->columns / columns);
	double sum = 0;
	for (guint r = first_row; r < end_row; r++) {
		for (guint c = first; c < end; c++)
			sum += g_array_index(eye->counts, guint32, (gsize)r * eye->columns + c);
	}
	return sum / ((double)(end_row - first_row) * (end - first));
}

static GArray *densities(const struct record_eye *eye, guint columns, guint rows, double *most)
{
	GArray *all = g_array_sized_new(FALSE, FALSE, sizeof(double), columns * rows);
	for (guint r = 0; r < rows; r++) {
		for (guint c = 0; c < columns; c++) {
			double density = mean_of(eye, c, columns, r, rows);
			*most = MAX(*most, density);
			g_array_append_val(all, density);
		}
	}
	return all;
}

static void paint(cairo_surface_t *surface, const struct record_eye *eye, guint columns, guint rows)
{
	double most = 0;
	g_autoptr(GArray) all = densities(eye, columns, rows, &most);
	guchar *pixels = cairo_image_surface_get_data(surface);
	gsize stride = (gsize)cairo_image_surface_get_stride(surface);
	for (guint r = 0; r < rows; r++) {
		guint32 *line = (guint32 *)(gpointer)(pixels + r * stride);
		for (guint c = 0; c < columns; c++)
			line[c] =
				colour_of(g_array_index(all, double, r *columns + c), log1p(most));
	}
	cairo_surface_mark_dirty(surface);
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length)
{
	g_byte_array_append(closure, data, length);
	return CAIRO_STATUS_SUCCESS;
}

static char *eye_png(const struct record_eye *eye, guint columns_max, guint rows_max)
{
	if (eye->columns == 0 || eye->rows == 0 ||
	    (guint64)eye->columns * eye->rows != eye->counts->len)
		return NULL;
	guint columns = MIN(eye->columns, columns_max);
	guint rows = MIN(eye->rows, rows_max);
	g_autoptr(GByteArray) png = g_byte_array_new();
	cairo_surface_t *surface =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)columns, (int)rows);
	gboolean good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	if (good) {
		paint(surface, eye, columns, rows);
		good = cairo_surface_write_to_png_stream(surface, append, png) ==
		       CAIRO_STATUS_SUCCESS;
	}
	cairo_surface_destroy(surface);
	return good ? g_base64_encode(png->data, png->len) : NULL;
}

char *picture_eye_png(const struct record_eye *eye)
{
	return eye_png(eye, COLUMNS_MAX, ROWS_MAX);
}

char *picture_eye_thumb(const struct record_eye *eye)
{
	return eye_png(eye, THUMB_COLUMNS_MAX, THUMB_ROWS_MAX);
}
