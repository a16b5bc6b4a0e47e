/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/signs.h"

enum signs signs_of(const char *type, gboolean is_utf8, const char *wish)
{
	/* by how their names begin */
	static const struct {
		const char *name;
		enum signs signs;
	} types[] = {
		{"linux", SIGNS_BLOCKS}, {"cons25", SIGNS_BLOCKS}, {"wsvt25", SIGNS_BLOCKS},
		{"vt1", SIGNS_ASCII},    {"vt2", SIGNS_ASCII},     {"vt3", SIGNS_ASCII},
		{"vt4", SIGNS_ASCII},    {"vt5", SIGNS_ASCII},     {"ansi", SIGNS_ASCII},
		{"sun", SIGNS_ASCII},    {"pcansi", SIGNS_ASCII},  {"cygwin", SIGNS_ASCII},
	};
	static const char *const names[] =
		{[SIGNS_ASCII] = "ascii", [SIGNS_BLOCKS] = "blocks", [SIGNS_BRAILLE] = "braille"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_strcmp0(wish, names[i]) == 0)
			return (enum signs)i;
	if (!is_utf8)
		return SIGNS_ASCII;
	for (gsize i = 0; type && i < G_N_ELEMENTS(types); i++)
		if (g_str_has_prefix(type, types[i].name))
			return types[i].signs;
	return SIGNS_BRAILLE;
}
