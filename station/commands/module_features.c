/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/cmis/cmis_cdb.h"
#include "station/commands/rows.h"
#include "station/commands/module_view.h"

#include <string.h>

/* What the module says that it can. */

static const struct table_column columns[] = {{"feature"}, {"value"}};

#define FIRST_BUFFER 0x9F /* from there on are commands and what they carry */

/* What commands can is told in words of its own (add_commands). */
static gboolean is_feature(const struct cmis_field *field, gpointer data)
{
	static const char *const starts[] = {
		"has.",          "pages.",   "duration.", "diag.has_",
		"loopback.has_", "pattern.", "rx.",       "tx.",
	};

	if (field->access != CMIS_RO || field->page >= FIRST_BUFFER || field->type == CMIS_BYTES)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(starts); i++)
		if (g_str_has_prefix(field->name, starts[i]))
			return TRUE;
	return FALSE;
}

/* A bit for each code of the generators' patterns. */
static char *patterns_text(gint64 bits)
{
	const struct cmis_code *codes = cmis_field_find("lane.media_generator_pattern")->codes;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < 16; i++) {
		const char *name = cmis_code_name(codes, (int)i);

		if (bits >> i & 1)
			g_string_append_printf(text, "%s%s", text->len ? ", " : "",
			                       name ? name : "?");
	}
	return g_string_free(text->len ? text : g_string_append(text, "none"), FALSE);
}

static struct value value_of(const struct image_field *field)
{
	const struct cmis_field *row = field->row;
	g_autofree char *patterns = patterns_text(field->values[0].raw);

	if (g_str_has_prefix(row->name, "pattern.") && g_str_has_suffix(row->name, "_codes"))
		return shell_value_text(patterns);
	return row->type == CMIS_U8 && row->msb == row->lsb && !row->codes
	               ? shell_value_flag(field->values[0].raw != 0)
	               : unit_value(field, &field->values[0]);
}

static void add_count(struct table *table, const char *name, gsize count)
{
	unit_add_text(table, name);
	unit_add_count(table, (guint)count);
}

static gboolean add_commands(struct unit_call *unit, const struct image_decoded *decoded,
                             struct table *table, GError **error)
{
	struct cmis_cdb_features can;
	gint64 instances = 0;

	if (!unit_raw(decoded, "cdb.instances", 0, &instances) || !instances) {
		add_count(table, "cdb.instances", 0);
		return TRUE;
	}
	if (!cmis_cdb_features_read(module_memory(unit->module), &can, unit->bounds, error))
		return FALSE;
	add_count(table, "cdb.instances", can.instances);
	unit_add_text(table, "cdb.background");
	table_add(table, shell_value_flag(can.background));
	add_count(table, "cdb.extended_payload_bytes", can.epl_bytes);
	add_count(table, "cdb.write_bytes", can.lpl_write);
	add_count(table, "cdb.extended_write_bytes", can.epl_write);
	unit_add_text(table, "cdb.busy_time");
	table_add(table, shell_value_number(can.busy_s, "s"));
	return TRUE;
}

static gboolean features(struct unit_call *unit, GError **error)
{
	g_autoptr(image_decoded) decoded = unit_decode(unit, is_feature, NULL, error);
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));

	if (!decoded)
		return FALSE;
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		if (!is_feature(field->row, NULL) || !field->n)
			continue;
		unit_add_text(table, field->row->name);
		table_add(table, value_of(field));
	}
	if (!add_commands(unit, decoded, table, error))
		return FALSE;
	*unit->result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

static gboolean run_features(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {features, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_features = {
	.noun = "module",
	.verb = "features",
	.help = "what it advertises: pages, controls, monitors, diagnostics, commands, durations",
	.examples = {"module features"},
	.run = run_features,
};
