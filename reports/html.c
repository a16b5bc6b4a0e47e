/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "limits/value.h"
#include "reports/corner.h"
#include "reports/lane_list.h"
#include "reports/markup.h"
#include "reports/matrix.h"
#include "reports/page.h"
#include "reports/phase.h"
#include "reports/reason.h"
#include "reports/title.h"
#include "reports/unit_page.h"

#include <math.h>
#include <string.h>

enum { WORST_MAX = 12, STEPS_MAX = 24 };

/* --- the verdict ---------------------------------------------------------------------------- */

struct tally {
	guint pass, marginal, fail, error, recorded;
};

static struct tally tally_values(const struct run_record *record)
{
	struct tally tally = {0};
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (!phase_counts(record, measurement))
			continue;
		tally.pass += measurement->verdict == VERDICT_PASS;
		tally.marginal += measurement->verdict == VERDICT_PASS && measurement->marginal;
		tally.fail += measurement->verdict == VERDICT_FAIL;
		tally.error += measurement->verdict >= VERDICT_ERROR;
		tally.recorded += measurement->verdict < VERDICT_PASS;
	}
	return tally;
}

/* What failed, or what was near to. */
static gboolean is_worst(const struct run_record *record,
                         const struct record_measurement *measurement)
{
	gboolean bad = measurement->verdict >= VERDICT_FAIL;
	gboolean near = measurement->verdict == VERDICT_PASS && measurement->marginal;
	return (record->verdict == VERDICT_PASS ? near : bad) && phase_counts(record, measurement);
}

/* How many of those are the same parameter of the same lane; 0 when an earlier one is. */
static guint count_corners(const struct run_record *record, guint first)
{
	const struct record_measurement *measurement = record->measurements->pdata[first];
	guint n = 0;
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *other = record->measurements->pdata[i];
		if (other->lane != measurement->lane || strcmp(other->id, measurement->id) != 0 ||
		    other->verdict != measurement->verdict || !is_worst(record, other))
			continue;
		if (i < first)
			return 0;
		n++;
	}
	return n;
}

static char *place_of(const struct run_record *record, const struct record_measurement *measurement,
                      guint corners)
{
	const char *title = title_of(measurement->id);
	g_autofree char *corner = corner_text(record, measurement->corner);
	g_autofree char *lane = measurement->lane > 0
	                                ? g_strdup_printf("Lane %d: ", measurement->lane)
	                                : g_strdup("");
	g_autofree char *more =
		corners > 1 ? g_strdup_printf(" and %u more", corners - 1) : g_strdup("");
	return g_strdup_printf("%s%s%s%s%s", lane, title, *corner ? " at " : "", corner, more);
}

static void write_bad(struct markup *markup, const struct run_record *record,
                      const struct record_measurement *measurement, guint corners)
{
	g_autofree char *place = place_of(record, measurement, corners);
	g_autofree char *value = value_text(measurement->value, measurement->unit, 0);
	gboolean near = measurement->verdict == VERDICT_PASS;
	markup_open(markup, "li");
	page_verdict(markup, measurement->verdict, measurement->marginal);
	markup_textf(markup, " %s: %s", place,
	             near || !measurement->reason ? value : measurement->reason);
	markup_close(markup);
}

/* The first dozen; a lane's parameter once for all corners. */
static void write_worst(struct markup *markup, const struct run_record *record)
{
	guint n = 0;
	markup_open(markup, "ul");
	for (guint i = 0; i < record->measurements->len; i++) {
		guint corners = is_worst(record, record->measurements->pdata[i])
		                        ? count_corners(record, i)
		                        : 0;
		if (corners > 0 && n++ < WORST_MAX)
			write_bad(markup, record, record->measurements->pdata[i], corners);
	}
	if (n > WORST_MAX)
		markup_elementf(markup, "li", "soft", "and %u more, below", n - WORST_MAX);
	markup_close(markup);
}

static void write_reason(struct markup *markup, const struct run_record *record,
                         const struct tally *tally)
{
	markup_open(markup, "p");
	markup_attr(markup, "class", "reason");
	g_autofree char *why = reason_line(record);
	if (record->verdict != VERDICT_PASS && *why != '\0')
		markup_text(markup, why);
	else if (record->verdict == VERDICT_PASS)
		markup_textf(markup, "All %u judged values are within their limits.", tally->pass);
	else
		markup_text(markup, "No verdict was reached.");
	markup_close(markup);
	if (record->first_failing_step)
		markup_elementf(markup, "p", "soft", "First failing step: %s",
		                record->first_failing_step);
	markup_elementf(markup, "p", "soft",
	                "%u values within limits (%u of them marginal), %u outside, %u not judged "
	                "for "
	                "an error, %u recorded only",
	                tally->pass, tally->marginal, tally->fail, tally->error, tally->recorded);
}

/* A PASS that does not stand has no colour. */
static void write_verdict(struct markup *markup, const struct run_record *record)
{
	struct tally tally = tally_values(record);
	g_autofree char *touched = reason_touched(record);
	gboolean stands = !touched || record->verdict != VERDICT_PASS;
	g_autofree char *class_name =
		g_strconcat("hero ",
	                    stands ? page_verdict_class(record->verdict, record->marginal) : "none",
	                    NULL);
	markup_open(markup, "section");
	markup_attr(markup, "class", class_name);
	markup_elementf(markup, "h1", NULL, "%s %s", record->part_number, record->serial);
	markup_elementf(markup, "p", "soft", "%s, stage %s, lot %s", record->type, record->stage,
	                *record->lot ? record->lot : "none");
	markup_open(markup, "div");
	markup_attr(markup, "class", "big");
	page_verdict(markup, record->verdict, record->marginal);
	markup_close(markup);
	if (touched) {
		markup_open(markup, "p");
		markup_attr(markup, "class", "reason");
		markup_elementf(markup, "b", NULL, "The unit was %s.", touched);
		markup_close(markup);
	}
	write_reason(markup, record, &tally);
	write_worst(markup, record);
	markup_close(markup);
}

/* "guarded, 2.3 % false accept": of the judgements, which all have the same. Null without any. */
static char *decision_text(const struct run_record *record)
{
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (measurement->judgements->len == 0)
			continue;
		const struct judgement *judgement = measurement->judgements->pdata[0];
		const char *rule = limit_rule_name(judgement->rule);
		if (isnan(judgement->false_accept))
			return g_strdup_printf("%s, guard bands of the limits", rule);
		g_autofree char *percent = markup_number(judgement->false_accept * 100, 2);
		return g_strdup_printf("%s, %s %% false accept", rule, percent);
	}
	return NULL;
}

/* What several lanes or corners said alike is told once. */
static void write_notes(struct markup *markup, const struct run_record *record)
{
	g_autoptr(GPtrArray) notes = lane_list_join(record->notes);
	if (notes->len == 0)
		return;
	markup_element(markup, "h3", NULL, "Notes");
	markup_open(markup, "ul");
	for (guint i = 0; i < notes->len; i++)
		markup_element(markup, "li", "soft wrap", notes->pdata[i]);
	markup_close(markup);
}

static void write_facts(struct markup *markup, const struct run_record *record)
{
	const struct record_identity *identity = &record->identity;
	g_autofree char *start = page_time(record->start_us);
	g_autofree char *took =
		record->end_us > 0 ? page_duration((double)(record->end_us - record->start_us) /
	                                           G_USEC_PER_SEC)
				   : g_strdup("not ended");
	g_autofree char *decision = decision_text(record);
	g_autofree char *site = g_strdup_printf("%d", record->site);
	g_autofree char *station =
		g_strdup_printf("%s, software %s", record->station_id, record->station_version);
	const struct {
		const char *name, *value;
	} facts[] = {
		{"Product", record->product},
		{"Form factor", record->form_factor},
		{"Start", start},
		{"Duration", took},
		{"Station", station},
		{"Site", site},
		{"Operator", record->operator_name},
		{"Plan", record->plan_name},
		{"Plan revision", record->plan_revision},
		{"Limits edition", record->limits_edition},
		{"Decision rule", decision},
		{"Module's vendor", identity->vendor},
		{"Module's part", identity->part_number},
		{"Module's serial", identity->serial},
		{"Module's revision", identity->revision},
		{"Module's date code", identity->date_code},
		{"Module's firmware", identity->firmware},
		{"CMIS revision", identity->cmis_revision},
		{"Run", record->run_id},
	};
	page_section(markup, "Run");
	markup_open(markup, "dl");
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		page_fact(markup, facts[i].name, facts[i].value);
	markup_close(markup);
	write_notes(markup, record);
	markup_close(markup);
}

/* --- tables --------------------------------------------------------------------------------- */

static void write_step(struct markup *markup, const struct run_record *record,
                       const struct record_step *step, double longest_s)
{
	g_autofree char *took = page_duration(step->duration_s);
	g_autofree char *lane = step->lane > 0 ? g_strdup_printf("%d", step->lane) : g_strdup("");
	g_autofree char *corner = corner_text(record, step->corner);
	markup_open(markup, "tr");
	if (step->superseded)
		markup_attr(markup, "class", "old");
	markup_element(markup, "td", NULL, step->name);
	markup_element(markup, "td", "code", step->kind);
	markup_element(markup, "td", NULL, lane);
	markup_element(markup, "td", "corner", corner);
	markup_elementf(markup, "td", NULL, "%d%s", step->attempt,
	                step->superseded ? " (replaced)" : "");
	page_bar_cell(markup, longest_s > 0 ? step->duration_s / longest_s : 0, took);
	markup_open(markup, "td");
	page_verdict(markup, step->verdict, FALSE);
	markup_close(markup);
	markup_element(markup, "td", "wrap", step->reason);
	markup_close(markup);
}

static const struct record_step *step_at(const struct run_record *record, guint i)
{
	return record->steps->pdata[i];
}

/* All steps, or those that did not pass. */
static void write_step_table(struct markup *markup, const struct run_record *record, gboolean all)
{
	static const char *const heads[] = {"Step",     "Function", "Lane", "Corner", "Attempt",
	                                    "Duration", "Verdict",  "Why",  NULL};
	double longest_s = 0;
	for (guint i = 0; i < record->steps->len; i++)
		longest_s = fmax(longest_s, step_at(record, i)->duration_s);
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->steps->len; i++) {
		if (all || step_at(record, i)->verdict >= VERDICT_FAIL)
			write_step(markup, record, step_at(record, i), longest_s);
	}
	page_table_end(markup);
}

/* Many steps are folded, but for those that did not pass. */
static void write_steps(struct markup *markup, const struct run_record *record)
{
	guint n = record->steps->len, bad = 0;
	page_section(markup, "Steps");
	for (guint i = 0; i < n; i++)
		bad += step_at(record, i)->verdict >= VERDICT_FAIL;
	if (n <= STEPS_MAX) {
		write_step_table(markup, record, TRUE);
	} else {
		if (bad > 0)
			write_step_table(markup, record, FALSE);
		markup_open(markup, "details");
		markup_elementf(markup, "summary", NULL, "all %u steps in their order", n);
		write_step_table(markup, record, TRUE);
		markup_close(markup);
	}
	markup_close(markup);
}

static void write_instruments(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] = {"Instrument", "Class",    "Maker",   "Model",
	                                    "Serial",     "Firmware", "Options", "Calibration due",
	                                    "Evidence",   "Address",  NULL};
	page_section(markup, "Instruments");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->instruments->len; i++) {
		const struct record_instrument *instrument = record->instruments->pdata[i];
		const char *const cells[] = {
			instrument->name,
			instrument->class_name,
			instrument->maker,
			instrument->model,
			instrument->serial,
			instrument->firmware,
			instrument->options,
			instrument->calibration_due[0] ? instrument->calibration_due : "not known",
			instrument->evidence,
			instrument->resource,
		};
		markup_open(markup, "tr");
		for (gsize c = 0; c < G_N_ELEMENTS(cells); c++)
			markup_element(markup, "td", NULL, cells[c]);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_element(markup, "p", "small",
	               "Evidence: how well the driver is known. TESTED_SIM means on the virtual "
	               "bench "
	               "only.");
	markup_close(markup);
}

static void write_files(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] = {"Role", "File", "SHA-256", NULL};
	page_section(markup, "Files that shaped the run");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = record->files->pdata[i];
		markup_open(markup, "tr");
		markup_element(markup, "td", NULL, file->role);
		markup_element(markup, "td", NULL, file->name);
		markup_element(markup, "td", "code wrap", file->sha256);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

char *report_unit_html(const struct run_record *record)
{
	g_autofree char *title =
		g_strdup_printf("%s: %s%s", record->serial, verdict_name(record->verdict),
	                        record->touched ? ", touched since" : "");
	struct markup *markup = page_begin(title);
	write_verdict(markup, record);
	write_facts(markup, record);
	matrix_test(markup, record);
	unit_eyes(markup, record);
	unit_curves(markup, record, FALSE);
	unit_maps(markup, record);
	matrix_calibration(markup, record);
	unit_curves(markup, record, TRUE);
	unit_constants(markup, record);
	unit_writes(markup, record);
	write_steps(markup, record);
	write_instruments(markup, record);
	write_files(markup, record);
	matrix_judgements(markup, record);
	return markup_end(markup);
}
