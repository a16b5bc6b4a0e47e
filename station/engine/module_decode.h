/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_MODULE_DECODE_H
#define STATION_ENGINE_MODULE_DECODE_H

#include "fixtures/image_decode.h"
#include "fixtures/image_format.h"

/* What "station module decode" tells: a file, as it was read and as it is understood. */
struct module_decoding {
	enum image_format format;
	struct module_image *image;
	struct image_decoded *decoded;
	GPtrArray *notes; /* texts: what was left out, what was told twice */
	GPtrArray *gaps;  /* texts: bytes missing beside those that are there */
};
void module_decoding_clear(struct module_decoding *decoding);

/* "-" is standard input. STATION_ERROR_CONFIG with file and line for what is no image. */
gboolean module_decode_file(const char *path, struct module_decoding *decoding, GError **error);

/* "11h", "0x11" or "11", hexadecimal all of them, or "lower", which is MODULE_LOWER_PAGE. */
#define MODULE_LOWER_PAGE 0x100
gboolean module_page_parse(const char *text, guint *page);

/* Pages of which there is no field, as text; null: none. Free with g_free. */
char *module_decode_rest(const struct module_decoding *decoding);

#endif
