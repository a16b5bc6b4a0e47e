/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_COUNTS_TEXT_H
#define REPORTS_COUNTS_TEXT_H

#include <glib.h>

/*
 * Whole numbers as one text: those that follow each other alike together, "5120x0 3 17 2x4". Eye
 * pictures are mostly empty.
 */
void counts_text_append(GString *text, const guint32 *values, gsize n);

/* Appends what the text says to counts (guint32); FALSE when it is no such text or says more than
 * max numbers. */
gboolean counts_text_read(const char *text, gsize max, GArray *counts);

#endif
