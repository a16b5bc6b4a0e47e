/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_SANDBOX_VALUE_H
#define LIMITS_SANDBOX_VALUE_H

#include <glib.h>

/*
 * What passes between scripts and the host: copies, owned by whoever holds the value. A table is a
 * list (items 1, 2, 3...) with named fields beside it; tables with other keys do not pass.
 */
enum sandbox_kind {
	SANDBOX_NIL,
	SANDBOX_BOOLEAN,
	SANDBOX_INTEGER, /* of 64 bits */
	SANDBOX_NUMBER,  /* not finite ones pass too */
	SANDBOX_TEXT,    /* any bytes */
	SANDBOX_TABLE,
	/* There is one, in the results of sandbox_run: it is the script's and stays there. */
	SANDBOX_FUNCTION,
};

struct sandbox_value {
	enum sandbox_kind kind;
	union {
		gboolean boolean;
		gint64 integer;
		double number;
		GString *text;
		GArray *entries; /* struct sandbox_entry: the items in order, and the fields */
	};
};

struct sandbox_entry {
	char *name; /* null for an item */
	struct sandbox_value value;
};

struct sandbox_value sandbox_boolean(gboolean boolean);
struct sandbox_value sandbox_integer(gint64 integer);
struct sandbox_value sandbox_number(double number);
struct sandbox_value sandbox_text(const char *text);
struct sandbox_value sandbox_bytes(const void *bytes, gsize length);
struct sandbox_value sandbox_table(void);

/* One more item, one more field. The value becomes the table's. */
void sandbox_table_append(struct sandbox_value *table, struct sandbox_value item);
void sandbox_table_set(struct sandbox_value *table, const char *name, struct sandbox_value field);

/* Borrowed; null when there is none, or `table` is none. The first item is number 0. */
const struct sandbox_value *sandbox_table_item(const struct sandbox_value *table, guint number);
const struct sandbox_value *sandbox_table_get(const struct sandbox_value *table, const char *name);

/* An integer or a number as a number; NAN for all else. */
double sandbox_to_number(const struct sandbox_value *value);

const char *sandbox_kind_name(enum sandbox_kind kind); /* "number", static */

void sandbox_value_clear(struct sandbox_value *value); /* leaves SANDBOX_NIL */

/* An empty list of struct sandbox_value, which it clears as it goes. */
GArray *sandbox_values_new(void);

#endif
