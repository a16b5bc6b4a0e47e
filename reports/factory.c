/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/factory.h"

void report_factory_free(struct report_factory *factory)
{
	if (!factory)
		return;
	g_free(factory->location);
	g_free(factory->purpose);
	g_clear_pointer(&factory->processes, g_hash_table_unref);
	g_free(factory);
}

int report_factory_process(const struct report_factory *factory, const char *stage)
{
	gpointer code;
	if (!factory || !factory->processes ||
	    !g_hash_table_lookup_extended(factory->processes, stage, NULL, &code))
		return -1;
	return GPOINTER_TO_INT(code);
}
