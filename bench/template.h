/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_TEMPLATE_H
#define BENCH_TEMPLATE_H

#include <glib.h>

/*
 * Text with every @token@ (a letter, then letters, digits, '_') replaced by its value in the table
 * of strings. An unknown one is STATION_ERROR_CONFIG "NAME:LINE: ...". Free with g_free.
 */
char *template_fill(const char *text, const char *name, GHashTable *values, GError **error);

/* template_fill from one file to another, which is replaced as a whole or not at all. */
gboolean template_fill_file(const char *in, const char *out, GHashTable *values, GError **error);

#endif
