/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/summary.h"

#include "reports/export.h"
#include "reports/json_text.h"

static void add_time(struct json_text *json, const char *key, gint64 unix_us)
{
	g_autofree char *time = export_time(unix_us);

	json_text_string(json, key, time);
}

char *summary_write(const struct run_record *record)
{
	struct json_text json = json_text_begin_line();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "schema", SUMMARY_SCHEMA);
	json_text_string(&json, "run_id", record->run_id);
	json_text_string(&json, "station", record->station_id);
	json_text_int(&json, "site", record->site);
	json_text_string(&json, "lot", record->lot);
	json_text_string(&json, "serial", record->serial);
	json_text_string(&json, "part_number", record->part_number);
	json_text_string(&json, "type", record->type);
	json_text_string(&json, "operation", record->stage);
	json_text_string(&json, "operator", record->operator_name);
	json_text_string(&json, "plan", record->plan_name);
	json_text_string(&json, "plan_revision", record->plan_revision);
	add_time(&json, "start", record->start_us);
	add_time(&json, "end", record->end_us);
	json_text_number(&json, "seconds", export_run_seconds(record));
	json_text_string(&json, "verdict", verdict_name(record->verdict));
	json_text_flag(&json, "marginal", record->marginal);
	json_text_string(&json, "reason", record->reason);
	json_text_string(&json, "first_failing_step", record->first_failing_step);
	json_text_close(&json, '}');
	return json_text_end(&json);
}
