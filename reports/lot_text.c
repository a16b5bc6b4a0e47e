/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "base/csv.h"
#include "base/number.h"
#include "reports/json_text.h"
#include "reports/lot.h"
#include "reports/lot_use.h"
#include "reports/shift.h"

#include <math.h>

static void write_unit(struct json_text *json, const struct lot_unit *unit)
{
	g_autofree char *reason = lot_unit_reason(unit);
	json_text_open(json, NULL, '{');
	json_text_string(json, "serial", unit->serial);
	json_text_string(json, "part_number", unit->part_number);
	json_text_string(json, "type", unit->type);
	json_text_string(json, "verdict", lot_unit_word(unit));
	json_text_flag(json, "first_pass", unit->first_pass);
	json_text_flag(json, "marginal", unit->marginal);
	json_text_string(json, "stage", unit->telling->stage);
	json_text_string(json, "reason", reason);
	json_text_string(json, "first_failing_step", unit->telling->first_failing_step);
	json_text_int(json, "runs", unit->n_runs);
	json_text_number(json, "duration_s", unit->duration_s);
	json_text_string(json, "run_id", unit->telling->run_id);
	json_text_close(json, '}');
}

static void write_types(struct json_text *json, const struct lot_summary *summary)
{
	json_text_open(json, "types", '[');
	for (guint i = 0; i < summary->types->len; i++) {
		const struct lot_type *type = &g_array_index(summary->types, struct lot_type, i);
		json_text_open(json, NULL, '{');
		json_text_string(json, "type", type->type);
		json_text_int(json, "units", type->units);
		json_text_int(json, "passed", type->passed);
		json_text_int(json, "first_passed", type->first_passed);
		json_text_int(json, "failed", type->failed);
		json_text_int(json, "not_judged", type->not_judged);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void write_parameters(struct json_text *json, const struct lot_summary *summary)
{
	json_text_open(json, "failing_parameters", '[');
	for (guint i = 0; i < summary->parameters->len; i++) {
		const struct lot_parameter *parameter =
			&g_array_index(summary->parameters, struct lot_parameter, i);
		for (guint t = 0; t < summary->types->len; t++) {
			if (parameter->by_type[t] == 0)
				continue;
			json_text_open(json, NULL, '{');
			json_text_string(json, "id", parameter->id);
			json_text_string(json, "type",
			                 g_array_index(summary->types, struct lot_type, t).type);
			json_text_int(json, "units", parameter->by_type[t]);
			json_text_close(json, '}');
		}
	}
	json_text_close(json, ']');
}

static void write_lists(struct json_text *json, const struct lot_summary *summary)
{
	json_text_open(json, "first_failing_steps", '[');
	for (guint i = 0; i < summary->causes->len; i++) {
		const struct lot_cause *cause =
			&g_array_index(summary->causes, struct lot_cause, i);
		json_text_open(json, NULL, '{');
		json_text_string(json, "step", cause->step);
		json_text_int(json, "units", cause->count);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	json_text_open(json, "steps", '[');
	for (guint i = 0; i < summary->times->len; i++) {
		const struct lot_time *time = &g_array_index(summary->times, struct lot_time, i);
		json_text_open(json, NULL, '{');
		json_text_string(json, "step", time->step);
		json_text_int(json, "times_done", time->count);
		json_text_number(json, "median_s", time->median_s);
		json_text_number(json, "total_s", time->total_s);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	json_text_open(json, "units", '[');
	for (guint i = 0; i < summary->units->len; i++)
		write_unit(json, &g_array_index(summary->units, struct lot_unit, i));
	json_text_close(json, ']');
}

/* {low, high} at 95 %, null where there is nothing to divide by. */
static void write_bounds(struct json_text *json, const char *key, const struct lot_report *lot,
                         const struct lot_summary *summary, guint good)
{
	double bounds[2] = {NAN, NAN};
	if (!lot->bounds)
		return;
	lot->bounds(good, summary->passed + summary->failed, &bounds[0], &bounds[1]);
	json_text_numbers(json, key, bounds, 2);
}

static void write_use(struct json_text *json, const struct lot_report *lot)
{
	struct lot_use *use = lot_use_of(lot->records);
	const struct lot_instrument *bottleneck = lot_use_bottleneck(use);
	json_text_open(json, "use", '{');
	json_text_number(json, "test_s", use->test_s);
	json_text_number(json, "runs_per_hour", use->runs_per_hour);
	json_text_string(json, "bottleneck", bottleneck ? bottleneck->name : NULL);
	json_text_number(json, "busy_pct", bottleneck ? bottleneck->busy_pct : NAN);
	json_text_open(json, "instruments", '[');
	for (guint i = 0; i < use->instruments->len; i++) {
		const struct lot_instrument *one =
			&g_array_index(use->instruments, struct lot_instrument, i);
		json_text_open(json, NULL, '{');
		json_text_string(json, "name", one->name);
		json_text_int(json, "takes", one->takes);
		json_text_number(json, "busy_s", one->busy_s);
		json_text_number(json, "busy_pct", one->busy_pct);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	json_text_open(json, "sites", '[');
	for (guint i = 0; i < use->sites->len; i++) {
		const struct lot_site *one = &g_array_index(use->sites, struct lot_site, i);
		json_text_open(json, NULL, '{');
		json_text_string(json, "name", one->name);
		json_text_int(json, "runs", one->runs);
		json_text_number(json, "test_s", one->test_s);
		json_text_number(json, "waited_s", one->waited_s);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	json_text_close(json, '}');
	lot_use_free(use);
}

static double yield_of(const struct lot_summary *summary, guint good)
{
	return lot_yield(good, summary->passed, summary->failed);
}

char *report_lot_json(const struct lot_report *lot)
{
	struct lot_summary *summary = lot_summarise(lot);
	struct json_text json = json_text_begin();
	json_text_open(&json, NULL, '{');
	json_text_string(&json, "schema", lot->span ? "station-shift-1" : "station-lot-1");
	json_text_string(&json, lot->span ? "span" : "lot", lot->lot);
	json_text_int(&json, "runs", lot->records->len);
	json_text_int(&json, "units_total", summary->units->len);
	json_text_int(&json, "passed", summary->passed);
	json_text_int(&json, "first_passed", summary->first_passed);
	json_text_int(&json, "failed", summary->failed);
	json_text_int(&json, "not_judged", summary->not_judged);
	json_text_number(&json, "first_pass_yield", yield_of(summary, summary->first_passed));
	json_text_number(&json, "final_yield", yield_of(summary, summary->passed));
	write_bounds(&json, "first_pass_bounds", lot, summary, summary->first_passed);
	write_bounds(&json, "final_bounds", lot, summary, summary->passed);
	json_text_number(&json, "median_run_s", summary->median_run_s);
	if (lot->span)
		shift_write_json(&json, lot);
	write_use(&json, lot);
	write_types(&json, summary);
	write_parameters(&json, summary);
	write_lists(&json, summary);
	json_text_close(&json, '}');
	lot_summary_free(summary);
	return json_text_end(&json);
}

static const char *const columns[] = {
	"lot",   "serial", "part_number",        "type", "verdict",    "first_pass", "marginal",
	"stage", "reason", "first_failing_step", "runs", "duration_s", "run_id",
};

char *report_lot_csv(const struct lot_report *lot)
{
	struct lot_summary *summary = lot_summarise(lot);
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
		csv_append(out, columns[i]);
	g_string_append(out, "\r\n");
	for (guint i = 0; i < summary->units->len; i++) {
		const struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, i);
		const struct run_record *run = unit->telling;
		g_autofree char *reason = lot_unit_reason(unit);
		g_autofree char *runs = g_strdup_printf("%u", unit->n_runs);
		g_autofree char *took = number_format(unit->duration_s);
		const char *const fields[] = {
			lot->span ? run->lot : lot->lot,
			unit->serial,
			unit->part_number,
			unit->type,
			lot_unit_word(unit),
			unit->first_pass ? "1" : "0",
			unit->marginal ? "1" : "0",
			run->stage,
			reason ? reason : "",
			run->first_failing_step ? run->first_failing_step : "",
			runs,
			took,
			run->run_id,
		};
		G_STATIC_ASSERT(G_N_ELEMENTS(fields) == G_N_ELEMENTS(columns));
		for (gsize f = 0; f < G_N_ELEMENTS(fields); f++)
			csv_append(out, fields[f]);
		g_string_append(out, "\r\n");
	}
	lot_summary_free(summary);
	return g_string_free(out, FALSE);
}
