/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "station/operator/canvas.h"
#include "station/operator/label.h"
#include "station/operator/scan.h"

#include <string.h>

static void check_text(const char *text)
{
	if (!text)
		return;
	g_assert_true(*text && g_utf8_validate(text, -1, NULL));
	/* whatever it is, the screen stays as large as it is */
	struct canvas *canvas = canvas_new(7, 3, SIGNS_BRAILLE);
	canvas_text(canvas, canvas_area(canvas), 0, 0, LOOK_TEXT, text);
	canvas_paragraph(canvas, (struct area){1, 1, 4, 2}, LOOK_TEXT, text);
	canvas_free(canvas);
}

/* Through the scanner, then as a label: it says something, or why not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct label_rules rules = {"#", "$"};
	struct scanner *scanner = scanner_new(0.03);
	g_autoptr(GError) error = NULL;
	struct label label;
	gboolean scanned;

	for (size_t i = 0; i < size; i++)
		scanner_key(scanner, data[i] == '\r' ? SCAN_KEY_ENTER : data[i], (gint64)i * 1000);
	scanner_key(scanner, SCAN_KEY_ENTER, (gint64)size * 1000);
	g_autofree char *line = scanner_take(scanner, &scanned);
	scanner_free(scanner);
	g_assert_cmpuint(strlen(line), <=, SCAN_LENGTH_MAX);

	g_autofree char *text = g_strndup((const char *)data, size);
	if (label_parse(text, &rules, &label, &error)) {
		g_assert_no_error(error);
		g_assert_true(label.command || label.site || label.badge || label.serial ||
		              label.part_number || label.lot || label.plain || strchr(text, '(') ||
		              strchr(text, ']') || strstr(text, "[)>"));
	} else {
		g_assert_nonnull(error);
	}
	check_text(label.serial);
	check_text(label.plain);
	check_text(label.command);
	label_clear(&label);
	return 0;
}
