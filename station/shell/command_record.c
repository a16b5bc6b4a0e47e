/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "reports/record.h"
#include "station/shell/command_tables.h"
#include "station/shell/shell.h"
#include "station/shell/table.h"
#include "station/store/query.h"

#include <math.h>
#include <string.h>

/* Runs as the store has them. */

enum { RUNS_OFFERED = 50, RUNS_SHOWN = 10 };

static void add_once(GPtrArray *names, const char *name)
{
	if (name && *name && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_ptr_array_add(names, g_strdup(name));
}

static GPtrArray *last_runs(struct shell *shell, guint n, GError **error)
{
	struct store *store = shell_store(shell, error);

	return store ? store_last_runs(store, shell_world(shell)->station_id, n, error) : NULL;
}

void complete_runs(struct shell *shell, GPtrArray *names)
{
	g_autoptr(GPtrArray) runs = last_runs(shell, RUNS_OFFERED, NULL);

	for (guint i = 0; runs && i < runs->len; i++) {
		const struct store_run *run = g_ptr_array_index(runs, i);
		add_once(names, run->serial);
		add_once(names, run->run_id);
	}
}

static void add_lots(struct shell *shell, GPtrArray *names)
{
	g_autoptr(GPtrArray) runs = last_runs(shell, RUNS_OFFERED, NULL);

	for (guint i = 0; runs && i < runs->len; i++)
		add_once(names, ((const struct store_run *)g_ptr_array_index(runs, i))->lot);
}

static void add_number(struct table *table, double number, const char *unit)
{
	table_add(table, isfinite(number) ? shell_value_number(number, g_intern_string(unit))
	                                  : (struct value){0});
}

static void add_lane(struct table *table, int lane)
{
	table_add(table, lane > 0 ? shell_value_number(lane, "1") : (struct value){0});
}

static void add_verdict(struct table *table, enum verdict verdict, gboolean marginal)
{
	g_autofree char *text =
		g_strdup_printf("%s%s", verdict_name(verdict), marginal ? " marginal" : "");

	table_add(table, shell_value_text(text));
}

static const struct table_column run_columns[] = {
	{"serial"},     {"verdict"}, {"lot"},     {"start"},
	{"took", TRUE}, {"run"},     {"touched"}, {"reason"},
};

static void add_run(struct table *table, const struct store_run *run)
{
	g_autofree char *start = clock_utc_text(run->start_us);

	table_add(table, shell_value_text(run->serial));
	add_verdict(table, run->verdict, run->marginal);
	table_add(table, shell_value_text(run->lot));
	table_add(table, shell_value_text(start));
	add_number(table, run->seconds, "s");
	table_add(table, shell_value_text(run->run_id));
	table_add(table, run->touched ? shell_value_text("since") : (struct value){0});
	table_add(table, shell_value_text(run->reason));
}

static gboolean run_last(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	guint n = call->values[0].kind ? (guint)call->values[0].number : RUNS_SHOWN;
	g_autoptr(GPtrArray) runs = last_runs(shell, n, error);
	struct table *table;

	if (!runs)
		return FALSE;
	table = table_new(run_columns, G_N_ELEMENTS(run_columns));
	for (guint i = 0; i < runs->len; i++)
		add_run(table, g_ptr_array_index(runs, i));
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_run_last = {
	.noun = "run",
	.verb = "last",
	.help = "this station's last runs, newest first",
	.examples = {"run last", "run last 50"},
	.arguments = {{"N", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 10000}},
	.run = run_last,
};

static const struct table_column value_columns[] = {
	{"measurement"}, {"lane", TRUE}, {"corner"},       {"value", TRUE}, {"uncertainty", TRUE},
	{"low", TRUE},   {"high", TRUE}, {"margin", TRUE}, {"verdict"},     {"reason"},
};

/* The row that decides: of those with this verdict the one with the least margin. */
static const struct judgement *deciding(const struct record_measurement *measurement)
{
	const struct judgement *found = NULL;

	for (guint i = 0; i < measurement->judgements->len; i++) {
		const struct judgement *one = g_ptr_array_index(measurement->judgements, i);
		if (!found ||
		    (one->verdict == measurement->verdict &&
		     (found->verdict != measurement->verdict || one->margin < found->margin)))
			found = one;
	}
	return found;
}

static void add_measurement(struct table *table, const struct record_measurement *measurement)
{
	const struct judgement *judged = deciding(measurement);
	const char *unit = measurement->unit && *measurement->unit ? measurement->unit : "1";
	const char *difference = strcmp(unit, "dBm") == 0 ? "dB" : unit;

	table_add(table, shell_value_text(measurement->id));
	add_lane(table, measurement->lane);
	table_add(table, shell_value_text(measurement->corner));
	add_number(table, measurement->value, unit);
	add_number(table, measurement->uncertainty, difference);
	add_number(table, judged ? judged->low : NAN, unit);
	add_number(table, judged ? judged->high : NAN, unit);
	add_number(table, judged ? judged->margin : NAN, difference);
	if (measurement->verdict == VERDICT_NONE)
		table_add(table, (struct value){0});
	else
		add_verdict(table, measurement->verdict, measurement->marginal);
	table_add(table, shell_value_text(measurement->reason));
}

static gboolean run_show(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	struct store *store = shell_store(shell, error);
	g_autoptr(run_record) record =
		store ? store_load_run(store, call->values[0].text, error) : NULL;
	const char *want = call->values[1].kind ? call->values[1].text : NULL;

	if (!record)
		return FALSE;
	g_autoptr(table) table = table_new(value_columns, G_N_ELEMENTS(value_columns));
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *one = g_ptr_array_index(record->measurements, i);
		if (!want || g_pattern_match_simple(want, one->id))
			add_measurement(table, one);
	}
	if (want && table_rows(table) == 0) {
		station_error_set(error, STATION_ERROR_CONFIG, "no measurement of %s is called %s",
		                  call->values[0].text, want);
		return FALSE;
	}
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_run_show = {
	.noun = "run",
	.verb = "show",
	.help = "the values of a run (or a serial number's latest), with limits and margins",
	.examples = {"run show SN0815", "run show SN0815 tx_tdecq", "run show SN0815 'tx_*'"},
	.arguments = {{"RUN", ARGUMENT_NAME, .complete = complete_runs},
                      {"MEASUREMENT", ARGUMENT_NAME, .optional = TRUE}},
	.run = run_show,
};

static const struct table_column lot_columns[] = {
	{"serial"},     {"part_number"}, {"verdict"}, {"start"},
	{"took", TRUE}, {"run"},         {"touched"}, {"reason"},
};

static void add_record(struct table *table, const struct run_record *record)
{
	g_autofree char *start = clock_utc_text(record->start_us);

	table_add(table, shell_value_text(record->serial));
	table_add(table, shell_value_text(record->part_number));
	add_verdict(table, record->verdict, record->marginal);
	table_add(table, shell_value_text(start));
	add_number(table, (record->end_us - record->start_us) * 1e-6, "s");
	table_add(table, shell_value_text(record->run_id));
	table_add(table, record->touched ? shell_value_text("since") : (struct value){0});
	table_add(table, shell_value_text(record->reason));
}

static gboolean lot_show(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	struct store *store = shell_store(shell, error);
	g_autoptr(GPtrArray) records =
		store ? store_load_lot(store, call->values[0].text, error) : NULL;
	struct table *table;

	if (!records)
		return FALSE;
	if (records->len == 0) {
		station_error_set(error, STATION_ERROR_STORAGE, "there is no run of a lot \"%s\"",
		                  call->values[0].text);
		return FALSE;
	}
	table = table_new(lot_columns, G_N_ELEMENTS(lot_columns));
	for (guint i = 0; i < records->len; i++)
		add_record(table, g_ptr_array_index(records, i));
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_lot_show = {
	.noun = "lot",
	.verb = "show",
	.help = "the runs of a lot, oldest first",
	.examples = {"lot show LOT-0815"},
	.arguments = {{"LOT", ARGUMENT_NAME, .complete = add_lots}},
	.run = lot_show,
};
