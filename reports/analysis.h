/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_ANALYSIS_H
#define REPORTS_ANALYSIS_H

#include <glib.h>

/*
 * What an analysis of many units found, before it is shown: facts, tables and charts in an order.
 * Terminal, JSON and page are made from it, so that all of them say the same. All texts are copied
 * and owned; numbers are NaN where there is none.
 */
enum analysis_kind {
	ANALYSIS_TEXT,
	ANALYSIS_COUNT,
	ANALYSIS_NUMBER,     /* without a unit: an index, a ratio */
	ANALYSIS_SHARE,      /* 0..1, shown in percent */
	ANALYSIS_PERCENT,    /* already in percent */
	ANALYSIS_QUANTITY,   /* in the unit of its row */
	ANALYSIS_DIFFERENCE, /* likewise, but dB where that is dBm */
};

struct analysis_column {
	const char *key;   /* in JSON: "cpk_low" */
	const char *title; /* "Cpk from" */
	enum analysis_kind kind;
	guint leaves; /* where there is no room: 0 stays, greater ones leave earlier */
	gboolean bar; /* a share that is drawn as a bar too */
};

struct analysis_cell {
	char *text;    /* of ANALYSIS_TEXT */
	double number; /* of all others */
};

struct analysis_row {
	char *unit;
	GArray *cells; /* struct analysis_cell, one for each column */
};

struct analysis_table {
	char *name; /* in JSON: "capability" */
	char *title, *note;
	const struct analysis_column *columns; /* static */
	guint n_columns;
	GPtrArray *rows; /* struct analysis_row */
};

enum analysis_chart_kind {
	ANALYSIS_RUN,       /* values in their order, joined; x counts from 1 */
	ANALYSIS_SCATTER,   /* y over x */
	ANALYSIS_HISTOGRAM, /* y values at or above x, in bins side by side as wide as each other */
};

struct analysis_line {
	double value;      /* across (RUN, SCATTER), upright (HISTOGRAM) */
	char *label;       /* "upper limit" */
	gboolean is_limit; /* of the unit; else of the statistics */
};

struct analysis_chart {
	char *name, *title;
	enum analysis_chart_kind kind;
	char *x_name, *x_unit, *y_name, *y_unit;
	GArray *x, *y;        /* double, as long as each other */
	GArray *flagged;      /* guint8, likewise: drawn as a breach */
	GArray *smooth;       /* double, a second curve as long as y, or empty */
	GArray *lines;        /* struct analysis_line */
	double slope, offset; /* a straight line through a SCATTER, or NaN */
};

struct analysis_fact {
	char *name, *value;
};

struct analysis_part { /* one of both */
	struct analysis_table *table;
	struct analysis_chart *chart;
};

struct analysis {
	char *what, *title; /* "yield", "Yield by lot" */
	GArray *facts;      /* struct analysis_fact: what was selected, how it was counted */
	GArray *parts;      /* struct analysis_part */
};
typedef struct analysis analysis; /* for g_autoptr(analysis) only */

struct analysis *analysis_new(const char *what, const char *title);
void analysis_free(struct analysis *analysis); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(analysis, analysis_free)

void analysis_fact(struct analysis *analysis, const char *name, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* Moves the parts of `more` behind those there are, and frees it. */
void analysis_join(struct analysis *analysis, struct analysis *more);

/* A table without rows. columns: static. */
struct analysis_table *analysis_table(struct analysis *analysis, const char *name,
                                      const char *title, const struct analysis_column *columns,
                                      guint n_columns);
void analysis_note(struct analysis_table *table, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A row with a cell for each column: const char * for TEXT, double for all others. */
void analysis_row(struct analysis_table *table, const char *unit, ...);

struct analysis_chart *analysis_chart(struct analysis *analysis, enum analysis_chart_kind kind,
                                      const char *name, const char *title);
void analysis_axes(struct analysis_chart *chart, const char *x_name, const char *x_unit,
                   const char *y_name, const char *y_unit);
void analysis_point(struct analysis_chart *chart, double x, double y, gboolean flagged);
/* Nothing when the value is NaN. */
void analysis_line(struct analysis_chart *chart, double value, const char *label,
                   gboolean is_limit);

/* A cell as people read it: "98.20 %", "1.33", "-0.42 dBm", "" for NaN. Free with g_free. */
char *analysis_cell_text(const struct analysis_table *table, guint row, guint column);

/* The column that leaves next of those shown (one gboolean for each); -1 when all of them stay. */
int analysis_leaving(const struct analysis_table *table, const gboolean *shown);

/* One JSON document, schema station-analysis-1. Free with g_free. */
char *analysis_json(const struct analysis *analysis);
/* One self-contained page: no script, no network, printable. Free with g_free. */
char *analysis_page(const struct analysis *analysis);

#endif
