/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "instruments/scpi/parse.h"

#include <math.h>

static void as_text(const guint8 *data, gsize size)
{
	g_autofree char *text = scpi_parse_text(data, size, NULL);
	struct scpi_value value = {SCPI_VALUE_OK, 0};
	gboolean truth;
	gint64 whole;

	if (!text)
		return;
	g_assert_true(g_utf8_validate(text, -1, NULL));
	/* a number or the reason why there is none, never both */
	if (scpi_parse_value(text, NULL, &value, NULL))
		g_assert_true((value.kind == SCPI_VALUE_OK) == (isfinite(value.value) != 0));
	scpi_parse_bool(text, &truth, NULL);
	scpi_parse_int(text, &whole, NULL);
	scpi_parse_error_code(text, &whole, NULL);
	g_auto(GStrv) elements = scpi_split(text, ',');
	for (guint i = 0; elements[i]; i++)
		g_free(scpi_unquote(elements[i]));
}

/* The payload of a block lies inside the reply; everything else is an error of one kind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	const guint8 *payload;
	gsize len;

	if (scpi_parse_block(data, size, &payload, &len, &error)) {
		g_assert_true(payload >= data && payload <= data + size);
		g_assert_cmpuint(len, <=, (gsize)(data + size - payload));
	} else {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	}
	as_text(data, size);
	return 0;
}
