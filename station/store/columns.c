/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/columns.h"

#include <math.h>
#include <string.h>

#define OF(type, name, kind, field)                                                                \
	{                                                                                          \
		name, kind, G_STRUCT_OFFSET(struct type, field)                                    \
	}
#define RUN(name, kind, field)   OF(run_record, name, kind, field)
#define STEP(name, kind, field)  OF(record_step, name, kind, field)
#define VALUE(name, kind, field) OF(record_measurement, name, kind, field)

static const struct column runs[] = {
	RUN("run_id", COLUMN_TEXT, run_id),
	RUN("station", COLUMN_TEXT, station_id),
	RUN("site", COLUMN_INT, site),
	RUN("lot", COLUMN_TEXT, lot),
	RUN("serial", COLUMN_TEXT, serial),
	RUN("part_number", COLUMN_TEXT, part_number),
	RUN("type", COLUMN_TEXT, type),
	RUN("stage", COLUMN_TEXT, stage),
	RUN("plan", COLUMN_TEXT, plan_name),
	RUN("plan_revision", COLUMN_TEXT, plan_revision),
	RUN("start_us", COLUMN_INT64, start_us),
	RUN("end_us", COLUMN_INT64, end_us),
	RUN("verdict", COLUMN_VERDICT, verdict),
	RUN("marginal", COLUMN_INT, marginal),
	RUN("reason", COLUMN_TEXT, reason),
	RUN("first_failing_step", COLUMN_TEXT, first_failing_step),
};

static const struct column steps[] = {
	{"run_id", COLUMN_RUN_ID, 0},
	{"number", COLUMN_NUMBER, 0},
	STEP("name", COLUMN_TEXT, name),
	STEP("kind", COLUMN_TEXT, kind),
	STEP("lane", COLUMN_INT, lane),
	STEP("corner", COLUMN_TEXT, corner),
	STEP("attempt", COLUMN_INT, attempt),
	STEP("superseded", COLUMN_INT, superseded),
	STEP("start_us", COLUMN_INT64, start_us),
	STEP("duration_s", COLUMN_REAL, duration_s),
	STEP("verdict", COLUMN_VERDICT, verdict),
	STEP("reason", COLUMN_TEXT, reason),
};

static const struct column measurements[] = {
	{"run_id", COLUMN_RUN_ID, 0},
	{"number", COLUMN_NUMBER, 0},
	VALUE("step", COLUMN_INT, step),
	VALUE("id", COLUMN_TEXT, id),
	VALUE("lane", COLUMN_INT, lane),
	VALUE("corner", COLUMN_TEXT, corner),
	VALUE("value", COLUMN_REAL, value),
	VALUE("unit", COLUMN_TEXT, unit),
	VALUE("uncertainty", COLUMN_REAL, uncertainty),
	VALUE("verdict", COLUMN_VERDICT, verdict),
	VALUE("marginal", COLUMN_INT, marginal),
};

const struct columns columns_runs = {"runs", runs, G_N_ELEMENTS(runs)};
const struct columns columns_steps = {"steps", steps, G_N_ELEMENTS(steps)};
const struct columns columns_measurements = {"measurements", measurements,
                                             G_N_ELEMENTS(measurements)};

char *columns_names(const struct columns *columns)
{
	g_autoptr(GString) names = g_string_new(columns->columns[0].name);

	for (guint i = 1; i < columns->n; i++)
		g_string_append_printf(names, ", %s", columns->columns[i].name);
	return g_string_free(g_steal_pointer(&names), FALSE);
}

/* --- the value of an entry ----------------------------------------------------------------------
 */

static const char *text_of(const struct column *column, gconstpointer entry, const char *run_id)
{
	if (column->kind == COLUMN_RUN_ID)
		return run_id;
	if (column->kind == COLUMN_VERDICT)
		return verdict_name(
			*(const enum verdict *)G_STRUCT_MEMBER_P(entry, column->offset));
	return *(char *const *)G_STRUCT_MEMBER_P(entry, column->offset);
}

static gint64 int_of(const struct column *column, gconstpointer entry, guint number)
{
	if (column->kind == COLUMN_NUMBER)
		return number;
	if (column->kind == COLUMN_INT64)
		return *(const gint64 *)G_STRUCT_MEMBER_P(entry, column->offset);
	return *(const int *)G_STRUCT_MEMBER_P(entry, column->offset);
}

static double real_of(const struct column *column, gconstpointer entry)
{
	return *(const double *)G_STRUCT_MEMBER_P(entry, column->offset);
}

static gboolean is_int(enum column_kind kind)
{
	return kind == COLUMN_NUMBER || kind == COLUMN_INT || kind == COLUMN_INT64;
}

/* --- hashing ------------------------------------------------------------------------------------
 */

void columns_hash(struct canon *canon, const struct columns *columns, gconstpointer entry,
                  const char *run_id, guint number)
{
	for (guint i = 0; i < columns->n; i++) {
		const struct column *column = &columns->columns[i];

		if (column->kind == COLUMN_REAL)
			canon_real(canon, real_of(column, entry));
		else if (is_int(column->kind))
			canon_int(canon, int_of(column, entry, number));
		else
			canon_text(canon, text_of(column, entry, run_id));
	}
}

void columns_hash_row(struct canon *canon, sqlite3_stmt *row, guint n)
{
	for (int i = 0; i < (int)n; i++) {
		int type = sqlite3_column_type(row, i);

		/* all bytes of a text, behind a zero byte too */
		if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
			const void *bytes = sqlite3_column_blob(row, i);
			gsize length = (gsize)sqlite3_column_bytes(row, i);
			if (type == SQLITE_TEXT)
				canon_text_n(canon, bytes, length);
			else
				canon_bytes(canon, bytes, length);
		} else if (type == SQLITE_INTEGER) {
			canon_int(canon, sqlite3_column_int64(row, i));
		} else if (type == SQLITE_FLOAT) {
			canon_real(canon, sqlite3_column_double(row, i));
		} else {
			canon_null(canon);
		}
	}
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static gboolean same_text(const char *a, const char *b)
{
	if (!a || !b || strcmp(a, b) == 0)
		return a == b || (a && b);
	g_autofree char *valid = g_utf8_make_valid(a, -1);
	g_autofree char *other = g_utf8_make_valid(b, -1);
	return strcmp(valid, other) == 0;
}

static gboolean same_real(sqlite3_stmt *row, int i, double value)
{
	double stored =
		sqlite3_column_type(row, i) == SQLITE_NULL ? NAN : sqlite3_column_double(row, i);

	return isfinite(stored) ? stored == value : !isfinite(value);
}

int columns_differ(const struct columns *columns, sqlite3_stmt *row, gconstpointer entry,
                   const char *run_id, guint number)
{
	for (int i = 0; i < (int)columns->n; i++) {
		const struct column *column = &columns->columns[i];
		gboolean same;

		if (column->kind == COLUMN_REAL)
			same = same_real(row, i, real_of(column, entry));
		else if (is_int(column->kind))
			same = sqlite3_column_int64(row, i) == int_of(column, entry, number);
		else
			same = same_text((const char *)sqlite3_column_text(row, i),
			                 text_of(column, entry, run_id));
		if (!same)
			return i;
	}
	return -1;
}

char *columns_words(const struct column *column, gconstpointer entry, const char *run_id,
                    guint number)
{
	if (column->kind == COLUMN_REAL) {
		char text[G_ASCII_DTOSTR_BUF_SIZE];
		return isfinite(real_of(column, entry))
		               ? g_strdup(g_ascii_dtostr(text, sizeof text, real_of(column, entry)))
		               : g_strdup("none");
	}
	if (is_int(column->kind))
		return g_strdup_printf("%" G_GINT64_FORMAT, int_of(column, entry, number));
	const char *text = text_of(column, entry, run_id);
	return text ? g_strdup_printf("\"%s\"", text) : g_strdup("none");
}
