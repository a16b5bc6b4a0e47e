/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/verdict.h"

#include <string.h>

static const char *const names[] = {
	[VERDICT_NONE] = "NONE", [VERDICT_SKIPPED] = "SKIPPED", [VERDICT_PASS] = "PASS",
	[VERDICT_FAIL] = "FAIL", [VERDICT_ERROR] = "ERROR",     [VERDICT_ABORTED] = "ABORTED",
};

const char *verdict_name(enum verdict verdict)
{
	g_return_val_if_fail((gsize)verdict < G_N_ELEMENTS(names), "ERROR");
	return names[verdict];
}

gboolean verdict_parse(const char *name, enum verdict *verdict)
{
	for (gsize i = 0; name && i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*verdict = (enum verdict)i;
			return TRUE;
		}
	}
	return FALSE;
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return MAX(a, b);
}
