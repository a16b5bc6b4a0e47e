/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_VALUE_H
#define STATION_SHELL_VALUE_H

#include <glib.h>

/* What variables, arguments and results of the shell are. */

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_TEXT, VALUE_FLAG, VALUE_RANGE, VALUE_TABLE };

struct value_range {
	double first, last,
		step; /* step has last - first's sign; in the unit of the value, of dBm dB */
	guint n;      /* points, both ends when step meets them; 1..VALUE_RANGE_MAX */
};
enum { VALUE_RANGE_MAX = 100000 };

struct table;

struct value {
	enum value_kind kind;
	const char *unit; /* of numbers and ranges: a base unit of base/unit.h, static; "1": none */
	union {
		double number; /* finite, in `unit` */
		char *text;    /* owned */
		gboolean flag;
		struct value_range range;
		struct table *table; /* a reference is owned */
	};
};
typedef struct value shell_value; /* for g_auto(shell_value) only */

struct value shell_value_number(double number, const char *unit);
struct value shell_value_text(const char *text); /* copied; null makes VALUE_NONE */
struct value shell_value_flag(gboolean flag);
struct value shell_value_take_table(struct table *table);
struct value shell_value_copy(const struct value *value);
/* Frees what it holds and makes it VALUE_NONE. */
void shell_value_clear(struct value *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(shell_value, shell_value_clear)

/* The points of a range, first to last. */
double shell_value_range_at(const struct value *range, guint i);

/* As people read it, and as the shell reads it back (texts without quotes): "3.5 dB", "on", "0
 * dB..12 dB step 0.5 dB". Of a table: "(table of 3 rows)". Free with g_free. */
char *shell_value_show(const struct value *value);

#endif
