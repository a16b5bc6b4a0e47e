/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef UNIT_REPORTS_PAGE_H
#define UNIT_REPORTS_PAGE_H

#include <glib.h>

#include <string.h>

/* Every element closed in order, every attribute quoted, nothing that runs or loads. */
static inline void check_page(const char *html)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);
	g_assert_true(g_utf8_validate(html, -1, NULL));
	g_assert_null(strstr(html, "<script"));
	g_assert_null(strstr(html, "http:"));
	g_assert_null(strstr(html, "https:"));
	g_assert_null(strstr(html, "=\"nan"));
	g_assert_null(strstr(html, "=\"inf"));
	for (const char *p = strchr(html, '<'); p; p = strchr(p + 1, '<')) {
		if (p[1] == '!')
			continue;
		gsize len = strcspn(p + 1 + (p[1] == '/'), " >");
		g_autofree char *tag = g_strndup(p + 1 + (p[1] == '/'), len);
		if (strcmp(tag, "meta") == 0)
			continue;
		if (p[1] != '/') {
			g_ptr_array_add(open, g_steal_pointer(&tag));
			continue;
		}
		g_assert_cmpuint(open->len, >, 0);
		g_assert_cmpstr(tag, ==, open->pdata[open->len - 1]);
		g_ptr_array_set_size(open, (int)open->len - 1);
	}
	g_assert_cmpuint(open->len, ==, 0);
}

static inline guint count_of(const char *text, const char *what)
{
	guint n = 0;
	for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
		n++;
	return n;
}

#endif
