/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/form.h"

#include <string.h>

#define DOCUMENT "json"

gboolean form_load(const struct yaml_node *map, const struct sink_place *place, struct form *form,
                   GError **error)
{
	g_autoptr(GError) cause = NULL;
	const char *name;

	if (!yaml_string_or(map, "format", &name, DOCUMENT, error))
		return FALSE;
	*form = (struct form){.factory = place->factory};
	if (strcmp(name, DOCUMENT) == 0)
		return TRUE;
	form->format = report_format_find(name, FALSE, &cause);
	if (!form->format)
		yaml_error(yaml_find(map, "format"), error, "%s", cause->message);
	return form->format != NULL;
}

GBytes *form_write(const struct form *form, const struct sink_run *run)
{
	g_autoptr(GPtrArray) records = NULL;
	struct report_set set = {.factory = form->factory};

	if (!form->format)
		return g_bytes_new(run->document, strlen(run->document));
	records = g_ptr_array_new();
	g_ptr_array_add(records, (gpointer)run->record);
	set.records = records;
	return report_format_write(form->format, &set);
}

const char *form_extension(const struct form *form)
{
	return form->format ? form->format->extension : DOCUMENT;
}

const char *form_media_type(const struct form *form)
{
	static const struct {
		const char *extension, *type;
	} types[] = {
		{"json", "application/json"}, {"xml", "application/xml"},
		{"csv", "text/csv"},          {"html", "text/html; charset=utf-8"},
		{"pdf", "application/pdf"},
	};
	const char *extension = form_extension(form);

	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(types[i].extension, extension) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* --- words that stand for something of the run --------------------------------------------------
 */

static const char *const words[] = {"run_id",  "serial", "lot",     "part_number",
                                    "station", "stage",  "verdict", NULL};

static const char *value_of(const struct run_record *record, guint word)
{
	const char *const values[] = {
		record->run_id,
		record->serial,
		record->lot,
		record->part_number,
		record->station_id,
		record->stage,
		verdict_name(record->verdict),
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(values) + 1 == G_N_ELEMENTS(words));
	return values[word];
}

/* The word at the brace that text begins with, its length with braces in *len; -1: none. */
static int word_at(const char *text, gsize *len)
{
	const char *end = strchr(text, '}');

	for (int i = 0; end && words[i]; i++) {
		*len = (gsize)(end - text) + 1;
		if (strlen(words[i]) + 2 == *len && strncmp(text + 1, words[i], *len - 2) == 0)
			return i;
	}
	return -1;
}

gboolean form_check(const struct yaml_node *node, const char *text, GError **error)
{
	g_autofree char *all = g_strjoinv("}, {", (char **)words);
	gsize len;

	for (const char *c = text; *c; c++) {
		if (*c != '{')
			continue;
		if (c[1] != '{' && word_at(c, &len) < 0) {
			yaml_error(node, error, "\"%s\": what stands in braces is one of {%s}", c,
			           all);
			return FALSE;
		}
		c += c[1] == '{';
	}
	return TRUE;
}

char *form_fill(const char *text, const struct run_record *record, char *(*escape)(const char *))
{
	GString *filled = g_string_new(NULL);
	gsize len;
	int word;

	while (*text) {
		if (*text == '{' && (word = word_at(text, &len)) >= 0) {
			const char *value = value_of(record, (guint)word);
			g_autofree char *escaped = escape ? escape(value) : g_strdup(value);

			g_string_append(filled, escaped);
			text += len;
			continue;
		}
		g_string_append_c(filled, *text);
		text += text[0] == '{' && text[1] == '{' ? 2 : 1;
	}
	return g_string_free(filled, FALSE);
}
