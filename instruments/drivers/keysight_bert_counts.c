/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/drivers/keysight_bert_counts.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

gboolean bert_counts_is_location(const char *text)
{
	const char *p = text;
	if (*p++ != 'M' || !g_ascii_isdigit(*p))
		return FALSE;
	while (g_ascii_isdigit(*p))
		p++;
	if (*p++ != '.' || !g_ascii_isalpha(*p))
		return FALSE;
	while (g_ascii_isalnum(*p))
		p++;
	return *p == '\0';
}

/* Fields of a record, in its order, after the location. */
enum { FIELD_TIME, FIELD_ONES, FIELD_ZEROS, FIELD_ERRORED_ONES, FIELD_ERRORED_ZEROS, N_FIELDS };

static gboolean parse_fields(char **elements, gsize n_elements, const struct scpi_dialect *dialect,
                             double fields[N_FIELDS], GError **error)
{
	if (n_elements < N_FIELDS) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "%" G_GSIZE_FORMAT " fields, expected at least %d", n_elements,
		                  N_FIELDS);
		return FALSE;
	}
	for (guint i = 0; i < N_FIELDS; i++) {
		struct scpi_value value = {SCPI_VALUE_NONE, NAN};
		if (!scpi_parse_value(elements[i], dialect, &value, error))
			return FALSE;
		gboolean is_count = value.kind == SCPI_VALUE_OK && value.value >= 0 &&
		                    value.value < 9e15 &&
		                    (i == FIELD_TIME || value.value == floor(value.value));
		if (!is_count) {
			station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" is no count",
			                  elements[i]);
			return FALSE;
		}
		fields[i] = value.value;
	}
	return TRUE;
}

static void strip_element(char *element)
{
	g_strdelimit(element, "()\"'", ' ');
	g_strstrip(element);
}

char **bert_counts_split(const char *data)
{
	char **elements = g_strsplit(data, ",", -1);
	for (gsize i = 0; elements[i]; i++)
		strip_element(elements[i]);
	return elements;
}

gboolean bert_counts_find(char **elements, const char *location, const struct scpi_dialect *dialect,
                          struct bert_count *count, GError **error)
{
	gsize at = 0;
	while (elements[at] && strcmp(elements[at], location) != 0)
		at++;
	if (!elements[at]) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "no counts of %s", location);
		return FALSE;
	}
	gsize n = 0;
	while (elements[at + 1 + n] && !bert_counts_is_location(elements[at + 1 + n]))
		n++;
	double fields[N_FIELDS] = {0};
	if (!parse_fields(&elements[at + 1], n, dialect, fields, error)) {
		g_prefix_error(error, "counts of %s: ", location);
		return FALSE;
	}
	count->bits = (guint64)fields[FIELD_ONES] + (guint64)fields[FIELD_ZEROS];
	count->errors = (guint64)fields[FIELD_ERRORED_ONES] + (guint64)fields[FIELD_ERRORED_ZEROS];
	return TRUE;
}
