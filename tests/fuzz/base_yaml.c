/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/yaml.h"

#include <string.h>

static void walk(const struct yaml_node *node)
{
	g_autoptr(GError) error = NULL;
	const char *text;

	/* a scalar has a text or tells where something else was expected */
	if (yaml_kind(node) == YAML_SCALAR && !yaml_as_string(node, &text, &error))
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	for (guint i = 0; yaml_kind(node) == YAML_LIST && i < yaml_size(node); i++)
		walk(yaml_item(node, i));
}

/* A file is read whole or refused with its name and line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(yaml_doc) doc = yaml_load_text((const char *)data, (gssize)size, "input", &error);

	if (!doc) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, "input:"));
		return 0;
	}
	g_assert_no_error(error);
	walk(yaml_root(doc));
	return 0;
}
