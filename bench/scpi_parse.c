/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scpi_parse.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* Control characters count as blanks (IEEE 488.2, white space). */
static gboolean is_blank(char c)
{
	return (guchar)c <= ' ';
}

static struct scpi_span trim(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	while (end > p && is_blank(end[-1]))
		end--;
	return (struct scpi_span){p, (gsize)(end - p)};
}

/*
 * Number of bytes of the definite block header and payload at p, or 0 when the end is not there
 * yet or it is no block.
 */
static gsize block_length(const char *p, const char *end)
{
	if (end - p < 2 || p[0] != '#' || !g_ascii_isdigit(p[1]) || p[1] == '0')
		return 0;

	gsize digits = (gsize)(p[1] - '0');
	gsize payload = 0;
	if ((gsize)(end - p) < 2 + digits)
		return 0;
	for (gsize i = 0; i < digits; i++) {
		if (!g_ascii_isdigit(p[2 + i]))
			return 0;
		payload = payload * 10 + (gsize)(p[2 + i] - '0');
	}
	gsize whole = 2 + digits + payload;
	return whole <= (gsize)(end - p) ? whole : 0;
}

static gboolean block_begins(const char *p, const char *end)
{
	return end - p >= 2 && p[0] == '#' && g_ascii_isdigit(p[1]) && p[1] != '0';
}

/* Behind the string that begins at p; p + 1 when it does not end in its line. */
static const char *skip_string(const char *p, const char *end)
{
	const char *line_end = memchr(p, '\n', (gsize)(end - p));
	const char *close = memchr(p + 1, *p, (gsize)((line_end ? line_end : end) - p - 1));
	return close ? close + 1 : p + 1;
}

gsize scpi_frame(const char *data, gsize len)
{
	const char *end = data + len;
	const char *p = data;
	gboolean at_parameter = FALSE;

	while (p < end) {
		if (*p == '\n')
			return (gsize)(p - data) + 1;
		if (*p == '"' || *p == '\'') {
			p = skip_string(p, end);
			at_parameter = FALSE;
			continue;
		}
		if (at_parameter && *p == '#' && end - p == 1)
			return 0;
		if (at_parameter && block_begins(p, end)) {
			gsize block = block_length(p, end);
			if (block == 0)
				return 0;
			p += block;
			at_parameter = FALSE;
			continue;
		}
		if (*p == ',' || *p == ' ' || *p == '\t')
			at_parameter = TRUE;
		else
			at_parameter = FALSE;
		p++;
	}
	return 0;
}

/*
 * The first of the stop characters outside quotes, parentheses and blocks, or the end; null with
 * the error number when a string or block has no end.
 */
static const char *find_stop(const char *p, const char *end, const char *stops, int *error)
{
	int depth = 0;
	gboolean at_parameter = FALSE;

	while (p < end) {
		if (*p == '"' || *p == '\'') {
			const char *close = memchr(p + 1, *p, (gsize)(end - p - 1));
			if (!close) {
				*error = -151;
				return NULL;
			}
			p = close + 1;
			continue;
		}
		if (at_parameter && block_begins(p, end)) {
			gsize block = block_length(p, end);
			if (block == 0) {
				*error = -161;
				return NULL;
			}
			p += block;
			continue;
		}
		if (depth == 0 && strchr(stops, *p) && *p)
			return p;
		if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		at_parameter = *p == ',' || is_blank(*p);
		p++;
	}
	return end;
}

static int split_parameters(struct scpi_span text, struct scpi_unit *unit)
{
	const char *p = text.p;
	const char *end = text.p + text.len;

	while (p <= end && text.len > 0) {
		int error = 0;
		/* A blank before the first byte lets a block begin there. */
		const char *stop = block_begins(p, end) ? p + block_length(p, end) : p;
		if (stop == p && block_begins(p, end))
			return -161;
		stop = find_stop(stop, end, ",", &error);
		if (!stop)
			return error;
		if (unit->n_parameters == SCPI_PARAMETERS)
			return -108;
		struct scpi_span parameter = trim(p, stop);
		/* Trimming must not eat the end of a block's payload. */
		if (parameter.len > 0 && block_begins(parameter.p, end))
			parameter.len = MAX(parameter.len, block_length(parameter.p, end));
		if (parameter.len == 0)
			return -102;
		unit->parameters[unit->n_parameters++] = parameter;
		if (stop == end)
			break;
		p = stop + 1;
		while (p < end && is_blank(*p))
			p++;
	}
	return 0;
}

int scpi_next_unit(struct scpi_span *rest, struct scpi_unit *unit)
{
	const char *end = rest->p + rest->len;
	int error = 0;

	*unit = (struct scpi_unit){0};
	if (rest->len == 0)
		return 0;

	const char *stop = find_stop(rest->p, end, ";", &error);
	if (!stop)
		return error;
	struct scpi_span text = {rest->p, (gsize)(stop - rest->p)};
	rest->p = stop < end ? stop + 1 : end;
	rest->len = (gsize)(end - rest->p);

	const char *p = text.p;
	while (p < stop && is_blank(*p))
		p++;
	const char *header_end = p;
	/* A channel list may follow without a blank: VOLT?(@1). */
	while (header_end < stop && !is_blank(*header_end) && *header_end != '(')
		header_end++;
	unit->header = (struct scpi_span){p, (gsize)(header_end - p)};
	while (header_end < stop && is_blank(*header_end))
		header_end++;

	error = split_parameters((struct scpi_span){header_end, (gsize)(stop - header_end)}, unit);
	return error ? error : 1;
}

static gsize word_length(const char *p, const char *end)
{
	const char *q = p;
	while (q < end && (g_ascii_isalnum(*q) || *q == '_' || *q == '*'))
		q++;
	return (gsize)(q - p);
}

/* Compares text with the long form and with the upper-case part of the mnemonic. */
static gboolean word_is(const char *mnemonic, gsize mnemonic_len, struct scpi_span text)
{
	if (text.len == mnemonic_len && g_ascii_strncasecmp(mnemonic, text.p, text.len) == 0)
		return TRUE;

	gsize used = 0;
	for (gsize i = 0; i < mnemonic_len; i++) {
		if (g_ascii_islower(mnemonic[i]))
			continue;
		if (used == text.len || g_ascii_toupper(text.p[used]) != mnemonic[i])
			return FALSE;
		used++;
	}
	return used > 0 && used == text.len;
}

gboolean scpi_mnemonic(const char *mnemonic, struct scpi_span text)
{
	return word_is(mnemonic, strlen(mnemonic), text);
}

/* Cuts the digits off the end of a word; -1 when there are none. */
static int cut_suffix(struct scpi_span *word)
{
	gsize digits = 0;
	int value = 0;

	while (digits < word->len && g_ascii_isdigit(word->p[word->len - 1 - digits]))
		digits++;
	if (digits == 0 || digits > 6)
		return -1;
	for (gsize i = word->len - digits; i < word->len; i++)
		value = value * 10 + (word->p[i] - '0');
	word->len -= digits;
	return value;
}

static gboolean match_here(const char *p, const char *h, const char *end, int *suffix, int n)
{
	if (*p == '\0')
		return h == end;
	if (*p == ']')
		return match_here(p + 1, h, end, suffix, n);
	if (*p == '[') {
		const char *after = p + 1;
		int skipped = 0;
		for (int depth = 1; depth > 0; after++) {
			depth += (*after == '[') - (*after == ']');
			skipped += *after == '#';
		}
		if (match_here(p + 1, h, end, suffix, n))
			return TRUE;
		for (int i = 0; i < skipped; i++)
			suffix[n + i] = -1;
		return match_here(after, h, end, suffix, n + skipped);
	}
	if (*p == ':' || *p == '?')
		return h < end && *h == *p && match_here(p + 1, h + 1, end, suffix, n);

	gsize pattern_len = word_length(p, p + strlen(p));
	struct scpi_span word = {h, word_length(h, end)};
	gsize word_len = word.len;
	if (pattern_len == 0 || word_len == 0)
		return FALSE;
	if (p[pattern_len] == '#') {
		suffix[n] = cut_suffix(&word);
		return word_is(p, pattern_len, word) &&
		       match_here(p + pattern_len + 1, h + word_len, end, suffix, n + 1);
	}
	return word_is(p, pattern_len, word) &&
	       match_here(p + pattern_len, h + word_len, end, suffix, n);
}

gboolean scpi_match(const char *pattern, struct scpi_span header, int suffix[SCPI_SUFFIXES])
{
	for (int i = 0; i < SCPI_SUFFIXES; i++)
		suffix[i] = -1;
	return match_here(pattern, header.p, header.p + header.len, suffix, 0);
}

/* Multipliers of SCPI-1999 volume 1, 7.3; "M" is milli but for hertz, where it is mega. */
static double multiplier(struct scpi_span text, const char *unit)
{
	static const struct {
		const char *name;
		double factor;
	} rows[] = {
		{"EX", 1e18}, {"PE", 1e15}, {"T", 1e12}, {"G", 1e9},   {"MA", 1e6},  {"K", 1e3},
		{"M", 1e-3},  {"U", 1e-6},  {"N", 1e-9}, {"P", 1e-12}, {"F", 1e-15}, {"A", 1e-18},
	};

	if (text.len == 0)
		return 1.0;
	if (strcmp(unit, "HZ") == 0 && text.len == 1 && g_ascii_toupper(*text.p) == 'M')
		return 1e6;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strlen(rows[i].name) == text.len &&
		    g_ascii_strncasecmp(rows[i].name, text.p, text.len) == 0)
			return rows[i].factor;
	}
	return NAN;
}

int scpi_number(struct scpi_span text, const char *unit, double *value)
{
	g_autofree char *copy = g_strndup(text.p, text.len);
	gsize digits = number_length(copy);

	if (digits == 0)
		return -104;
	g_autofree char *figures = g_strndup(copy, digits);
	double number = 0.0;
	if (!number_parse_double(figures, &number, NULL))
		return strpbrk(figures, "eE") ? -123 : -121;

	struct scpi_span suffix = trim(copy + digits, copy + text.len);
	if (suffix.len == 0) {
		*value = number;
		return 0;
	}
	if (!unit)
		return g_ascii_isalpha(*suffix.p) ? -138 : -121;
	gsize unit_len = strlen(unit);
	if (suffix.len < unit_len ||
	    g_ascii_strncasecmp(suffix.p + suffix.len - unit_len, unit, unit_len) != 0)
		return -131;
	double factor = multiplier((struct scpi_span){suffix.p, suffix.len - unit_len}, unit);
	if (isnan(factor))
		return -131;
	*value = number * factor;
	return 0;
}

char *scpi_string(struct scpi_span text)
{
	if (text.len < 2 || (*text.p != '"' && *text.p != '\''))
		return NULL;

	char quote = *text.p;
	GString *out = g_string_new(NULL);
	for (gsize i = 1; i < text.len; i++) {
		if (text.p[i] == quote && i + 1 == text.len)
			return g_string_free(out, FALSE);
		if (text.p[i] == quote && text.p[++i] != quote)
			break;
		g_string_append_c(out, text.p[i]);
	}
	g_string_free(out, TRUE);
	return NULL;
}

static gboolean take_channel(const char **p, const char *end, int *channel)
{
	const char *q = *p;
	while (q < end && is_blank(*q))
		q++;
	int value = 0;
	int digits = 0;
	for (; q < end && g_ascii_isdigit(*q) && digits < 6; q++, digits++)
		value = value * 10 + (*q - '0');
	while (q < end && is_blank(*q))
		q++;
	*p = q;
	*channel = value;
	return digits > 0;
}

int scpi_channels(struct scpi_span text, int first, int last, guint32 *mask)
{
	if (text.len < 4 || strncmp(text.p, "(@", 2) != 0 || text.p[text.len - 1] != ')')
		return -104;

	const char *p = text.p + 2;
	const char *end = text.p + text.len - 1;
	guint32 bits = 0;
	for (;;) {
		int from = 0;
		int to = 0;
		if (!take_channel(&p, end, &from))
			return -104;
		to = from;
		if (p < end && *p == ':') {
			p++;
			if (!take_channel(&p, end, &to))
				return -104;
		}
		if (from < first || to > last || to < from)
			return -222;
		for (int channel = from; channel <= to; channel++)
			bits |= 1u << channel;
		if (p == end)
			break;
		if (*p++ != ',')
			return -104;
	}
	*mask = bits;
	return 0;
}

gboolean scpi_block(struct scpi_span text, struct scpi_span *bytes)
{
	gsize whole = block_length(text.p, text.p + text.len);
	if (whole == 0 || whole != text.len)
		return FALSE;
	gsize head = 2 + (gsize)(text.p[1] - '0');
	*bytes = (struct scpi_span){text.p + head, whole - head};
	return TRUE;
}
