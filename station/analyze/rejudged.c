/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/analyze/rejudged.h"

#include "base/csv.h"
#include "base/number.h"
#include "limits/value.h"
#include "reports/lot.h"
#include "reports/reason.h"
#include "signal/ber.h"
#include "station/analyze/rejudged_rows.h"

#include <math.h>
#include <string.h>

static const struct record_measurement *value_of(const GPtrArray *records, guint run, guint i)
{
	const struct run_record *record = g_ptr_array_index(records, run);

	return g_ptr_array_index(record->measurements, i);
}

/* A record that was not judged again has no values. */
static guint n_values(const struct rejudged *rejudged, guint run)
{
	return ((const struct run_record *)g_ptr_array_index(rejudged->now, run))
	        ->measurements->len;
}

/* No limit that could fail it is as good as a PASS: the row that vanished is told by itself. */
static enum verdict weight_of(const struct record_measurement *m)
{
	return MAX(m->verdict, VERDICT_PASS);
}

gboolean rejudged_is_changed(const struct rejudged *rejudged, guint run, guint measurement)
{
	const struct record_measurement *was = value_of(rejudged->was, run, measurement);
	const struct record_measurement *now = value_of(rejudged->now, run, measurement);

	return !run_record_superseded(rejudged->was->pdata[run], was->step) &&
	       (weight_of(was) != weight_of(now) || was->marginal != now->marginal);
}

static guint count_changed(const struct rejudged *rejudged, const char *serial)
{
	guint n = 0;

	for (guint run = 0; run < rejudged->was->len; run++) {
		const struct run_record *record = rejudged->was->pdata[run];

		for (guint i = 0; (!serial || strcmp(record->serial, serial) == 0) &&
		                  i < n_values(rejudged, run);
		     i++)
			n += rejudged_is_changed(rejudged, run, i);
	}
	return n;
}

static const char *word_of(const struct record_measurement *m)
{
	return m->marginal ? "PASS, marginal" : verdict_name(m->verdict);
}

/* --- facts ------------------------------------------------------------------------------------ */

static void append_file(GString *out, const char *name, const char *sha256)
{
	g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", name, sha256);
}

/* The limits files of the records, each once. */
static void append_old_files(GString *out, const struct run_record *record)
{
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = record->files->pdata[i];
		if (strcmp(file->role, "limits") == 0 && !strstr(out->str, file->sha256))
			append_file(out, file->name, file->sha256);
	}
}

static void tell_facts(struct analysis *analysis, const struct rejudged *rejudged)
{
	g_autoptr(GString) then = g_string_new(NULL), now = g_string_new(NULL);

	analysis_fact(analysis, "judged", "%s, %u run%s", rejudged->what, rejudged->was->len,
	              rejudged->was->len == 1 ? "" : "s");
	analysis_fact(analysis, "on paper", "nothing was measured again, nothing is stored");
	for (guint run = 0; run < rejudged->was->len; run++)
		append_old_files(then, rejudged->was->pdata[run]);
	for (guint i = 0; i < rejudged->sets->len; i++) {
		const struct limit_set *set = rejudged->sets->pdata[i];
		g_autofree char *name = g_path_get_basename(limit_set_path(set));
		if (!strstr(now->str, limit_set_sha256(set)))
			append_file(now, name, limit_set_sha256(set));
	}
	analysis_fact(analysis, "limits then", "%s", then->str);
	analysis_fact(analysis, "limits now", "%s", now->str);
}

/* --- yield ------------------------------------------------------------------------------------ */

static const struct analysis_column yield_columns[] = {
	{"limits", "Limits", ANALYSIS_TEXT},
	{"units", "Units", ANALYSIS_COUNT},
	{"passed", "Passed", ANALYSIS_COUNT},
	{"failed", "Failed", ANALYSIS_COUNT},
	{"not_judged", "Not judged", ANALYSIS_COUNT},
	{"first_yield", "First pass", ANALYSIS_SHARE, 0, TRUE},
	{"first_low", "from", ANALYSIS_SHARE, 1},
	{"first_high", "to", ANALYSIS_SHARE, 1},
	{"final_yield", "Final", ANALYSIS_SHARE},
	{"final_low", "from", ANALYSIS_SHARE, 2},
	{"final_high", "to", ANALYSIS_SHARE, 2},
};

/* A share with its bounds; NaN all of them when there is nothing to divide by. */
static void share_of(guint good, guint of, double confidence, double out[3])
{
	struct ber_estimate share;
	gboolean ok = ber_from_counts(of, good, confidence, &share, NULL);

	out[0] = ok ? share.ber : NAN;
	out[1] = ok ? share.lower : NAN;
	out[2] = ok ? share.upper : NAN;
}

static void add_yield(struct analysis_table *table, const char *name,
                      const struct lot_summary *summary, double confidence)
{
	guint judged = summary->passed + summary->failed;
	double first[3], final[3];

	share_of(summary->first_passed, judged, confidence, first);
	share_of(summary->passed, judged, confidence, final);
	analysis_row(table, "", name, (double)summary->units->len, (double)summary->passed,
	             (double)summary->failed, (double)summary->not_judged, first[0], first[1],
	             first[2], final[0], final[1], final[2]);
}

static void tell_yield(struct analysis *analysis, const struct lot_summary *was,
                       const struct lot_summary *now, double confidence)
{
	struct analysis_table *table = analysis_table(analysis, "yield", "Yield", yield_columns,
	                                              G_N_ELEMENTS(yield_columns));

	add_yield(table, "then", was, confidence);
	add_yield(table, "now", now, confidence);
	analysis_note(table,
	              "Of units that passed or failed. Bounds hold with %g %% (Clopper-Pearson).",
	              100.0 * confidence);
}

/* --- units ------------------------------------------------------------------------------------ */

static const struct analysis_column unit_columns[] = {
	{"serial", "Serial", ANALYSIS_TEXT}, {"part_number", "Part number", ANALYSIS_TEXT, 2},
	{"then", "Then", ANALYSIS_TEXT},     {"now", "Now", ANALYSIS_TEXT},
	{"change", "Change", ANALYSIS_TEXT}, {"values", "Values", ANALYSIS_COUNT, 1},
	{"reason", "Why", ANALYSIS_TEXT},
};

/* What becomes of a unit, and counts it. */
static const char *change_of(const struct lot_unit *was, const struct lot_unit *now,
                             struct rejudged_counts *counts)
{
	gboolean passed = was->verdict == VERDICT_PASS, passes = now->verdict == VERDICT_PASS;

	counts->would_fail += passed && now->verdict == VERDICT_FAIL;
	counts->cannot_judge += passed && !passes && now->verdict != VERDICT_FAIL;
	counts->would_pass += !passed && passes;
	if (passes != passed)
		return passes                         ? "would pass"
		       : now->verdict == VERDICT_FAIL ? "WOULD FAIL"
		                                      : "CANNOT BE JUDGED";
	if (was->verdict != now->verdict)
		return now->verdict == VERDICT_FAIL ? "would fail" : "cannot be judged";
	if (was->marginal != now->marginal)
		return now->marginal ? "marginal" : "marginal no more";
	return "";
}

static void tell_units(struct analysis *analysis, const struct rejudged *rejudged,
                       const struct lot_summary *was, const struct lot_summary *now,
                       struct rejudged_counts *counts)
{
	struct analysis_table *table = analysis_table(analysis, "units", "Units", unit_columns,
	                                              G_N_ELEMENTS(unit_columns));

	for (guint i = 0; i < was->units->len; i++) {
		const struct lot_unit *a = &g_array_index(was->units, struct lot_unit, i);
		const struct lot_unit *b = &g_array_index(now->units, struct lot_unit, i);
		g_autofree char *line = reason_line(b->telling);

		analysis_row(table, "", a->serial, a->part_number, lot_unit_word(a),
		             lot_unit_word(b), change_of(a, b, counts),
		             (double)count_changed(rejudged, a->serial), line);
	}
	analysis_note(table, "Values: how many have another verdict, or are marginal or not any "
	                     "more. What a superseded attempt measured counts for nothing.");
}

/* --- values ----------------------------------------------------------------------------------- */

static const struct analysis_column value_columns[] = {
	{"serial", "Serial", ANALYSIS_TEXT},
	{"measure", "Value", ANALYSIS_TEXT},
	{"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT, 1},
	{"value", "Measured", ANALYSIS_QUANTITY},
	{"uncertainty", "U (k=2)", ANALYSIS_DIFFERENCE, 6},
	{"limit_then", "Limit then", ANALYSIS_TEXT, 5},
	{"low_then", "Low then", ANALYSIS_QUANTITY, 3},
	{"high_then", "High then", ANALYSIS_QUANTITY, 3},
	{"margin_then", "Margin then", ANALYSIS_DIFFERENCE, 4},
	{"then", "Then", ANALYSIS_TEXT},
	{"limit_now", "Limit now", ANALYSIS_TEXT, 5},
	{"low_now", "Low now", ANALYSIS_QUANTITY, 2},
	{"high_now", "High now", ANALYSIS_QUANTITY, 2},
	{"margin_now", "Margin now", ANALYSIS_DIFFERENCE, 2},
	{"now", "Now", ANALYSIS_TEXT},
};

static const struct judgement no_judgement = {.limit_id = (char *)"",
                                              .low = NAN,
                                              .high = NAN,
                                              .margin = NAN};

static const struct judgement *judgement_of(const struct record_measurement *m)
{
	const struct judgement *decisive = record_measurement_decisive(m);

	return decisive ? decisive : &no_judgement;
}

static void add_value(struct analysis_table *table, const char *serial,
                      const struct record_measurement *was, const struct record_measurement *now)
{
	const struct judgement *a = judgement_of(was), *b = judgement_of(now);

	analysis_row(table, was->unit, serial, was->id, was->lane ? (double)was->lane : NAN,
	             was->corner, was->value, was->uncertainty, a->limit_id, a->low, a->high,
	             a->margin, word_of(was), b->limit_id, b->low, b->high, b->margin,
	             word_of(now));
}

static void tell_values(struct analysis *analysis, const struct rejudged *rejudged)
{
	struct analysis_table *table =
		analysis_table(analysis, "values", "Values with another verdict", value_columns,
	                       G_N_ELEMENTS(value_columns));

	for (guint run = 0; run < rejudged->was->len; run++)
		for (guint i = 0; i < n_values(rejudged, run); i++)
			if (rejudged_is_changed(rejudged, run, i))
				add_value(table,
				          ((const struct run_record *)rejudged->was->pdata[run])
				                  ->serial,
				          value_of(rejudged->was, run, i),
				          value_of(rejudged->now, run, i));
}

struct analysis *analyze_rejudged(const struct rejudged *rejudged, struct rejudged_counts *counts)
{
	struct analysis *analysis = analysis_new("rejudged", "Judged again by other limits");
	const struct lot_report was_lot = {.lot = rejudged->what, .records = rejudged->was};
	const struct lot_report now_lot = {.lot = rejudged->what, .records = rejudged->now};
	struct lot_summary *was = lot_summarise(&was_lot), *now = lot_summarise(&now_lot);

	*counts = (struct rejudged_counts){.values_changed = count_changed(rejudged, NULL)};
	tell_facts(analysis, rejudged);
	tell_yield(analysis, was, now, rejudged->confidence);
	tell_units(analysis, rejudged, was, now, counts);
	tell_values(analysis, rejudged);
	rejudged_tell_rows(analysis, rejudged);
	lot_summary_free(was);
	lot_summary_free(now);
	return analysis;
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void append_text(GString *out, const char *text)
{
	csv_append(out, text ? text : "");
}

static void append_number(GString *out, double value)
{
	g_autofree char *text = isnan(value) ? g_strdup("") : number_format(value);

	csv_append(out, text);
}

static void append_judged(GString *out, const struct record_measurement *m)
{
	const struct judgement *j = m ? judgement_of(m) : &no_judgement;

	append_text(out, j->limit_id);
	append_number(out, j->low);
	append_number(out, j->high);
	append_number(out, j->margin);
	append_text(out, m ? verdict_name(m->verdict) : "");
	append_text(out, m ? m->marginal ? "1" : "0" : "");
}

static void append_line(GString *out, const struct run_record *was, const struct run_record *now,
                        const struct record_measurement *a, const struct record_measurement *b)
{
	append_text(out, was->lot);
	append_text(out, was->serial);
	append_text(out, was->run_id);
	append_text(out, verdict_name(was->verdict));
	append_text(out, verdict_name(now->verdict));
	append_text(out, a ? a->id : "");
	append_number(out, a ? a->lane : NAN);
	append_text(out, a ? a->corner : "");
	append_number(out, a ? a->value : NAN);
	append_text(out, a ? a->unit : "");
	append_number(out, a ? a->uncertainty : NAN);
	append_judged(out, a);
	append_judged(out, b);
	append_text(out, b ? b->reason : now->reason);
	g_string_append(out, "\r\n");
}

char *rejudged_csv(const struct rejudged *rejudged)
{
	GString *out = g_string_new(
		"lot,serial,run_id,run_then,run_now,id,lane,corner,value,unit,uncertainty,"
		"limit_then,low_then,high_then,margin_then,then,marginal_then,"
		"limit_now,low_now,high_now,margin_now,now,marginal_now,reason\r\n");

	for (guint run = 0; run < rejudged->was->len; run++) {
		const struct run_record *was = rejudged->was->pdata[run];
		const struct run_record *now = rejudged->now->pdata[run];
		gboolean told = was->verdict == now->verdict;

		for (guint i = 0; i < n_values(rejudged, run); i++) {
			if (!rejudged_is_changed(rejudged, run, i))
				continue;
			append_line(out, was, now, value_of(rejudged->was, run, i),
			            value_of(rejudged->now, run, i));
			told = TRUE;
		}
		if (!told)
			append_line(out, was, now, NULL, NULL);
	}
	return g_string_free(out, FALSE);
}
