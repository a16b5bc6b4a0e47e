/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_GENERIC_DIALECT_OPERATION_H
#define INSTRUMENTS_GENERIC_DIALECT_OPERATION_H

#include "instruments/generic/dialect.h"

/* The commands of a dialect file; for dialect.c only. */

/* How often {name} stands in the text; -1 for a brace that belongs to nothing known. */
int dialect_count_places(const char *text, const char *name);

/*
 * What is wrong with a command or query: it is one, in printable ASCII, with {value} so many times.
 * Null when nothing is. Static.
 */
const char *dialect_command_fault(const char *text, gboolean query, int values);

/* Reads the map under `operations` into dialect->operations. */
gboolean dialect_load_operations(struct generic_dialect *dialect, const struct yaml_node *root,
                                 GError **error);

#endif
