/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/discover_text.h"

#include <json-glib/json-glib.h>
#include <string.h>

static gboolean is_told(const char *text)
{
	return text && *text;
}

/* ---- YAML ---- */

/* YAML ends a line, and with it a comment, at Unicode's line ends too. */
static gboolean ends_line(gunichar sign)
{
	GUnicodeType type = g_unichar_type(sign);

	return type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* One line of signs that YAML allows in a comment. */
static char *printable(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *out = g_string_new(NULL);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar sign = g_utf8_get_char(p);
		if (g_unichar_isprint(sign) && !ends_line(sign))
			g_string_append_unichar(out, sign);
		else
			g_string_append_c(out, '?');
	}
	return g_string_free(out, FALSE);
}

/* A plain scalar where that is safe, else one in double quotes. */
static char *scalar(const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789:/._-,[]?=@%";
	g_autofree char *line = printable(text);
	g_autoptr(GString) quoted = NULL;

	if (g_ascii_isalpha(*line) && strspn(line, plain) == strlen(line) &&
	    !g_str_has_suffix(line, ":"))
		return g_steal_pointer(&line);
	quoted = g_string_new("\"");
	for (const char *p = line; *p; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, *p);
	}
	g_string_append_c(quoted, '"');
	return g_string_free(g_steal_pointer(&quoted), FALSE);
}

static void comment(GString *out, const char *text)
{
	g_autofree char *line = printable(text);

	g_string_append_printf(out, "  # %s\n", line);
}

static void put_identity(GString *out, const struct discovered *instrument)
{
	const struct instrument_identity *is = &instrument->identity;
	g_autoptr(GString) line = g_string_new(NULL);

	if (is_told(is->maker))
		g_string_append(line, is->maker);
	if (is_told(is->model))
		g_string_append_printf(line, "%s%s", line->len ? " " : "", is->model);
	if (line->len == 0)
		g_string_append(line, "something that has not told who it is");
	else if (!instrument->answered)
		g_string_append(line, " (not by its own answer)");
	if (is_told(is->serial))
		g_string_append_printf(line, ", serial %s", is->serial);
	if (is_told(is->firmware))
		g_string_append_printf(line, ", firmware %s", is->firmware);
	comment(out, line->str);
}

static void put_drivers(GString *out, const struct discovered *instrument)
{
	g_autoptr(GString) line = g_string_new(NULL);

	if (!is_told(instrument->identity.model))
		return;
	for (guint i = 0; i < instrument->drivers->len; i++) {
		const struct instrument_driver *driver = instrument->drivers->pdata[i];
		const struct instrument_model *model = instrument->models->pdata[i];
		g_string_append_printf(line, "%s %s (%s, %s)", i ? ", or" : "driver", driver->name,
		                       instrument_class_name(driver->class),
		                       evidence_name(model->evidence));
	}
	comment(out, line->len ? line->str : "no driver knows it");
}

/* The first way's resource stands in the item. */
static void put_ways(GString *out, const struct discovered *instrument)
{
	for (guint i = 0; i < instrument->ways->len; i++) {
		const struct discover_way *way = instrument->ways->pdata[i];
		g_autoptr(GString) line = g_string_new(NULL);
		if (i > 0)
			g_string_append(line, "also ");
		if (way->resource && i > 0)
			g_string_append_printf(line, "%s, ", way->resource);
		g_string_append_printf(line, "by %s", way->source);
		if (way->problem)
			g_string_append_printf(line, "; no answer: %s", way->problem);
		else if (!way->answered)
			g_string_append(line, "; not asked");
		comment(out, line->str);
	}
}

static void put_item(GString *out, const struct discovered *instrument, const char *name)
{
	const struct discover_way *way = instrument->ways->pdata[0];
	const struct instrument_driver *driver =
		instrument->drivers->len ? instrument->drivers->pdata[0] : NULL;
	const char *lead = driver && way->resource ? "" : "# ";
	g_autofree char *resource = NULL;

	if (!way->resource)
		return;
	resource = scalar(way->resource);
	g_string_append_printf(out, "  %s- name: %s\n", lead, name);
	if (driver)
		g_string_append_printf(out, "    class: %s\n    driver: %s\n",
		                       instrument_class_name(driver->class), driver->name);
	g_string_append_printf(out, "  %s  resource: %s\n", lead, resource);
}

char *discover_yaml(const GPtrArray *instruments)
{
	guint counts[INSTRUMENT_N_CLASSES + 1] = {0};
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < instruments->len; i++) {
		const struct discovered *instrument = instruments->pdata[i];
		const struct instrument_driver *driver =
			instrument->drivers->len ? instrument->drivers->pdata[0] : NULL;
		guint class = driver ? (guint)driver->class : INSTRUMENT_N_CLASSES;
		g_autofree char *name =
			g_strdup_printf("%s%u",
		                        driver ? instrument_class_name(driver->class)
		                               : "instrument",
		                        ++counts[class]);
		put_identity(out, instrument);
		put_drivers(out, instrument);
		put_ways(out, instrument);
		put_item(out, instrument, name);
	}
	return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

static void add_text(JsonBuilder *b, const char *key, const char *text)
{
	g_autofree char *valid = is_told(text) ? g_utf8_make_valid(text, -1) : NULL;

	json_builder_set_member_name(b, key);
	if (valid)
		json_builder_add_string_value(b, valid);
	else
		json_builder_add_null_value(b);
}

static void add_flag(JsonBuilder *b, const char *key, gboolean value)
{
	json_builder_set_member_name(b, key);
	json_builder_add_boolean_value(b, value);
}

static void add_drivers(JsonBuilder *b, const struct discovered *instrument)
{
	json_builder_set_member_name(b, "drivers");
	json_builder_begin_array(b);
	for (guint i = 0; i < instrument->drivers->len; i++) {
		const struct instrument_driver *driver = instrument->drivers->pdata[i];
		const struct instrument_model *model = instrument->models->pdata[i];
		json_builder_begin_object(b);
		add_text(b, "driver", driver->name);
		add_text(b, "class", instrument_class_name(driver->class));
		add_text(b, "evidence", evidence_name(model->evidence));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void add_ways(JsonBuilder *b, const struct discovered *instrument)
{
	json_builder_set_member_name(b, "ways");
	json_builder_begin_array(b);
	for (guint i = 0; i < instrument->ways->len; i++) {
		const struct discover_way *way = instrument->ways->pdata[i];
		json_builder_begin_object(b);
		add_text(b, "bus", discover_kind_name(way->kind));
		add_text(b, "resource", way->resource);
		add_text(b, "source", way->source);
		add_flag(b, "answered", way->answered);
		add_text(b, "problem", way->problem);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void append_object(GString *out, const struct discovered *instrument)
{
	const struct discover_way *way = instrument->ways->pdata[0];
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *text = NULL;

	json_builder_begin_object(b);
	add_text(b, "maker", instrument->identity.maker);
	add_text(b, "model", instrument->identity.model);
	add_text(b, "serial", instrument->identity.serial);
	add_text(b, "firmware", instrument->identity.firmware);
	add_flag(b, "answered", instrument->answered);
	add_text(b, "resource", way->resource);
	add_drivers(b, instrument);
	add_ways(b, instrument);
	json_builder_end_object(b);
	root = json_builder_get_root(b);
	json_generator_set_root(generator, root);
	text = json_generator_to_data(generator, NULL);
	g_string_append_printf(out, "%s\n", text);
}

char *discover_json(const GPtrArray *instruments)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < instruments->len; i++)
		append_object(out, instruments->pdata[i]);
	return g_string_free(out, FALSE);
}
