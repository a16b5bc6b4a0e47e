/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/instrument_classes.h"

#include <string.h>

gboolean instrument_classes_parse(const char *text, guint *mask, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(text, " ,", -1);
	enum instrument_class class_id;

	*mask = 0;
	if (strcmp(text, "none") == 0)
		return TRUE;
	for (guint i = 0; words[i]; i++) {
		if (!*words[i])
			continue;
		if (!instrument_class_parse(words[i], &class_id, error))
			return FALSE;
		*mask |= 1u << class_id;
	}
	return TRUE;
}
