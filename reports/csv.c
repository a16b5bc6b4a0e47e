/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "base/csv.h"
#include "base/number.h"
#include "reports/page.h"
#include "reports/record.h"

#include <math.h>

static const char *const measurement_columns[] = {
	"run_id",       "serial", "lot",      "stage",  "step", "attempt",      "superseded",
	"id",           "lane",   "corner",   "value",  "unit", "uncertainty",  "verdict",
	"marginal",     "reason", "limit_id", "gate",   "low",  "high",         "low_guarded",
	"high_guarded", "margin", "mark",     "source", "rule", "false_accept", "touched",
};

static const char *const constant_columns[] = {
	"run_id", "serial",  "lot",    "stage",  "step",     "superseded",    "knob",
	"lane",   "entry",   "at",     "before", "wanted",   "stored",        "unit",
	"raw",    "address", "source", "fit",    "residual", "residual_unit",
};

static void append_number(GString *out, double value)
{
	g_autofree char *text = isnan(value) ? g_strdup("") : number_format(value);
	csv_append(out, text);
}

static void append_int(GString *out, int value)
{
	g_autofree char *text = g_strdup_printf("%d", value);
	csv_append(out, text);
}

static void append_text(GString *out, const char *text)
{
	csv_append(out, text ? text : "");
}

/* Of several limits the decisive one. */
static void append_judgement(GString *out, const struct judgement *judgement)
{
	static const struct judgement none = {.low = NAN,
	                                      .high = NAN,
	                                      .low_guarded = NAN,
	                                      .high_guarded = NAN,
	                                      .false_accept = NAN,
	                                      .margin = NAN};
	const struct judgement *shown = judgement ? judgement : &none;
	append_text(out, shown->limit_id);
	append_text(out, judgement ? limit_gate_name(judgement->gate) : "");
	append_number(out, shown->low);
	append_number(out, shown->high);
	append_number(out, shown->low_guarded);
	append_number(out, shown->high_guarded);
	append_number(out, shown->margin);
	append_text(out, (const char[]){shown->mark, '\0'});
	append_text(out, shown->source);
	append_text(out, judgement ? limit_rule_name(judgement->rule) : "");
	append_number(out, shown->false_accept);
}

/* Each line says it, for lines are what is taken out of a table. */
static void append_measurement(GString *out, const struct run_record *record,
                               const struct record_measurement *measurement, const char *touched)
{
	const struct record_step *step = NULL;
	if (measurement->step < record->steps->len)
		step = record->steps->pdata[measurement->step];
	append_text(out, record->run_id);
	append_text(out, record->serial);
	append_text(out, record->lot);
	append_text(out, record->stage);
	append_text(out, step ? step->name : "");
	append_int(out, step ? step->attempt : 1);
	append_int(out, run_record_superseded(record, measurement->step));
	append_text(out, measurement->id);
	append_int(out, measurement->lane);
	append_text(out, measurement->corner);
	append_number(out, measurement->value);
	append_text(out, measurement->unit);
	append_number(out, measurement->uncertainty);
	append_text(out, verdict_name(measurement->verdict));
	append_int(out, measurement->marginal);
	append_text(out, measurement->reason);
	append_judgement(out, record_measurement_decisive(measurement));
	append_text(out, touched);
	g_string_append(out, "\r\n");
}

static void append_head(GString *out, const char *const *columns, gsize n)
{
	for (gsize i = 0; i < n; i++)
		csv_append(out, columns[i]);
	g_string_append(out, "\r\n");
}

char *report_unit_csv(const struct run_record *record)
{
	GString *out = g_string_new(NULL);
	g_autofree char *touched = page_time(record->touched ? record->touched->time_us : 0);
	append_head(out, measurement_columns, G_N_ELEMENTS(measurement_columns));
	for (guint i = 0; i < record->measurements->len; i++)
		append_measurement(out, record, record->measurements->pdata[i], touched);
	return g_string_free(out, FALSE);
}

static void append_constant(GString *out, const struct run_record *record,
                            const struct record_constant *constant)
{
	const struct record_step *step = NULL;
	if (constant->step < record->steps->len)
		step = record->steps->pdata[constant->step];
	append_text(out, record->run_id);
	append_text(out, record->serial);
	append_text(out, record->lot);
	append_text(out, record->stage);
	append_text(out, step ? step->name : "");
	append_int(out, run_record_superseded(record, constant->step));
	append_text(out, constant->knob);
	append_int(out, constant->lane);
	append_number(out, constant->entry < 0 ? NAN : constant->entry);
	append_number(out, constant->at);
	append_number(out, constant->before);
	append_number(out, constant->wanted);
	append_number(out, constant->stored);
	append_text(out, constant->unit);
	append_number(out, constant->raw);
	append_text(out, constant->address);
	append_text(out, constant->source);
	append_text(out, constant->fit);
	append_number(out, constant->residual);
	append_text(out, constant->residual_unit);
	g_string_append(out, "\r\n");
}

char *report_constants_csv(const struct run_record *record)
{
	GString *out = g_string_new(NULL);
	append_head(out, constant_columns, G_N_ELEMENTS(constant_columns));
	for (guint i = 0; i < record->constants->len; i++)
		append_constant(out, record, record->constants->pdata[i]);
	return g_string_free(out, FALSE);
}
