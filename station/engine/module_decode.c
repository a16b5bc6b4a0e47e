/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/module_decode.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PIECE 65536

void module_decoding_clear(struct module_decoding *decoding)
{
	module_image_free(decoding->image);
	image_decoded_free(decoding->decoded);
	g_clear_pointer(&decoding->notes, g_ptr_array_unref);
	g_clear_pointer(&decoding->gaps, g_ptr_array_unref);
	*decoding = (struct module_decoding){0};
}

static gboolean read_input(char **bytes, gsize *len, GError **error)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	g_autofree guint8 *piece = g_malloc(PIECE);
	ssize_t got;

	do {
		got = read(STDIN_FILENO, piece, PIECE);
		if (got < 0 && errno != EINTR) {
			station_error_set(error, STATION_ERROR_IO, "standard input: %s",
			                  g_strerror(errno));
			return FALSE;
		}
		g_byte_array_append(all, piece, got > 0 ? (guint)got : 0);
	} while (got != 0 && all->len <= IMAGE_TEXT_MAX);
	*len = all->len;
	*bytes = (char *)g_byte_array_free(g_steal_pointer(&all), FALSE);
	return TRUE;
}

static gboolean read_all(const char *path, char **bytes, gsize *len, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (strcmp(path, "-") == 0)
		return read_input(bytes, len, error);
	if (g_file_get_contents(path, bytes, len, &cause))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
	return FALSE;
}

gboolean module_decode_file(const char *path, struct module_decoding *decoding, GError **error)
{
	const char *origin = strcmp(path, "-") == 0 ? "standard input" : path;
	g_autofree char *bytes = NULL;
	gsize len = 0;

	*decoding = (struct module_decoding){0};
	if (!read_all(path, &bytes, &len, error))
		return FALSE;
	decoding->image = image_format_read(bytes ? bytes : "", len, origin, &decoding->format,
	                                    &decoding->notes, error);
	if (!decoding->image)
		return FALSE;
	decoding->gaps = image_format_gaps(decoding->image);
	decoding->decoded = image_decode(decoding->image);
	return TRUE;
}

gboolean module_page_parse(const char *text, guint *page)
{
	g_autofree char *digits = g_strdup(text);
	gsize len;

	*page = MODULE_LOWER_PAGE;
	if (strcmp(text, "lower") == 0)
		return TRUE;
	if (g_str_has_prefix(text, "0x"))
		memmove(digits, digits + 2, strlen(digits) - 1);
	len = strlen(digits);
	if (len > 1 && digits[len - 1] == 'h')
		digits[--len] = '\0';
	if (len < 1 || len > 2 || strspn(digits, "0123456789abcdefABCDEF") != len)
		return FALSE;
	*page = (guint)g_ascii_strtoull(digits, NULL, 16);
	return TRUE;
}

static gboolean has_field(const struct image_decoded *decoded, guint32 half)
{
	for (guint i = 0; i < decoded->fields->len; i++)
		if (g_array_index(decoded->fields, struct image_field, i).address /
		            MODULE_IMAGE_BLOCK ==
		    half)
			return TRUE;
	return FALSE;
}

char *module_decode_rest(const struct module_decoding *decoding)
{
	g_autoptr(GArray) runs = module_image_runs(decoding->image, NULL);
	g_autoptr(module_image) rest = module_image_new();
	gboolean any = FALSE;

	for (guint i = 0; i < runs->len; i++) {
		const struct module_run *run = &g_array_index(runs, struct module_run, i);
		guint8 bytes[MODULE_IMAGE_BLOCK];

		if (has_field(decoding->decoded, run->address / MODULE_IMAGE_BLOCK))
			continue;
		module_image_get(decoding->image, run->address, bytes, run->len);
		module_image_put(rest, run->address, bytes, run->len);
		any = TRUE;
	}
	return any ? module_image_to_text(rest) : NULL;
}
