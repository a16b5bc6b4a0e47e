/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_FORMULA_H
#define LIMITS_FORMULA_H

#include <glib.h>

/*
 * Formulas of limits files: one Lua expression each, in a sandbox that knows numbers, true and
 * false, the operators + - * / ^ < <= > >= == ~= and or not, parentheses, the functions max, min,
 * abs, floor and log10, and the names of measurements. Nothing else is compiled: no text, table,
 * assignment, comment, loop or function. Time and memory of an evaluation are bounded. A set is
 * used from one thread at a time.
 */
struct formula_set;
typedef struct formula_set formula_set; /* for g_autoptr(formula_set) only */

/* An empty set; STATION_ERROR_INTERNAL when there is no memory for it. */
struct formula_set *formula_set_new(GError **error);
void formula_set_free(struct formula_set *set); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(formula_set, formula_set_free)

/*
 * Compiles a formula and gives its number, to be evaluated by. The names of measurements that it
 * uses are appended to `names` (owned char *; may be null). STATION_ERROR_CONFIG tells what is
 * wrong with the text.
 */
gboolean formula_set_add(struct formula_set *set, const char *text, GPtrArray *names, int *number,
                         GError **error);

/* True when a formula may call that name, so that no measurement can have it. */
gboolean formula_is_reserved(const char *name);

/* Where the values of names come from: FALSE when there is none. */
struct formula_values {
	gboolean (*lookup)(const char *name, double *value, gpointer data);
	gpointer data;
};

/*
 * The value of a formula as a finite number, or as true or false. STATION_ERROR_DATA when a name
 * has no value or one that is not finite, the result is of the other kind or not finite, or the
 * bounds of time or memory are reached. On error the value is untouched.
 */
gboolean formula_set_number(struct formula_set *set, int number,
                            const struct formula_values *values, double *value, GError **error);
gboolean formula_set_truth(struct formula_set *set, int number, const struct formula_values *values,
                           gboolean *value, GError **error);

#endif
