/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_QUANTITY_H
#define STATION_SHELL_QUANTITY_H

#include "station/shell/value.h"

/*
 * What arithmetic does to units; for expression.c. The place in the line is for the errors.
 */

/* *right becomes left OP right, OP one of + - * /. On error *right is cleared. */
gboolean quantity_combine(char operation, const struct value *left, struct value *right,
                          const char *line, gsize at, GError **error);

/* *first, a number, becomes the range to `last`. On error it is left or cleared. */
gboolean quantity_range(struct value *first, const struct value *last, const struct value *step,
                        const char *line, gsize at, GError **error);

#endif
