/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/markup.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

struct markup {
	GString *out;
	GPtrArray *open; /* const char *: tags */
	gboolean in_tag; /* the start tag may still take attributes */
	gboolean is_xml;
};

static const char *const void_tags[] = {"meta", "br", "hr", "img", "col", NULL};

static struct markup *begin(const char *head, gboolean is_xml)
{
	struct markup *markup = g_new0(struct markup, 1);
	markup->out = g_string_new(head);
	markup->open = g_ptr_array_new();
	markup->is_xml = is_xml;
	return markup;
}

struct markup *markup_new(void)
{
	return begin("<!DOCTYPE html>\n", FALSE);
}

struct markup *markup_new_xml(void)
{
	return begin("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", TRUE);
}

char *markup_end(struct markup *markup)
{
	while (markup->open->len > 0)
		markup_close(markup);
	if (!markup->is_xml)
		g_string_append_c(markup->out, '\n');
	char *text = g_string_free(markup->out, FALSE);
	g_ptr_array_unref(markup->open);
	g_free(markup);
	return text;
}

static void end_tag(struct markup *markup)
{
	if (markup->in_tag)
		g_string_append_c(markup->out, '>');
	markup->in_tag = FALSE;
}

/* U+FFFE and U+FFFF are UTF-8 but not characters of XML 1.0. */
static gboolean is_no_character(const char *p)
{
	return (guchar)p[0] == 0xEF && (guchar)p[1] == 0xBF && (guchar)p[2] >= 0xBE;
}

static void append_escaped(GString *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	for (const char *p = valid; *p != '\0'; p++) {
		if (*p == '&')
			g_string_append(out, "&amp;");
		else if (*p == '<')
			g_string_append(out, "&lt;");
		else if (*p == '>')
			g_string_append(out, "&gt;");
		else if (*p == '"')
			g_string_append(out, "&quot;");
		else if (*p == '\'')
			g_string_append(out, "&#39;");
		else if (((guchar)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7F)
			g_string_append(out, "\xEF\xBF\xBD");
		else if (p - valid >= 2 && is_no_character(p - 2))
			g_string_append_c(out, '\xBD'); /* makes it U+FFFD */
		else
			g_string_append_c(out, *p);
	}
}

void markup_open(struct markup *markup, const char *tag)
{
	end_tag(markup);
	g_string_append_printf(markup->out, "<%s", tag);
	g_ptr_array_add(markup->open, (gpointer)tag);
	markup->in_tag = TRUE;
}

void markup_attr(struct markup *markup, const char *name, const char *value)
{
	g_return_if_fail(markup->in_tag);
	g_string_append_printf(markup->out, " %s=\"", name);
	append_escaped(markup->out, value);
	g_string_append_c(markup->out, '"');
}

char *markup_number(double value, int decimals)
{
	char format[8];
	char text[G_ASCII_DTOSTR_BUF_SIZE + 320]; /* the longest double has 309 digits */
	g_snprintf(format, sizeof format, "%%.%df", CLAMP(decimals, 0, 17));
	g_ascii_formatd(text, sizeof text, format, isfinite(value) ? value : 0);
	if (strchr(text, '.')) {
		char *end = text + strlen(text);
		while (end[-1] == '0')
			*--end = '\0';
		if (end[-1] == '.')
			*--end = '\0';
	}
	return g_strdup(strcmp(text, "-0") == 0 ? "0" : text);
}

void markup_attr_number(struct markup *markup, const char *name, double value)
{
	g_autofree char *text = markup_number(value, 2);
	markup_attr(markup, name, text);
}

void markup_text(struct markup *markup, const char *text)
{
	end_tag(markup);
	if (text)
		append_escaped(markup->out, text);
}

void markup_textf(struct markup *markup, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	markup_text(markup, text);
}

void markup_close(struct markup *markup)
{
	g_return_if_fail(markup->open->len > 0);
	const char *tag = markup->open->pdata[markup->open->len - 1];
	gboolean is_empty = markup->is_xml && markup->in_tag;
	if (is_empty)
		g_string_append(markup->out, "/");
	end_tag(markup);
	if (!is_empty && !g_strv_contains(void_tags, tag))
		g_string_append_printf(markup->out, "</%s>", tag);
	if (markup->is_xml || strcmp(tag, "tr") == 0 || strcmp(tag, "section") == 0 ||
	    strcmp(tag, "svg") == 0)
		g_string_append_c(markup->out, '\n');
	g_ptr_array_set_size(markup->open, (int)markup->open->len - 1);
}

void markup_element(struct markup *markup, const char *tag, const char *class_name,
                    const char *text)
{
	markup_open(markup, tag);
	if (class_name)
		markup_attr(markup, "class", class_name);
	markup_text(markup, text);
	markup_close(markup);
}

void markup_elementf(struct markup *markup, const char *tag, const char *class_name,
                     const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	markup_element(markup, tag, class_name, text);
}

void markup_style(struct markup *markup, const char *css)
{
	markup_open(markup, "style");
	end_tag(markup);
	g_string_append(markup->out, css);
	markup_close(markup);
}
