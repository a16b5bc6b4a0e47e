/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_SHAPE_H
#define REPORTS_SHAPE_H

#include "reports/record.h"

#include <glib.h>

/*
 * The structs of the run record as tables: key in the document, kind, place. Making, freeing,
 * writing and reading go by these tables, in this order, so that they cannot disagree.
 */
enum shape_kind {
	SHAPE_TEXT,            /* char *, "" when none */
	SHAPE_TEXT_OR_NULL,    /* char * */
	SHAPE_INT,             /* int */
	SHAPE_INDEX,           /* int, -1 at first */
	SHAPE_UINT,            /* guint */
	SHAPE_TIME,            /* gint64, us of UTC; 0 none: null in the document */
	SHAPE_FLAG,            /* gboolean */
	SHAPE_NUMBER,          /* double, 0 at first; not finite: null in the document */
	SHAPE_NUMBER_OR_NAN,   /* double, NAN at first; likewise */
	SHAPE_VERDICT,         /* enum verdict */
	SHAPE_GATE,            /* enum limit_gate */
	SHAPE_RULE,            /* enum limit_rule */
	SHAPE_LETTER,          /* char, 0 none: "" in the document */
	SHAPE_NUMBERS,         /* GArray of double */
	SHAPE_NUMBERS_OR_NULL, /* GArray of double, or null */
	SHAPE_COUNTS,          /* GArray of guint32 */
	SHAPE_PART,            /* a struct in the struct */
	SHAPE_PART_OR_NULL,    /* a struct of its own; null: not in the document */
	SHAPE_LIST,            /* GPtrArray of structs */
	SHAPE_TEXTS,           /* GPtrArray of char * */
};

struct shape_field {
	const char *key;
	enum shape_kind kind;
	gsize offset;
	const struct shape *part; /* of SHAPE_PART, SHAPE_PART_OR_NULL and SHAPE_LIST */
	gboolean is_new;          /* documents of the schema before do not have it */
	gboolean is_late;         /* nor older ones of this schema: it may be absent */
};

struct shape {
	const char *name; /* as in the published schema */
	gsize size;
	GDestroyNotify free; /* null for what is only part of another struct */
	const struct shape_field *fields;
	gsize n_fields;
};

extern const struct shape shape_run, shape_identity, shape_file, shape_instrument, shape_step,
	shape_measurement, shape_judgement, shape_series, shape_map, shape_eye, shape_constant,
	shape_write, shape_answer, shape_uses, shape_touch;
/* Of a struct run_record what record_tail.h adds to it. */
extern const struct shape shape_tail;

/* A new struct with texts "", arrays empty, numbers as above. Free with the shape's free. */
gpointer shape_new(const struct shape *shape);

/* Where a field of a struct is. */
static inline gpointer shape_at(const struct shape_field *field, gconstpointer object)
{
	return (guint8 *)object + field->offset;
}

#endif
