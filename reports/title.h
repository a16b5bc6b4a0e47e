/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_TITLE_H
#define REPORTS_TITLE_H

#include <glib.h>

/* What people call a measurement or a series; the id itself when it has no name. Borrowed. */
const char *title_of(const char *id);

/* The table's rows, for its self-check; null past the end. */
const char *title_id(gsize i);

#endif
