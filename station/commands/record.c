/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "reports/record.h"
#include "station/commands/rows.h"
#include "station/commands/record_table.h"
#include "station/shell/shell.h"
#include "station/shell/table.h"
#include "station/store/query.h"

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

static const struct table_column run_columns[] = {
	{"serial"},     {"verdict"}, {"lot"},     {"start"},
	{"took", TRUE}, {"run"},     {"touched"}, {"reason"},
};

static void add_run(struct table *table, const struct store_run *run)
{
	g_autofree char *start = clock_utc_text(run->start_us);

	table_add(table, shell_value_text(run->serial));
	table_add_verdict(table, run->verdict, run->marginal);
	table_add(table, shell_value_text(run->lot));
	table_add(table, shell_value_text(start));
	table_add_number(table, run->seconds, "s");
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

static gboolean run_show(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	struct store *store = shell_store(shell, error);
	g_autoptr(run_record) record =
		store ? store_load_run(store, call->values[0].text, error) : NULL;
	const char *want = call->values[1].kind ? call->values[1].text : NULL;

	if (!record)
		return FALSE;
	g_autoptr(table) table = record_table_new();
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *one = g_ptr_array_index(record->measurements, i);
		if (!want || g_pattern_match_simple(want, one->id))
			record_table_add(table, one);
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
	table_add_verdict(table, record->verdict, record->marginal);
	table_add(table, shell_value_text(start));
	table_add_number(table, (record->end_us - record->start_us) * 1e-6, "s");
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
