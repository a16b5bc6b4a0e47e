/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_format.h"

#include "base/error.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/*
 * Our own files and what instruments export. The layout of the exports (WaveformXYValues: two
 * columns; WaveformPattern: one column, XInc and XOrg; the line "Data,"; in version 2 a row of
 * types below it) is known second hand, from programs that read them, not from the maker: keys that
 * we do not know are passed over there, and only there.
 */

struct reader {
	struct wave_content *content;
	const char *p;
	const char *end;
	guint line;
	guint columns;     /* 0 before the first sample */
	guint headings;    /* in the line of them; 0 without one */
	gboolean exported; /* "Data," has passed */
	gboolean type_row; /* and the row of types */
	char *stranger;    /* first key that we do not know; owned */
	guint stranger_line;
	gsize n_bad; /* samples that are no numbers, and where the first is */
	guint bad_line;
	gboolean whole_times; /* no time yet that is not a whole number */
	int time_digits;      /* the most that a time has */
	guint first_row_line;
};

/* One line, blanks around it removed. */
struct line {
	const char *p;
	const char *end;
};

static void refuse_at(const struct reader *reader, guint line, GError **error, const char *format,
                      ...) G_GNUC_PRINTF(4, 5);

static void refuse_at(const struct reader *reader, guint line, GError **error, const char *format,
                      ...)
{
	g_autofree char *text = NULL, *valid = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	valid = g_utf8_make_valid(text, -1); /* what it quotes may be any bytes */
	station_error_set(error, STATION_ERROR_DATA, "%s:%u: %s", reader->content->name, line,
	                  valid);
}

/* What of a line a message may show. */
static char *quote(const char *p, const char *end)
{
	g_autofree char *text = g_strndup(p, (gsize)MIN(end - p, 40));

	return g_strescape(text, NULL);
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static gboolean begins_with_value(const struct line *line)
{
	double value;
	int digits;
	const char *next = wave_number_scan(line->p, line->end, &value, &digits);

	return next && (next == line->end || strchr(",; \t", *next));
}

/* What stands where the end of the row or a comma should be. */
static gboolean refuse_row(const struct reader *reader, const struct line *line, const char *at,
                           GError **error)
{
	g_autofree char *text = quote(line->p, line->end);

	if (memchr(line->p, ';', (gsize)(line->end - line->p)))
		refuse_at(reader, reader->line, error,
		          "\"%s\": commas separate the fields and the decimal sign is a point, "
		          "semicolons and decimal commas are not read",
		          text);
	else if (at && at < line->end && *at == ',')
		refuse_at(reader, reader->line, error,
		          "\"%s\": more than two fields; the decimal sign is a point, decimal "
		          "commas are not read",
		          text);
	else
		refuse_at(reader, reader->line, error, "expected %s, got \"%s\"",
		          reader->columns == 2 ? "a time, a comma and a power" : "a number", text);
	return FALSE;
}

/* Splits a row; *n fields. A comma at the end of a single field is passed over. */
static gboolean scan_row(const struct reader *reader, const struct line *line, double *value,
                         int *time_digits, guint *n, GError **error)
{
	int digits;
	const char *p = wave_number_scan(line->p, line->end, &value[0], time_digits);

	*n = 1;
	if (!p)
		return refuse_row(reader, line, NULL, error);
	p = skip_blanks(p, line->end);
	if (p < line->end && *p == ',') {
		p = skip_blanks(p + 1, line->end);
		if (p == line->end)
			return TRUE;
		*n = 2;
		p = wave_number_scan(p, line->end, &value[1], &digits);
		if (!p)
			return refuse_row(reader, line, NULL, error);
		p = skip_blanks(p, line->end);
	}
	return p == line->end || refuse_row(reader, line, p, error);
}

/* The first row tells the columns; as many lines as are left are the most samples there can be. */
static gboolean begin_samples(struct reader *reader, guint columns, GError **error)
{
	gsize lines = 1;

	if (reader->stranger && !reader->exported) {
		const char *nearest = wave_key_nearest(reader->stranger);

		refuse_at(reader, reader->stranger_line, error,
		          "\"%s\" is no sample and no known key%s%s%s", reader->stranger,
		          nearest ? "; did you mean \"" : "", nearest ? nearest : "",
		          nearest ? "\"?" : "");
		return FALSE;
	}
	for (const char *p = reader->p; p && p < reader->end; lines++) {
		p = memchr(p, '\n', (gsize)(reader->end - p));
		p = p ? p + 1 : NULL;
	}
	reader->columns = columns;
	reader->first_row_line = reader->line;
	return wave_content_reserve(reader->content, MIN(lines, WAVE_FILE_SAMPLES_MAX),
	                            columns == 2, error);
}

static gboolean read_row(struct reader *reader, const struct line *line, GError **error)
{
	struct wave_content *content = reader->content;
	double value[2] = {0.0, 0.0};
	int digits = 0;
	guint n = 0;

	if (!scan_row(reader, line, value, &digits, &n, error))
		return FALSE;
	if (reader->columns == 0 && !begin_samples(reader, n, error))
		return FALSE;
	if (n != reader->columns || (reader->headings > 0 && n != reader->headings)) {
		refuse_at(reader, reader->line, error, "%u field%s where the lines above have %u",
		          n, n == 1 ? "" : "s",
		          reader->headings > 0 ? reader->headings : reader->columns);
		return FALSE;
	}
	if (content->n == WAVE_FILE_SAMPLES_MAX) {
		refuse_at(reader, reader->line, error, "more than 2^28 samples");
		return FALSE;
	}
	if (n == 2) {
		content->time_s[content->n] = value[0] * content->unit_s;
		reader->whole_times = reader->whole_times && value[0] == floor(value[0]);
		reader->time_digits = MAX(reader->time_digits, digits);
	}
	content->sample[content->n] = 0.0f;
	if (isfinite(value[0]) && wave_sample_is_number(value[n - 1]))
		content->sample[content->n] = (float)value[n - 1];
	else if (reader->n_bad++ == 0)
		reader->bad_line = reader->line;
	content->n++;
	return TRUE;
}

static gboolean tell(struct reader *reader, const char *key, const char *value, gboolean plain,
                     GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (reader->columns > 0) {
		refuse_at(reader, reader->line, error, "%s: keys stand before the first sample",
		          key);
		return FALSE;
	}
	if (wave_content_tell(reader->content, key, value, plain, &cause))
		return TRUE;
	refuse_at(reader, reader->line, error, "%s", cause->message);
	return FALSE;
}

/* "# key: value"; other comments are free, but a key nearly right was meant. */
static gboolean read_comment(struct reader *reader, const struct line *line, GError **error)
{
	g_autofree char *text = g_strndup(line->p + 1, (gsize)(line->end - line->p - 1));
	char *colon = strchr(text, ':');
	const char *nearest;

	if (!colon)
		return TRUE;
	*colon = '\0';
	g_strstrip(text);
	if (wave_key_known(text))
		return tell(reader, text, g_strstrip(colon + 1), FALSE, error);
	nearest = wave_key_nearest(text);
	if (!nearest)
		return TRUE;
	refuse_at(reader, reader->line, error, "key \"%s\" is not known; did you mean \"%s\"?",
	          text, nearest);
	return FALSE;
}

static gboolean is_heading(const char *field, const char *name)
{
	gsize len = strlen(name);

	return g_ascii_strncasecmp(field, name, len) == 0 &&
	       (field[len] == '\0' || field[len] == '_');
}

/* "time,power", "time_ps,power_uW", "power"; but "Time,10:30" is a key of an instrument. */
static gboolean are_headings(char **fields)
{
	return fields[1] ? is_heading(fields[0], "time") && is_heading(fields[1], "power")
	                 : is_heading(fields[0], "power");
}

static gboolean read_heading(struct reader *reader, char **fields, GError **error)
{
	static const char *const unit_keys[] = {"time_unit", "unit"};
	guint n = g_strv_length(fields);

	if (reader->headings > 0) {
		refuse_at(reader, reader->line, error, "a second line of headings");
		return FALSE;
	}
	for (guint i = 0; i < n; i++) {
		guint column = i + 2 - n;
		const char *unit = strchr(fields[i], '_');

		if (unit && !tell(reader, unit_keys[column], unit + 1, FALSE, error))
			return FALSE;
	}
	reader->headings = n;
	return TRUE;
}

static gboolean read_header(struct reader *reader, const struct line *line, GError **error)
{
	g_autofree char *text = g_strndup(line->p, (gsize)(line->end - line->p));
	g_auto(GStrv) fields = g_strsplit(text, ",", 2);

	if (!fields[0]) /* the line begins with a zero byte */
		return refuse_row(reader, line, NULL, error);
	g_strstrip(fields[0]);
	if (fields[1])
		g_strstrip(fields[1]);
	if (g_ascii_strcasecmp(fields[0], "Data") == 0 && (!fields[1] || *fields[1] == '\0')) {
		reader->exported = TRUE;
		return TRUE;
	}
	if (are_headings(fields))
		return read_heading(reader, fields, error);
	if (fields[1] && wave_key_known(fields[0]))
		return tell(reader, fields[0], fields[1], TRUE, error);
	if (!reader->stranger) {
		reader->stranger = quote(fields[0], fields[0] + strlen(fields[0]));
		reader->stranger_line = reader->line;
	}
	return TRUE;
}

static gboolean read_line(struct reader *reader, const struct line *line, GError **error)
{
	if (*line->p == '#')
		return read_comment(reader, line, error);
	if (reader->columns > 0 || begins_with_value(line))
		return read_row(reader, line, error);
	if (!reader->exported)
		return read_header(reader, line, error);
	if (reader->type_row)
		return refuse_row(reader, line, NULL, error);
	reader->type_row = TRUE;
	return TRUE;
}

static gboolean read_lines(struct reader *reader, GError **error)
{
	while (reader->p < reader->end) {
		const char *newline = memchr(reader->p, '\n', (gsize)(reader->end - reader->p));
		struct line line = {reader->p, newline ? newline : reader->end};

		reader->p = newline ? newline + 1 : reader->end;
		reader->line++;
		while (line.end > line.p && g_ascii_isspace(line.end[-1]))
			line.end--;
		line.p = skip_blanks(line.p, line.end);
		if (line.p < line.end && !read_line(reader, &line, error))
			return FALSE;
	}
	return TRUE;
}

/* One step of the last digit of the largest time; others may have lost zeros at their end. */
static double last_digit(const struct wave_content *content, int digits)
{
	double largest = 0.0;

	for (gsize i = 0; i < content->n; i++)
		largest = fmax(largest, fabs(content->time_s[i]));
	return largest > 0.0 ? pow(10.0, floor(log10(largest)) - digits + 1) : 0.0;
}

static gboolean check_samples(struct reader *reader, GError **error)
{
	struct wave_content *content = reader->content;

	if (content->n == 0 && reader->stranger) {
		refuse_at(reader, reader->stranger_line, error,
		          "\"%s\" is no sample, and none follow", reader->stranger);
		return FALSE;
	}
	if (content->n == 0) {
		refuse_at(reader, MAX(reader->line, 1), error, "no samples");
		return FALSE;
	}
	if (reader->n_bad > 0) {
		refuse_at(reader, reader->bad_line, error,
		          "not a number that can be measured; %" G_GSIZE_FORMAT
		          " of %" G_GSIZE_FORMAT " rows are such",
		          reader->n_bad, content->n);
		return FALSE;
	}
	if (content->time_s && reader->whole_times && content->unit_s == 1.0) {
		refuse_at(reader, reader->first_row_line, error,
		          "the first column has whole numbers only: expected times in s (decimal "
		          "commas are not read)");
		return FALSE;
	}
	if (content->time_s)
		content->time_digit_s = last_digit(content, reader->time_digits);
	return TRUE;
}

gboolean wave_csv_read(struct wave_content *content, const char *bytes, gsize len, GError **error)
{
	struct reader reader = {
		.content = content,
		.p = bytes,
		.end = bytes + len,
		.whole_times = TRUE,
	};
	gboolean ok;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		reader.p += 3;
	ok = read_lines(&reader, error) && check_samples(&reader, error);
	g_free(reader.stranger);
	return ok;
}

GString *wave_csv_write(const struct waveform *wave)
{
	gsize length = waveform_length(wave);
	GString *out = g_string_sized_new(length * 16 + 256);
	char number[WAVE_NUMBER_SIZE];

	wave_facts_append(out, wave, "# ");
	for (gsize i = 0; i < length; i++) {
		wave_number_print(number, wave->power_w[i]);
		g_string_append(out, number);
		g_string_append_c(out, '\n');
	}
	return out;
}
