/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "limits/value.h"
#include "reports/chart.h"
#include "reports/markup.h"
#include "reports/matrix.h"
#include "reports/page.h"
#include "reports/picture.h"
#include "reports/title.h"

#include <math.h>
#include <string.h>

/* A page must stay mailable whatever a run recorded; what does not fit is in the run document. */
enum { PICTURE_BYTES_MAX = 400 << 10, WORST_MAX = 12, CHARTS_MAX = 24 };

/* --- the verdict ---------------------------------------------------------------------------- */

struct tally {
	guint pass, marginal, fail, error, recorded;
};

static struct tally tally_values(const struct run_record *record)
{
	struct tally tally = {0};
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (!matrix_counts(record, measurement))
			continue;
		tally.pass += measurement->verdict == VERDICT_PASS;
		tally.marginal += measurement->verdict == VERDICT_PASS && measurement->marginal;
		tally.fail += measurement->verdict == VERDICT_FAIL;
		tally.error += measurement->verdict >= VERDICT_ERROR;
		tally.recorded += measurement->verdict < VERDICT_PASS;
	}
	return tally;
}

static char *place_of(const struct record_measurement *measurement)
{
	const char *title = title_of(measurement->id);
	const char *corner = measurement->corner;
	g_autofree char *lane = measurement->lane > 0
	                                ? g_strdup_printf("Lane %d: ", measurement->lane)
	                                : g_strdup("");
	return g_strdup_printf("%s%s%s%s", lane, title, *corner ? " at " : "", corner);
}

/* What failed, or what was near to: the first dozen. */
static void write_worst(struct markup *markup, const struct run_record *record)
{
	gboolean passed = record->verdict == VERDICT_PASS;
	guint listed = 0;
	markup_open(markup, "ul");
	for (guint i = 0; i < record->measurements->len && listed < WORST_MAX; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		gboolean bad = measurement->verdict >= VERDICT_FAIL;
		gboolean near = measurement->verdict == VERDICT_PASS && measurement->marginal;
		if (!(passed ? near : bad) || !matrix_counts(record, measurement))
			continue;
		g_autofree char *place = place_of(measurement);
		g_autofree char *value = value_text(measurement->value, measurement->unit, 0);
		const char *why = measurement->reason ? measurement->reason : value;
		markup_open(markup, "li");
		page_verdict(markup, measurement->verdict, measurement->marginal);
		markup_textf(markup, " %s: %s", place, near ? value : why);
		markup_close(markup);
		listed++;
	}
	markup_close(markup);
}

static void write_reason(struct markup *markup, const struct run_record *record,
                         const struct tally *tally)
{
	markup_open(markup, "p");
	markup_attr(markup, "class", "reason");
	if (record->reason)
		markup_text(markup, record->reason);
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

static void write_verdict(struct markup *markup, const struct run_record *record)
{
	struct tally tally = tally_values(record);
	g_autofree char *class_name =
		g_strconcat("hero ", page_verdict_class(record->verdict, record->marginal), NULL);
	markup_open(markup, "section");
	markup_attr(markup, "class", class_name);
	markup_elementf(markup, "h1", NULL, "%s %s", record->part_number, record->serial);
	markup_elementf(markup, "p", "soft", "%s, stage %s, lot %s", record->type, record->stage,
	                *record->lot ? record->lot : "none");
	markup_open(markup, "div");
	markup_attr(markup, "class", "big");
	page_verdict(markup, record->verdict, record->marginal);
	markup_close(markup);
	write_reason(markup, record, &tally);
	write_worst(markup, record);
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
	for (guint i = 0; i < record->notes->len; i++)
		markup_elementf(markup, "p", "soft wrap", "Note: %s",
		                (const char *)record->notes->pdata[i]);
	markup_close(markup);
}

/* --- pictures ------------------------------------------------------------------------------- */

/* Corner and lane are what tells pictures of one kind apart. */
static void write_caption(struct markup *markup, const struct run_record *record, const char *name,
                          int lane, guint step)
{
	const char *corner = "";
	if (step < record->steps->len)
		corner = ((const struct record_step *)record->steps->pdata[step])->corner;
	markup_open(markup, "figcaption");
	if (lane > 0)
		markup_elementf(markup, "b", NULL, "Lane %d ", lane);
	markup_textf(markup, "%s%s%s", name, *corner ? " at " : "", corner);
	markup_close(markup);
}

/* Where the light came from is told once, under the captured eye. */
static char *below_eye(const struct record_eye *eye)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (guint i = 0; i < eye->taps->len; i++) {
		g_autofree char *tap = markup_number(g_array_index(eye->taps, double, i), 3);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "taps ", tap);
	}
	if (text->len == 0 && *eye->route != '\0')
		g_string_append(text, strcmp(eye->route, "fibre") == 0 ? "through the fibre"
		                                                       : "without fibre");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void write_eye(struct markup *markup, const struct run_record *record,
                      const struct record_eye *eye, const char *png)
{
	g_autofree char *below = below_eye(eye);
	markup_open(markup, "figure");
	write_caption(markup, record, *eye->kind != '\0' ? eye->kind : title_of(eye->id), eye->lane,
	              eye->step);
	chart_eye(markup, eye, png);
	markup_element(markup, "p", "small", below);
	markup_close(markup);
}

/* An equalised eye stands beside the captured one of the same step before it. */
static gboolean makes_pair(const struct run_record *record, guint i)
{
	const struct record_eye *first = record->eyes->pdata[i];
	const struct record_eye *second;
	if (i + 1 >= record->eyes->len)
		return FALSE;
	second = record->eyes->pdata[i + 1];
	return strcmp(first->kind, "captured") == 0 && strcmp(second->kind, "equalised") == 0 &&
	       first->step == second->step && first->lane == second->lane;
}

/* Pictures of one figure; how many bytes they took, 0 when there was no room. */
static gsize write_pair(struct markup *markup, const struct run_record *record, guint first,
                        guint n, gsize room)
{
	char *png[2] = {NULL, NULL};
	gsize used = 0;
	for (guint i = 0; i < n; i++) {
		png[i] = picture_eye_png(record->eyes->pdata[first + i]);
		used += png[i] ? strlen(png[i]) : room + 1;
	}
	if (used <= room) {
		markup_open(markup, "div");
		markup_attr(markup, "class", "pair");
		for (guint i = 0; i < n; i++)
			write_eye(markup, record, record->eyes->pdata[first + i], png[i]);
		markup_close(markup);
	}
	for (guint i = 0; i < n; i++)
		g_free(png[i]);
	return used <= room ? used : 0;
}

static gboolean any_eye(const struct run_record *record)
{
	for (guint i = 0; i < record->eyes->len; i++) {
		const struct record_eye *eye = record->eyes->pdata[i];
		if (!run_record_superseded(record, eye->step))
			return TRUE;
	}
	return FALSE;
}

static void write_eyes(struct markup *markup, const struct run_record *record)
{
	gsize used = 0;
	guint left_out = 0, n;
	if (!any_eye(record))
		return;
	page_section(markup, "Eyes");
	markup_open(markup, "div");
	markup_attr(markup, "class", "pictures");
	for (guint i = 0; i < record->eyes->len; i += n) {
		const struct record_eye *eye = record->eyes->pdata[i];
		gsize took;
		n = makes_pair(record, i) ? 2 : 1;
		if (run_record_superseded(record, eye->step))
			continue;
		took = write_pair(markup, record, i, n, PICTURE_BYTES_MAX - used);
		used += took;
		left_out += took > 0 ? 0 : n;
	}
	markup_close(markup);
	markup_element(markup, "p", "small",
	               "Dashed: the three decision thresholds of TDECQ. Grey: its two histogram "
	               "windows. Marks on the right: mean levels 0 to 3 within them.");
	if (left_out > 0)
		markup_elementf(markup, "p", "small",
		                "%u more pictures are only in the run document, for size.",
		                left_out);
	markup_close(markup);
}

static gboolean is_first_of_kind(const struct run_record *record, guint i)
{
	const struct record_series *series = record->series->pdata[i];
	for (guint before = 0; before < i; before++) {
		const struct record_series *other = record->series->pdata[before];
		if (strcmp(other->id, series->id) == 0)
			return FALSE;
	}
	return TRUE;
}

static void write_kind(struct markup *markup, const struct run_record *record, const char *id)
{
	guint shown = 0, left_out = 0;
	page_section(markup, title_of(id));
	markup_open(markup, "div");
	markup_attr(markup, "class", "charts");
	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = record->series->pdata[i];
		if (strcmp(series->id, id) != 0 || run_record_superseded(record, series->step))
			continue;
		if (shown == CHARTS_MAX) {
			left_out++;
			continue;
		}
		shown++;
		markup_open(markup, "figure");
		write_caption(markup, record, title_of(series->id), series->lane, series->step);
		chart_series(markup, series);
		markup_close(markup);
	}
	markup_close(markup);
	if (strcmp(id, "rx_waterfall") == 0)
		markup_element(markup, "p", "small",
		               "Bars: confidence bounds. Open dot: no error seen, drawn at the "
		               "upper bound. Orange: fit and its confidence band. Green: "
		               "sensitivity. Red: error ratio that forward error correction "
		               "needs.");
	if (left_out > 0)
		markup_elementf(markup, "p", "small",
		                "%u more curves are only in the run document, for size.", left_out);
	markup_close(markup);
}

static void write_series(struct markup *markup, const struct run_record *record)
{
	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = record->series->pdata[i];
		if (is_first_of_kind(record, i))
			write_kind(markup, record, series->id);
	}
}

/* --- tables --------------------------------------------------------------------------------- */

static void write_constants(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] = {"Knob", "Lane", "Before", "Wanted", "Stored", NULL};
	if (record->constants->len == 0)
		return;
	page_section(markup, "Calibration constants");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->constants->len; i++) {
		const struct record_constant *constant = record->constants->pdata[i];
		const double values[] = {constant->before, constant->wanted, constant->stored};
		markup_open(markup, "tr");
		if (run_record_superseded(record, constant->step))
			markup_attr(markup, "class", "old");
		markup_element(markup, "td", "code", constant->knob);
		if (constant->lane > 0)
			markup_elementf(markup, "td", NULL, "%d", constant->lane);
		else
			markup_element(markup, "td", NULL, "");
		for (gsize v = 0; v < G_N_ELEMENTS(values); v++) {
			g_autofree char *text = isnan(values[v])
			                                ? g_strdup("unknown")
			                                : value_text(values[v], constant->unit, 2);
			markup_element(markup, "td", "number", text);
		}
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

static void write_step(struct markup *markup, const struct record_step *step, double longest_s)
{
	g_autofree char *took = page_duration(step->duration_s);
	markup_open(markup, "tr");
	if (step->superseded)
		markup_attr(markup, "class", "old");
	markup_element(markup, "td", NULL, step->name);
	markup_element(markup, "td", "code", step->kind);
	if (step->lane > 0)
		markup_elementf(markup, "td", NULL, "%d %s", step->lane, step->corner);
	else
		markup_element(markup, "td", NULL, step->corner);
	markup_elementf(markup, "td", NULL, "%d%s", step->attempt,
	                step->superseded ? " (replaced)" : "");
	page_bar_cell(markup, longest_s > 0 ? step->duration_s / longest_s : 0, took);
	markup_open(markup, "td");
	page_verdict(markup, step->verdict, FALSE);
	markup_close(markup);
	markup_element(markup, "td", "wrap", step->reason);
	markup_close(markup);
}

static void write_steps(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] = {"Step",     "Function", "Lane", "Attempt",
	                                    "Duration", "Verdict",  "Why",  NULL};
	double longest_s = 0;
	for (guint i = 0; i < record->steps->len; i++)
		longest_s = fmax(longest_s,
		                 ((const struct record_step *)record->steps->pdata[i])->duration_s);
	page_section(markup, "Steps");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->steps->len; i++)
		write_step(markup, record->steps->pdata[i], longest_s);
	page_table_end(markup);
	markup_close(markup);
}

static void write_instruments(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] = {"Instrument", "Class",    "Maker",           "Model",
	                                    "Serial",     "Firmware", "Calibration due", "Evidence",
	                                    "Address",    NULL};
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
		g_strdup_printf("%s: %s", record->serial, verdict_name(record->verdict));
	struct markup *markup = page_begin(title);
	write_verdict(markup, record);
	write_facts(markup, record);
	matrix_lanes(markup, record);
	matrix_unit(markup, record);
	write_eyes(markup, record);
	write_series(markup, record);
	write_constants(markup, record);
	write_steps(markup, record);
	write_instruments(markup, record);
	write_files(markup, record);
	matrix_judgements(markup, record);
	return markup_end(markup);
}
