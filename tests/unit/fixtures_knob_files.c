/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "fixtures/knobs.h"

#include <glib/gstdio.h>

#include <string.h>

/* Knob maps, good and bad: what is wrong is said with file and line. */

#define HEAD "name: x\npart_numbers: [A]\npassword: A5C3F01E\n"
#define COMMIT                                                                                     \
	"commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 0, busy: 1, "             \
	"failed: 128, time: 500 ms}\n"
#define KNOB(rest) "  - {name: a, page: B0, byte: 128, type: U16, unit: A, scale: 1 mA" rest "}\n"
/* a, its table t, and knobs that t cannot stand for. */
#define TABLE(row)                                                                                 \
	"knobs:\n" KNOB(                                                                           \
		"") "  - {name: t, page: B2, byte: 128, type: U16, unit: A, scale: 1 mA, "         \
		    "entries: 8, "                                                                 \
		    "entry_stride: 2}\n"                                                           \
		    "  - {name: v, page: B1, byte: 128, type: U16, unit: V, scale: 1 mV}\n"        \
		    "  - {name: l, page: B1, byte: 130, type: U8, unit: A, scale: 1 mA, lanes: "   \
		    "4, stride: 1}\n"                                                              \
		    "  - {name: r, page: B1, byte: 140, type: U8, unit: A, scale: 1 mA, "          \
		    "read_only: true}\n"                                                           \
		    "  - {name: m, page: B1, byte: 141, type: U8, unit: \"1\", scale: 1}\n"        \
		    "tables:\n  - " row "\n"
#define GRIDS TABLE("{table: t, of: a, first: -5 degC, step: 12.5 degC, mode: m}")

/* clang-format off */
static const struct {
	const char *text;
	const char *says; /* null: good */
} files[] = {
	{HEAD COMMIT "knobs:\n" KNOB(""), NULL},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 4, stride: 2"), NULL},
	{"- 1\n", "expected a knob map"},
	{HEAD COMMIT "knobs: []\n", "no knobs"},
	{HEAD COMMIT "knobs: [7]\n", "expected a map"},
	{HEAD "knobs:\n" KNOB(""), "commit"},
	{HEAD COMMIT, "knobs"},
	{HEAD COMMIT "colour: red\nknobs:\n" KNOB(""), "colour"},
	{HEAD COMMIT "proof: b\nknobs:\n" KNOB(""), "none of the knobs"},
	{HEAD COMMIT "knobs:\n" KNOB("") KNOB(""), "twice"},
	{HEAD COMMIT "knobs:\n" KNOB("") "  - {name: b, page: B0, byte: 129, type: U8, "
	 "unit: A, scale: 1 mA}\n", "shares a byte"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B1, byte: 251, type: U32, unit: s, "
	 "scale: 1 s}\n", "shares a byte"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 255, type: U16, unit: s, "
	 "scale: 1 s}\n", "past its page"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 127, type: U16, unit: s, "
	 "scale: 1 s}\n", "byte"},
	{HEAD COMMIT "knobs:\n  - {name: B, page: B0, byte: 128, type: U16, unit: s, "
	 "scale: 1 s}\n", "not a name"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: 1B0, byte: 128, type: U16, unit: s, "
	 "scale: 1 s}\n", "not a page"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U64, unit: s, "
	 "scale: 1 s}\n", "not a type"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U16, unit: ell, "
	 "scale: 1}\n", "not a unit"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U16, unit: V, "
	 "scale: 1 mA}\n", "scale"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U16, unit: V, "
	 "scale: 0 V}\n", "above zero"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 4"), "stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", stride: 4"), "lanes"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 4, stride: 1"), "stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 9, stride: 2"), "more than 8 lanes"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 8, stride: 20"), "past its page"},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 8, entry_stride: 2"), NULL},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 8"), "entry_stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 8, entry_stride: 1"), "entry_stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 65, entry_stride: 2"), "past its page"},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 8, entry_stride: 2, lanes: 2, stride: 15"),
	 "stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 8, entry_stride: 4, lanes: 2, stride: 30")
	 "  - {name: b, page: B0, byte: 131, type: U8, unit: A, scale: 1 mA}\n", NULL},
	{HEAD COMMIT "knobs:\n" KNOB(", entries: 8, entry_stride: 4, lanes: 2, stride: 30")
	 "  - {name: b, page: B0, byte: 163, type: U8, unit: A, scale: 1 mA}\n", "shares a byte"},
	{HEAD COMMIT "proof: a\nknobs:\n" KNOB(", entries: 8, entry_stride: 2"), "no proof"},
	{HEAD COMMIT "revision_knob: a\nrevision: 0x200\nknobs:\n" KNOB(""), NULL},
	{HEAD COMMIT "revision_knob: a\nknobs:\n" KNOB(""), "revision"},
	{HEAD COMMIT "revision: 0x200\nknobs:\n" KNOB(""), "no revision_knob"},
	{HEAD COMMIT "revision_knob: b\nrevision: 1\nknobs:\n" KNOB(""), "none of the knobs"},
	{HEAD COMMIT "revision_knob: a\nrevision: 65536\nknobs:\n" KNOB(""), "revision"},
	{HEAD COMMIT "revision_knob: a\nrevision: 1\nknobs:\n" KNOB(", lanes: 4, stride: 2"),
	 "not a revision"},
	{HEAD COMMIT GRIDS, NULL},
	{HEAD COMMIT GRIDS "  - {table: t, of: a, first: 0 degC, step: 10 degC}\n", "two tables"},
	{HEAD COMMIT "tables: [7]\nknobs:\n" KNOB(""), "describes a table"},
	{HEAD COMMIT TABLE("{table: t, first: 0 degC, step: 10 degC}"), "keys table and of"},
	{HEAD COMMIT TABLE("{table: t, of: x, first: 0 degC, step: 10 degC}"), "none of the knobs"},
	{HEAD COMMIT TABLE("{table: a, of: a, first: 0 degC, step: 10 degC}"), "no entries"},
	{HEAD COMMIT TABLE("{table: t, of: t, first: 0 degC, step: 10 degC}"),
	 "stands for a table"},
	{HEAD COMMIT TABLE("{table: t, of: v, first: 0 degC, step: 10 degC}"), "the same unit"},
	{HEAD COMMIT TABLE("{table: t, of: l, first: 0 degC, step: 10 degC}"), "the same lanes"},
	{HEAD COMMIT TABLE("{table: t, of: r, first: 0 degC, step: 10 degC}"), "cannot be written"},
	{HEAD COMMIT TABLE("{table: t, of: a, first: 0 degC, step: 10 degC, mode: l}"),
	 "not a single knob"},
	{HEAD COMMIT TABLE("{table: t, of: a, first: 0 degC, step: 0 degC}"), "above zero"},
	{HEAD COMMIT TABLE("{table: t, of: a, first: 0 degC, step: 10 K}"), "step"},
	{HEAD COMMIT TABLE("{table: t, of: a, first: 0 degC, step: 1 degC, colour: red}"),
	 "colour"},
	{HEAD COMMIT "knobs:\n" KNOB(", min_count: 7, max_count: 7"), "not below"},
	{HEAD COMMIT "knobs:\n" KNOB(", max_count: 65536"), "max_count"},
	{HEAD COMMIT "knobs:\n" KNOB(", max_cuont: 5"), "max_count"},
	{HEAD COMMIT "knobs:\n" KNOB(", read_only: maybe"), "read_only"},
	{"name: x\npart_numbers: []\n" COMMIT "knobs:\n" KNOB(""), "no part numbers"},
	{"name: x\npart_numbers: [A]\npassword: A5C3F01\n" COMMIT "knobs:\n" KNOB(""),
	 "eight hexadecimal digits"},
	{"name: x\npart_numbers: [A]\npassword: A5C3F01EG\n" COMMIT "knobs:\n" KNOB(""),
	 "eight hexadecimal digits"},
	{HEAD "commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 1, busy: 1, "
	 "failed: 128, time: 500 ms}\nknobs:\n" KNOB(""),
	 "have to differ"},
	{HEAD "commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 0, busy: 1, "
	 "failed: 128, time: 0 s}\nknobs:\n" KNOB(""),
	 "up to 60 s"},
	{HEAD "commit: {page: B1, byte: 256, value: 1, status_byte: 255, done: 0, busy: 1, "
	 "failed: 128, time: 1 s}\nknobs:\n" KNOB(""),
	 "byte"},
};
/* clang-format on */

static void test_bad_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("knobs-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "map.yaml", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(knob_map) map = NULL;

		g_assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
		map = knob_map_load(path, &error);
		if (!files[i].says) {
			g_assert_no_error(error);
			g_assert_nonnull(map);
			continue;
		}
		g_assert_null(map);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, files[i].says));
		g_assert_nonnull(strstr(error->message, "map.yaml:"));
		g_assert_null(strstr(error->message, "A5C3"));
	}
	g_unlink(path);
	g_rmdir(folder);
}

static void test_no_file(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(knob_map_load("/nonexistent/map.yaml", &error));
	g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/knob-files/bad-files", test_bad_files);
	g_test_add_func("/fixtures/knob-files/no-file", test_no_file);
	return g_test_run();
}
