/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/analyze/rejudged_rows.h"

#include "limits/value.h"

#include <math.h>
#include <string.h>

/* The bounds of one side of a row, which a formula moves from value to value. */
struct bound {
	double least, most; /* NAN: none was seen */
};

/* What a row was or is: by the judgements in the records. */
struct word {
	guint n;
	enum limit_gate gate;
	struct bound low, high;
};

/* A row of limits, by its id and what it judges. */
struct judged_row {
	char *key, *id, *measure, *unit;
	struct word was, now;
	guint worse, better; /* values that fail, or are not judged, by it; and the other way */
};

struct rows {
	const struct rejudged *rejudged;
	GHashTable *by_key; /* to struct judged_row, borrowed */
	GPtrArray *rows;    /* struct judged_row, in order of appearance */
	GHashTable *faults; /* "row\nwhat is wrong" to how often */
	GPtrArray *fault_names;
};

static void row_free(gpointer data)
{
	struct judged_row *row = data;

	g_free(row->key);
	g_free(row->id);
	g_free(row->measure);
	g_free(row->unit);
	g_free(row);
}

static struct judged_row *row_of(struct rows *rows, const char *id, const char *measure,
                                 const char *unit)
{
	g_autofree char *key = g_strjoin("\n", id, measure, NULL);
	struct judged_row *row = g_hash_table_lookup(rows->by_key, key);

	if (row)
		return row;
	row = g_new0(struct judged_row, 1);
	row->key = g_steal_pointer(&key);
	row->id = g_strdup(id);
	row->measure = g_strdup(measure);
	row->unit = g_strdup(unit);
	row->was.low = row->was.high = row->now.low = row->now.high = (struct bound){NAN, NAN};
	g_hash_table_insert(rows->by_key, row->key, row);
	g_ptr_array_add(rows->rows, row);
	return row;
}

/* --- what the records say --------------------------------------------------------------------- */

static void widen(struct bound *bound, double value)
{
	bound->least = fmin(bound->least, value); /* a NAN gives way */
	bound->most = fmax(bound->most, value);
}

static void take_word(struct word *word, const struct judgement *judgement)
{
	word->n++;
	word->gate = judgement->gate;
	widen(&word->low, judgement->low);
	widen(&word->high, judgement->high);
}

static const struct judgement *find_judgement(const struct record_measurement *m, const char *id)
{
	for (guint i = 0; i < m->judgements->len; i++) {
		const struct judgement *j = g_ptr_array_index(m->judgements, i);
		if (strcmp(j->limit_id, id) == 0)
			return j;
	}
	return NULL;
}

static void take_fault(struct rows *rows, const struct record_measurement *m,
                       const struct judgement *judgement)
{
	g_autofree char *key = g_strjoin("\n", judgement->limit_id, m->id,
	                                 judgement->reason ? judgement->reason : "", NULL);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(rows->faults, key));

	if (!n)
		g_ptr_array_add(rows->fault_names, g_strdup(key));
	g_hash_table_insert(rows->faults, g_steal_pointer(&key), GUINT_TO_POINTER(n + 1));
}

static void take_value(struct rows *rows, const struct record_measurement *was,
                       const struct record_measurement *now)
{
	for (guint i = 0; i < was->judgements->len; i++) {
		const struct judgement *j = g_ptr_array_index(was->judgements, i);
		struct judged_row *row = row_of(rows, j->limit_id, was->id, was->unit);

		take_word(&row->was, j);
		if (!find_judgement(now, j->limit_id))
			row->better += j->verdict > VERDICT_PASS;
	}
	for (guint i = 0; i < now->judgements->len; i++) {
		const struct judgement *j = g_ptr_array_index(now->judgements, i);
		const struct judgement *before = find_judgement(was, j->limit_id);
		struct judged_row *row = row_of(rows, j->limit_id, now->id, now->unit);
		gboolean bad = j->verdict > VERDICT_PASS;
		gboolean was_bad = before && before->verdict > VERDICT_PASS;

		take_word(&row->now, j);
		row->worse += bad && !was_bad;
		row->better += was_bad && !bad;
		if (j->verdict == VERDICT_ERROR)
			take_fault(rows, now, j);
	}
}

static void take_all(struct rows *rows)
{
	const struct rejudged *rejudged = rows->rejudged;

	for (guint run = 0; run < rejudged->was->len; run++) {
		const struct run_record *was = rejudged->was->pdata[run];
		const struct run_record *now = rejudged->now->pdata[run];

		for (guint i = 0; i < now->measurements->len; i++) {
			const struct record_measurement *m = was->measurements->pdata[i];
			if (!run_record_superseded(was, m->step))
				take_value(rows, m, now->measurements->pdata[i]);
		}
	}
}

/* --- rows ------------------------------------------------------------------------------------- */

static const struct analysis_column row_columns[] = {
	{"limit", "Limit", ANALYSIS_TEXT},
	{"measure", "Judges", ANALYSIS_TEXT, 3},
	{"change", "Change", ANALYSIS_TEXT},
	{"then", "Bounds then", ANALYSIS_TEXT},
	{"now", "Bounds now", ANALYSIS_TEXT},
	{"values_then", "Judged then", ANALYSIS_COUNT, 2},
	{"values_now", "Judged now", ANALYSIS_COUNT, 2},
	{"worse", "Worse", ANALYSIS_COUNT},
	{"better", "Better", ANALYSIS_COUNT},
};

static gboolean same_bound(const struct bound *a, const struct bound *b)
{
	return (a->least == b->least || (isnan(a->least) && isnan(b->least))) &&
	       (a->most == b->most || (isnan(a->most) && isnan(b->most)));
}

static void append_bound(GString *out, const struct bound *bound, const char *unit,
                         const char *sign)
{
	if (isnan(bound->least))
		return;
	g_autofree char *least = value_text(bound->least, unit, 0);
	g_autofree char *most = value_text(bound->most, unit, 0);

	g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", sign, least);
	if (bound->least != bound->most)
		g_string_append_printf(out, " to %s", most);
}

static char *bounds_text(const struct word *word, const char *unit)
{
	GString *out = g_string_new(NULL);

	append_bound(out, &word->low, unit, ">=");
	append_bound(out, &word->high, unit, "<=");
	if (word->n && word->gate != LIMIT_GATE)
		g_string_append_printf(out, "%s%s", out->len ? " " : "",
		                       limit_gate_name(word->gate));
	return g_string_free(out, FALSE);
}

static gboolean is_in_sets(const struct rejudged *rejudged, const struct judged_row *row)
{
	for (guint i = 0; i < rejudged->sets->len; i++) {
		const struct limit_set *set = rejudged->sets->pdata[i];
		for (guint k = 0; k < limit_set_size(set); k++)
			if (strcmp(limit_set_row(set, k)->id, row->id) == 0 &&
			    strcmp(limit_set_row(set, k)->measure, row->measure) == 0)
				return TRUE;
	}
	return FALSE;
}

static const char *change_of(const struct rejudged *rejudged, const struct judged_row *row)
{
	if (!row->was.n)
		return "new";
	if (!row->now.n)
		return is_in_sets(rejudged, row) ? "does not apply" : "gone";
	if (row->was.gate != row->now.gate)
		return "other gate";
	return same_bound(&row->was.low, &row->now.low) &&
	                       same_bound(&row->was.high, &row->now.high)
	               ? ""
	               : "other bounds";
}

/* Nothing is decided by a row that was or is there to record only. */
static gboolean decides(const struct word *word)
{
	return word->n && word->gate != LIMIT_INFO;
}

/* Rows that say what they said are counted only. */
static void tell_judged(struct analysis *analysis, const struct rows *rows)
{
	struct analysis_table *table = analysis_table(analysis, "limits", "Limits", row_columns,
	                                              G_N_ELEMENTS(row_columns));
	guint same = 0;

	for (guint i = 0; i < rows->rows->len; i++) {
		const struct judged_row *row = g_ptr_array_index(rows->rows, i);
		const char *change = change_of(rows->rejudged, row);
		g_autofree char *was = bounds_text(&row->was, row->unit);
		g_autofree char *now = bounds_text(&row->now, row->unit);

		if (!decides(&row->was) && !decides(&row->now))
			continue;
		if (!*change && !row->worse && !row->better)
			same++;
		else
			analysis_row(table, "", row->id, row->measure, change, was, now,
			             (double)row->was.n, (double)row->now.n, (double)row->worse,
			             (double)row->better);
	}
	analysis_note(table,
	              "Worse, better: values that fail or cannot be judged by that row and did "
	              "not, and the other way round. %u row%s say%s what %s said; rows "
	              "for the record only (INFO) are left out.",
	              same, same == 1 ? "" : "s", same == 1 ? "s" : "", same == 1 ? "it" : "they");
}

/* --- what cannot be judged -------------------------------------------------------------------- */

static const struct analysis_column missing_columns[] = {
	{"limit", "Limit", ANALYSIS_TEXT},
	{"measure", "Value", ANALYSIS_TEXT},
	{"passed", "Passed without", ANALYSIS_COUNT},
	{"failed", "Failed without", ANALYSIS_COUNT},
	{"first", "First", ANALYSIS_TEXT},
};

/* A run that ended in ERROR or was aborted lacks what it lacks. */
static void tell_missing_row(struct analysis_table *table, const struct rejudged *rejudged,
                             const struct limit_row *row)
{
	const char *first = NULL;
	guint passed = 0, failed = 0;

	for (guint run = 0; run < rejudged->was->len; run++) {
		const struct run_record *was = rejudged->was->pdata[run];

		if ((was->verdict != VERDICT_PASS && was->verdict != VERDICT_FAIL) ||
		    judging_missing_lane(&rejudged->by[run], rejudged->now->pdata[run], row) < 0)
			continue;
		passed += was->verdict == VERDICT_PASS;
		failed += was->verdict == VERDICT_FAIL;
		first = first ? first : was->serial;
	}
	if (first)
		analysis_row(table, "", row->id, row->measure, (double)passed, (double)failed,
		             first);
}

static void tell_missing(struct analysis *analysis, const struct rejudged *rejudged)
{
	struct analysis_table *table =
		analysis_table(analysis, "missing", "Limits without a value", missing_columns,
	                       G_N_ELEMENTS(missing_columns));
	g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < rejudged->sets->len; i++) {
		const struct limit_set *set = rejudged->sets->pdata[i];
		for (guint k = 0; k < limit_set_size(set); k++)
			if (g_hash_table_add(told, limit_set_row(set, k)->id))
				tell_missing_row(table, rejudged, limit_set_row(set, k));
	}
	if (table->rows->len)
		analysis_note(table, "Runs that have no value for a limit that fails a unit, on "
		                     "one lane or more: they cannot PASS by it.");
}

static const struct analysis_column fault_columns[] = {
	{"limit", "Limit", ANALYSIS_TEXT},
	{"measure", "Value", ANALYSIS_TEXT},
	{"times", "Values", ANALYSIS_COUNT},
	{"reason", "Why", ANALYSIS_TEXT},
};

static void tell_faults(struct analysis *analysis, const struct rows *rows)
{
	struct analysis_table *table =
		analysis_table(analysis, "not_judged", "Values that a limit cannot judge",
	                       fault_columns, G_N_ELEMENTS(fault_columns));

	for (guint i = 0; i < rows->fault_names->len; i++) {
		const char *name = rows->fault_names->pdata[i];
		g_auto(GStrv) parts = g_strsplit(name, "\n", 3);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(rows->faults, name));

		analysis_row(table, "", parts[0], parts[1], (double)n, parts[2]);
	}
}

void rejudged_tell_rows(struct analysis *analysis, const struct rejudged *rejudged)
{
	struct rows rows = {
		rejudged,
		g_hash_table_new(g_str_hash, g_str_equal),
		g_ptr_array_new_with_free_func(row_free),
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		g_ptr_array_new_with_free_func(g_free),
	};

	take_all(&rows);
	tell_judged(analysis, &rows);
	tell_missing(analysis, rejudged);
	tell_faults(analysis, &rows);
	g_hash_table_unref(rows.by_key);
	g_ptr_array_unref(rows.rows);
	g_hash_table_unref(rows.faults);
	g_ptr_array_unref(rows.fault_names);
}
