/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/record_table.h"

#include <math.h>
#include <string.h>

void table_add_number(struct table *table, double number, const char *unit)
{
	table_add(table, isfinite(number) ? shell_value_number(number, g_intern_string(unit))
	                                  : (struct value){0});
}

void table_add_lane(struct table *table, int lane)
{
	table_add(table, lane > 0 ? shell_value_number(lane, "1") : (struct value){0});
}

void table_add_verdict(struct table *table, enum verdict verdict, gboolean marginal)
{
	g_autofree char *text =
		g_strdup_printf("%s%s", verdict_name(verdict), marginal ? " marginal" : "");

	table_add(table, shell_value_text(text));
}

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

struct table *record_table_new(void)
{
	return table_new(value_columns, G_N_ELEMENTS(value_columns));
}

void record_table_add(struct table *table, const struct record_measurement *measurement)
{
	const struct judgement *judged = deciding(measurement);
	const char *unit = measurement->unit && *measurement->unit ? measurement->unit : "1";
	const char *difference = strcmp(unit, "dBm") == 0 ? "dB" : unit;

	table_add(table, shell_value_text(measurement->id));
	table_add_lane(table, measurement->lane);
	table_add(table, shell_value_text(measurement->corner));
	table_add_number(table, measurement->value, unit);
	table_add_number(table, measurement->uncertainty, difference);
	table_add_number(table, judged ? judged->low : NAN, unit);
	table_add_number(table, judged ? judged->high : NAN, unit);
	table_add_number(table, judged ? judged->margin : NAN, difference);
	if (measurement->verdict == VERDICT_NONE)
		table_add(table, (struct value){0});
	else
		table_add_verdict(table, measurement->verdict, measurement->marginal);
	table_add(table, shell_value_text(measurement->reason));
}
