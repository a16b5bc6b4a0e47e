/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/operator_lots.h"

#include "base/error.h"

#include <glib/gstdio.h>

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_all(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_unlink(path);
	}
	g_rmdir(folder);
}

static void test_names(void)
{
	g_autofree char *folder = g_dir_make_tmp("lots-XXXXXX", NULL);
	struct operator_policy policy = {.lots_path = folder};
	struct config config = {.operator_policy = &policy};
	g_auto(GStrv) none = operator_lots(&config);

	g_assert_cmpuint(g_strv_length(none), ==, 0);
	put(folder, "B-2.csv", "");
	put(folder, "A-1.csv", "");
	put(folder, ".hidden.csv", "");
	put(folder, "notes.txt", "");
	g_auto(GStrv) names = operator_lots(&config);
	g_assert_cmpuint(g_strv_length(names), ==, 2);
	g_assert_cmpstr(names[0], ==, "A-1");
	g_assert_cmpstr(names[1], ==, "B-2");
	remove_all(folder);
	g_auto(GStrv) gone = operator_lots(&config);
	g_assert_cmpuint(g_strv_length(gone), ==, 0);
}

/* A bar code may say anything. */
static void test_refused(void)
{
	static const struct {
		const char *name, *says;
	} rows[] = {
		{"../../etc/passwd", "is no name of a lot"},
		{"..", "is no name of a lot"},
		{".hidden", "is no name of a lot"},
		{"L-9", "there is no lot L-9 in"},
		{"bad", "bad.csv: column"},
	};
	g_autofree char *folder = g_dir_make_tmp("lots-XXXXXX", NULL);
	struct operator_policy policy = {.lots_path = folder};
	struct config config = {.operator_policy = &policy};

	put(folder, "bad.csv", "serial;part_number\n");
	put(folder, ".hidden.csv", "serial,part_number\n");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(operator_lot(&config, rows[i].name, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_strrstr(error->message, rows[i].says))
			g_error("\"%s\" is not in \"%s\"", rows[i].says, error->message);
	}
	remove_all(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/front/operator-lots/names", test_names);
	g_test_add_func("/front/operator-lots/refused", test_refused);
	return g_test_run();
}
