/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FIXTURES_IMAGE_H
#define TESTS_UNIT_FIXTURES_IMAGE_H

#include "tests/unit/fixtures_fake.h"

#include <stdio.h>
#include <string.h>

/*
 * Images of real and anonymised modules with what is known of each (NAME.hex, NAME.expected.md).
 * They are not part of the sources: the folder is named by STATION_EEPROM_DIR or is shared/eeprom
 * beside the sources' folder, and without it the tests that use them are skipped.
 */

/* Free with g_free; null when there is none. */
static inline char *image_folder(void)
{
	const char *named = g_getenv("STATION_EEPROM_DIR");
	const char *sources = g_getenv("STATION_SRC");
	g_autofree char *folder = NULL;

	if (named)
		folder = g_strdup(named);
	else if (sources)
		folder = g_build_filename(sources, "..", "shared", "eeprom", NULL);
	return folder && g_file_test(folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&folder) : NULL;
}

static inline void image_take_line(struct fake *fake, const char *line, gboolean *lower,
                                   guint *page)
{
	guint bank = 0;
	guint first = 0;

	if (g_str_has_prefix(line, "@LOWER")) {
		*lower = TRUE;
	} else if (sscanf(line, "@PAGE %x BANK %x", page, &bank) == 2) {
		*lower = FALSE;
		g_assert_cmpuint(bank, ==, 0);
		fake->has_page[*page] = TRUE;
	} else if (sscanf(line, "%x:", &first) == 1 && strchr(line, ':')) {
		g_auto(GStrv) words = g_strsplit(strchr(line, ':') + 2, " ", -1);

		for (guint i = 0; words[i] && words[i][0]; i++) {
			guint8 byte = (guint8)g_ascii_strtoull(words[i], NULL, 16);

			if (*lower)
				fake->lower[first + i] = byte;
			else
				fake->pages[*page][first + i - 128] = byte;
		}
	}
}

/* The image as a module that does not move, and its companion; null and the test skipped without.
 */
static inline struct fake *image_load(const char *name, char **expected)
{
	g_autofree char *folder = image_folder();
	g_autofree char *companion = g_strconcat(name, ".expected.md", NULL);
	g_autofree char *beside = NULL;
	g_autofree char *file = g_strconcat(name, ".hex", NULL);
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) lines = NULL;
	struct fake *fake;
	gboolean lower = TRUE;
	guint page = 0;

	if (!folder) {
		g_test_skip("no module images (STATION_EEPROM_DIR): NOT TESTED");
		return NULL;
	}
	path = g_build_filename(folder, file, NULL);
	beside = g_build_filename(folder, companion, NULL);
	g_file_get_contents(beside, expected, NULL, &error);
	g_assert_no_error(error);
	fake = fake_new();
	memset(fake->has_page, 0, sizeof(fake->has_page));
	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++)
		if (lines[i][0] != '#')
			image_take_line(fake, g_strchomp(lines[i]), &lower, &page);
	fake->frozen = TRUE;
	fake_select(fake);
	return fake;
}

/* Values as a companion has them: blanks between, no zeros at the end. */
static inline char *image_join(const double *values, guint n, double factor)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		char number[G_ASCII_DTOSTR_BUF_SIZE];

		g_ascii_formatd(number, sizeof(number), "%.7f", values[i] * factor);
		while (strchr(number, '.') && strchr("0.", number[strlen(number) - 1])) {
			gboolean point = number[strlen(number) - 1] == '.';

			number[strlen(number) - 1] = '\0';
			if (point)
				break;
		}
		g_string_append_printf(text, "%s%s", i ? " " : "", number);
	}
	return g_string_free(text, FALSE);
}

#endif
