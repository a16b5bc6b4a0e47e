/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "fixtures/image_decode.h"
#include "fixtures/image_format.h"

#include <string.h>

/* The same bytes, in our own text and back. */
static void assert_kept(const struct module_image *image)
{
	g_autofree char *text = module_image_to_text(image);
	g_autoptr(module_image) again = NULL;
	g_autoptr(GArray) left = NULL;
	enum image_format format;

	again = image_format_read(text, strlen(text), "again", &format, NULL, NULL);
	g_assert_nonnull(again);
	g_assert_cmpint(format, ==, IMAGE_FORMAT_PAGES);
	left = module_image_runs(image, again);
	g_assert_cmpuint(left->len, ==, 0);
}

static void assert_decodes(const struct module_image *image)
{
	g_autoptr(image_decoded) decoded = image_decode(image);

	g_assert_cmpuint(decoded->n_applications, <=, CMIS_MAX_APPLICATIONS);
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		g_assert_true(!field->n == (strstr(field->bytes, "--") != NULL));
		for (guint k = 0; k < field->n; k++)
			g_assert_true(g_utf8_validate(field->values[k].text, -1, NULL));
	}
}

/* A file of a module's memory, in any format: an image that can be told, or why it is none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) notes = NULL, gaps = NULL;
	g_autoptr(module_image) image = NULL;
	enum image_format format = IMAGE_FORMAT_N;

	image = image_format_read((const char *)data, size, "input", &format, &notes, &error);
	if (!image) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, "input:"));
		return 0;
	}
	g_assert_no_error(error);
	g_assert_cmpint(format, <, IMAGE_FORMAT_N);
	g_assert_nonnull(notes);
	gaps = image_format_gaps(image);
	assert_kept(image);
	assert_decodes(image);
	return 0;
}
