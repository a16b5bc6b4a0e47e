/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef UNIT_LIMITS_ROWS_H
#define UNIT_LIMITS_ROWS_H

#include "limits/limit.h"

#include <glib/gstdio.h>

#include <string.h>

/* Limits from the text of their rows, and measurements for them. */

#define HEADER "id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark\n"

static inline struct limit_set *load_text(const char *rows, const char *edition, GError **error)
{
	g_autofree char *dir = g_dir_make_tmp("limits-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "t.csv", NULL);
	g_assert_true(g_file_set_contents(path, rows, -1, NULL));
	struct limit_set *set = limit_set_load(path, edition, error);
	g_assert_cmpint(g_remove(path), ==, 0);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
	return set;
}

static inline struct limit_set *load(const char *rows)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strconcat(HEADER, rows, NULL);
	struct limit_set *set = load_text(text, "a", &error);
	g_assert_no_error(error);
	return set;
}

/* Measurements of the tests: name, lane, value. */
struct known {
	const char *name;
	int lane;
	double value;
};

static inline gboolean lookup(const char *measure, int lane, double *value, gpointer data)
{
	for (const struct known *known = data; known->name; known++) {
		if (strcmp(known->name, measure) == 0 && known->lane == lane) {
			*value = known->value;
			return TRUE;
		}
	}
	return FALSE;
}

static inline GPtrArray *make_out(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
}

#endif
