/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_FACTORY_H
#define REPORTS_FACTORY_H

#include <glib.h>

/* What a factory's systems ask for and no record tells. All are owned. */
struct report_factory {
	char *location, *purpose; /* null: not told */
	GHashTable *processes;    /* stage -> GINT_TO_POINTER(its process code), null: none */
};

void report_factory_free(struct report_factory *factory); /* null is allowed */

/* The process code of a stage, -1 when it is not told. `factory` may be null. */
int report_factory_process(const struct report_factory *factory, const char *stage);

#endif
