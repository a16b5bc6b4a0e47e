/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/gantt.h"

#include "reports/page.h"
#include "reports/svg.h"

#include <math.h>
#include <string.h>

/* Of the picture, in its own units. */
#define WIDTH     1160.0
#define LEFT      118.0
#define RIGHT     8.0
#define TOP       4.0
#define SITE_ROW  26.0
#define OTHER_ROW 15.0
#define SITE_BARS 10.0 /* where the lower half of a site's row begins */
#define FOOT      22.0
#define LETTER    5.6 /* width of a character of a unit's name */

/* A row is columns one unit wide, so that a chart has a bounded size. */
enum { N_COLUMNS = (int)(WIDTH - LEFT - RIGHT) };
enum { N_COLOURS = 6, WAITING = N_COLOURS, N_LAYERS };
/* Heights of a bar: a column that is in use for a part of its time is drawn that high. */
enum { LEVELS = 4 };
enum { TICKS_MOST = 12 };

struct row {
	char *name;
	double y, height; /* of its bars */
	gboolean is_site;
	float *shares; /* of each column the share of its time in each look: [column * N_LAYERS +
	                  look] */
	GString *paths[N_LAYERS];
};

struct chart {
	const GPtrArray *records;
	const struct lot_session *session;
	gboolean many;       /* stations */
	GHashTable *colours; /* serial number to its place */
	GArray *rows;
	GHashTable *by_name; /* to row */
	double height;
};

/* --- bars ---------------------------------------------------------------------------------------
 */

static double x_of(const struct chart *chart, double unix_s)
{
	double start_s = (double)chart->session->start_us / G_USEC_PER_SEC;
	double end_s = (double)chart->session->end_us / G_USEC_PER_SEC;
	double share = end_s > start_s ? (unix_s - start_s) / (end_s - start_s) : 0;
	return LEFT + CLAMP(share, 0, 1) * (WIDTH - LEFT - RIGHT);
}

static void add_bar(struct row *row, guint look, double x0, double x1)
{
	double from = CLAMP(x0 - LEFT, 0, N_COLUMNS), to = CLAMP(x1 - LEFT, 0, N_COLUMNS);
	for (int c = (int)from; c < N_COLUMNS && c < to; c++) {
		double share = MIN(to, c + 1) - MAX(from, c);
		row->shares[c * N_LAYERS + (int)look] += (float)share;
	}
}

/* What a column looks like: whatever took most of its time, as high as all together took. */
struct column {
	int look, level; /* level 0: nothing */
};

static struct column column_of(const struct row *row, int c)
{
	const float *shares = row->shares + (gsize)c * N_LAYERS;
	struct column column = {0, 0};
	double sum = 0;
	for (int l = 0; l < N_LAYERS; l++) {
		sum += (double)shares[l];
		if (shares[l] > shares[column.look])
			column.look = l;
	}
	if (sum > 0)
		column.level = CLAMP((int)ceil(sum * LEVELS - 0.5), 1, LEVELS);
	return column;
}

static void append_bar(struct row *row, struct column column, int from, int to)
{
	double height = row->height * column.level / LEVELS;
	g_autofree char *y = markup_number(row->y + row->height - height, 1);
	g_autofree char *high = markup_number(height, 1);
	if (column.level > 0)
		g_string_append_printf(row->paths[column.look], "M%d %sh%dv%sh%dz",
		                       (int)LEFT + from, y, to - from, high, from - to);
}

/* Columns that look alike side by side are one bar. */
static void make_paths(struct row *row)
{
	struct column last = column_of(row, 0);
	int from = 0;
	for (int c = 1; c <= N_COLUMNS; c++) {
		struct column column = c < N_COLUMNS ? column_of(row, c) : (struct column){-1, 0};
		if (column.look == last.look && column.level == last.level)
			continue;
		append_bar(row, last, from, c);
		last = column;
		from = c;
	}
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static void row_clear(gpointer data)
{
	struct row *row = data;
	for (guint l = 0; l < N_LAYERS; l++)
		g_string_free(row->paths[l], TRUE);
	g_free(row->shares);
	g_free(row->name);
}

static void add_row(struct chart *chart, const char *name, gboolean is_site)
{
	double all = is_site ? SITE_ROW : OTHER_ROW;
	struct row row = {.name = g_strdup(name), .is_site = is_site};
	row.y = chart->height + (is_site ? SITE_BARS + 1 : 2);
	row.height = all - (is_site ? SITE_BARS + 5 : 4);
	for (guint l = 0; l < N_LAYERS; l++)
		row.paths[l] = g_string_new(NULL);
	row.shares = g_new0(float, N_COLUMNS *N_LAYERS);
	chart->height += all;
	g_array_append_val(chart->rows, row);
	g_hash_table_insert(chart->by_name, row.name, GUINT_TO_POINTER(chart->rows->len));
}

static struct row *row_named(const struct chart *chart, const char *name)
{
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(chart->by_name, name));
	return place ? &g_array_index(chart->rows, struct row, place - 1) : NULL;
}

static gboolean is_within(const struct chart *chart, const struct run_record *run)
{
	return run->end_us >= run->start_us && run->start_us >= chart->session->start_us &&
	       run->end_us <= chart->session->end_us;
}

static guint colour_of(const struct chart *chart, const struct run_record *run)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(chart->colours, run->serial)) % N_COLOURS;
}

static void add_run(struct chart *chart, const struct run_record *run)
{
	g_autofree char *site_name = lot_use_site_name(run, chart->many);
	struct row *site = row_named(chart, site_name);
	struct lot_use_interval use;
	double start_s = (double)run->start_us / G_USEC_PER_SEC;
	guint colour = colour_of(chart, run);
	for (guint u = 0; lot_use_at(run, u, &use); u++) {
		double from_s = start_s + use.start_s;
		double x0 = x_of(chart, from_s), x1 = x_of(chart, from_s + use.held_s);
		double wait0 = x_of(chart, from_s - use.waited_s);
		if (site)
			add_bar(site, WAITING, wait0, x0);
		if (site && use.instruments)
			add_bar(site, colour, x0, x1);
		for (guint i = 0; i < MIN(run->instruments->len, 64); i++) {
			if (!(use.instruments >> i & 1))
				continue;
			g_autofree char *name = lot_use_instrument_name(run, i, chart->many);
			struct row *row = row_named(chart, name);
			if (row)
				add_bar(row, colour, x0, x1);
		}
	}
}

static void fill(struct chart *chart, const struct lot_use *use)
{
	chart->height = TOP;
	for (guint i = 0; i < use->sites->len; i++)
		add_row(chart, g_array_index(use->sites, struct lot_site, i).name, TRUE);
	for (guint i = 0; i < use->instruments->len; i++)
		add_row(chart, g_array_index(use->instruments, struct lot_instrument, i).name,
		        FALSE);
	for (guint i = 0; i < chart->records->len; i++)
		if (is_within(chart, chart->records->pdata[i]))
			add_run(chart, chart->records->pdata[i]);
	for (guint r = 0; r < chart->rows->len; r++)
		make_paths(&g_array_index(chart->rows, struct row, r));
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static int tick_s(double span_s)
{
	static const int steps[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
	                            600, 900, 1800, 3600, 7200, 14400, 21600, 43200};
	gsize i = 0;
	while (i + 1 < G_N_ELEMENTS(steps) && span_s / steps[i] > TICKS_MOST)
		i++;
	return steps[i];
}

static void draw_axis(struct markup *markup, const struct chart *chart)
{
	gint64 start_s = chart->session->start_us / G_USEC_PER_SEC;
	gint64 end_s = chart->session->end_us / G_USEC_PER_SEC;
	int step_s = tick_s((double)(end_s - start_s));
	for (gint64 t = (start_s / step_s + 1) * step_s; t <= end_s; t += step_s) {
		g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(t);
		g_autofree char *text =
			time ? g_date_time_format(time, step_s < 60 ? "%H:%M:%S" : "%H:%M") : NULL;
		double x = x_of(chart, (double)t);
		svg_line(markup, "grid", x, TOP, x, chart->height);
		if (x > LEFT + 16 && x < WIDTH - 24)
			svg_label(markup, "middle", x, chart->height + 13, text);
	}
	svg_line(markup, "frame", LEFT, chart->height, WIDTH - RIGHT, chart->height);
}

/* The unit that a site had: a pale bar over the whole row, that tells on being pointed at. */
static void draw_unit(struct markup *markup, const struct chart *chart,
                      const struct run_record *run)
{
	g_autofree char *site_name = lot_use_site_name(run, chart->many);
	const struct row *row = row_named(chart, site_name);
	if (!row)
		return;
	double x0 = x_of(chart, (double)run->start_us / G_USEC_PER_SEC);
	double x1 = x_of(chart, (double)run->end_us / G_USEC_PER_SEC);
	double y = row->y - SITE_BARS, seconds = (double)(run->end_us - run->start_us) * 1e-6;
	g_autofree char *class_name = g_strdup_printf("c%u unit", colour_of(chart, run));
	g_autofree char *took = page_duration(seconds);
	gsize fit = x1 - x0 > 6 ? (gsize)((x1 - x0 - 4) / LETTER) : 0;
	markup_open(markup, "g");
	markup_open(markup, "title");
	markup_textf(markup, "%s, %s, %s, %s", run->serial, site_name, verdict_name(run->verdict),
	             took);
	markup_close(markup);
	svg_rectangle(markup, class_name, x0, y, x1 - x0, row->height + SITE_BARS);
	if (fit >= strlen(run->serial) && *run->serial)
		svg_label(markup, "name", x0 + 3, y + 8.5, run->serial);
	markup_close(markup);
}

static void draw_bars(struct markup *markup, const struct row *row)
{
	for (guint l = 0; l < N_LAYERS; l++) {
		const char *path = row->paths[l]->str;
		g_autofree char *class_name = g_strdup_printf("c%u has", l);
		if (!*path)
			continue;
		markup_open(markup, "path");
		if (l == WAITING)
			markup_attr(markup, "fill", "url(#waiting)");
		else
			markup_attr(markup, "class", class_name);
		markup_attr(markup, "d", path);
		markup_close(markup);
	}
}

static void draw_hatch(struct markup *markup)
{
	markup_open(markup, "defs");
	markup_open(markup, "pattern");
	markup_attr(markup, "id", "waiting");
	markup_attr(markup, "width", "4");
	markup_attr(markup, "height", "4");
	markup_attr(markup, "patternUnits", "userSpaceOnUse");
	markup_attr(markup, "patternTransform", "rotate(45)");
	svg_rectangle(markup, "back", 0, 0, 4, 4);
	svg_rectangle(markup, "stripe", 0, 0, 1.4, 4);
	markup_close(markup);
	markup_close(markup);
}

static void draw(struct markup *markup, const struct chart *chart, gboolean is_first)
{
	g_autofree char *from = page_time(chart->session->start_us);
	g_autofree char *to = page_time(chart->session->end_us);
	g_autofree char *title = g_strdup_printf("Sites and instruments from %s to %s", from, to);
	markup_open(markup, "figure");
	markup_elementf(markup, "figcaption", NULL, "%s to %s", from, to);
	svg_open(markup, "chart gantt", WIDTH, chart->height + FOOT, title);
	markup_element(markup, "desc", NULL,
	               "Time to the right. Above, a row for each site: its units one after the "
	               "other, full colour where a unit had instruments, hatched where it waited "
	               "for some. Below, a row for each instrument in the colours of the units "
	               "that had it. A bar is lower where there was less of it than can be drawn. "
	               "The "
	               "table below the chart tells the runs in words.");
	if (is_first)
		draw_hatch(markup);
	draw_axis(markup, chart);
	for (guint i = 0; i < chart->records->len; i++)
		if (is_within(chart, chart->records->pdata[i]))
			draw_unit(markup, chart, chart->records->pdata[i]);
	for (guint r = 0; r < chart->rows->len; r++) {
		const struct row *row = &g_array_index(chart->rows, struct row, r);
		double middle = row->y + (row->is_site ? 4 : row->height / 2 + 3.5);
		svg_label(markup, "end axis", LEFT - 6, middle, row->name);
		draw_bars(markup, row);
	}
	markup_close(markup);
	markup_close(markup);
}

/* --- in words -----------------------------------------------------------------------------------
 */

static void write_run(struct markup *markup, const struct run_record *run, gboolean many)
{
	struct lot_use_interval use;
	double waited_s = 0, had_s = 0;
	for (guint u = 0; lot_use_at(run, u, &use); u++) {
		waited_s += use.waited_s;
		had_s += use.instruments ? use.held_s : 0;
	}
	g_autofree char *site = lot_use_site_name(run, many);
	g_autofree char *begin = page_time(run->start_us);
	g_autofree char *took = page_duration((double)(run->end_us - run->start_us) * 1e-6);
	g_autofree char *had = page_duration(had_s);
	g_autofree char *waited = page_duration(waited_s);
	markup_open(markup, "tr");
	markup_element(markup, "td", NULL, run->serial);
	markup_element(markup, "td", NULL, site);
	markup_element(markup, "td", "number", begin);
	markup_element(markup, "td", "number", took);
	markup_element(markup, "td", "number", had);
	markup_element(markup, "td", "number", waited);
	markup_open(markup, "td");
	page_verdict(markup, run->verdict, run->marginal);
	markup_close(markup);
	markup_close(markup);
}

static void write_table(struct markup *markup, const GPtrArray *records, gboolean many)
{
	static const char *const heads[] =
		{"Serial",          "Site",    "Begin", "Took", "With instruments",
	         "Waited for some", "Verdict", NULL};
	markup_open(markup, "details");
	markup_element(markup, "summary", NULL, "The runs of the chart as a table");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < records->len; i++) {
		const struct run_record *run = records->pdata[i];
		if (run->end_us >= run->start_us)
			write_run(markup, run, many);
	}
	page_table_end(markup);
	markup_close(markup);
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static GHashTable *colours_of(const GPtrArray *records)
{
	GHashTable *colours = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < records->len; i++) {
		const struct run_record *run = records->pdata[i];
		if (!g_hash_table_contains(colours, run->serial))
			g_hash_table_insert(colours, run->serial,
			                    GUINT_TO_POINTER(g_hash_table_size(colours)));
	}
	return colours;
}

void gantt_write(struct markup *markup, const GPtrArray *records, const struct lot_use *use)
{
	guint n = MIN(use->sessions->len, GANTT_SESSIONS_MAX);
	g_autoptr(GHashTable) colours = colours_of(records);
	gboolean many = lot_use_many_stations(records);
	for (guint s = 0; s < n; s++) {
		struct chart chart = {
			.records = records,
			.session = &g_array_index(use->sessions, struct lot_session, s),
			.many = many,
			.colours = colours,
			.rows = g_array_new(FALSE, TRUE, sizeof(struct row)),
			.by_name = g_hash_table_new(g_str_hash, g_str_equal),
		};
		g_array_set_clear_func(chart.rows, row_clear);
		fill(&chart, use);
		draw(markup, &chart, s == 0);
		g_hash_table_unref(chart.by_name);
		g_array_unref(chart.rows);
	}
	if (n < use->sessions->len)
		markup_elementf(markup, "p", "small", "Of %u sessions the first %u are drawn.",
		                use->sessions->len, n);
	if (n)
		write_table(markup, records, many);
}
