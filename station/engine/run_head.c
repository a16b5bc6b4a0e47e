/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/quirk_script.h"
#include "station/engine/run.h"

/* What a run's record says before anything was done: who, what, by which files. */

static void set_text(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text ? text : "");
}

static void record_instruments(struct run *run)
{
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		const struct config_instrument *item;
		struct record_instrument *entry;

		if (!run->site->uses[i])
			continue;
		item = config_instrument(run->config, run->site->uses[i]);
		entry = run_record_add_instrument(run->record);
		set_text(&entry->name, item->config.name);
		set_text(&entry->class_name, instrument_class_name(item->config.class));
		set_text(&entry->calibration_due, item->config.calibration_due);
		set_text(&entry->resource, item->config.resource);
	}
}

/* The table and its scripts, each once. */
static void record_quirks(struct run_record *record, const struct quirk_table *table)
{
	g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

	run_record_add_file(record, "quirks", table->path, table->sha256);
	for (guint i = 0; i < table->rows->len; i++) {
		const struct quirk *quirk = g_ptr_array_index(table->rows, i);
		const struct quirk_script *script = quirk->code;
		if (script && g_hash_table_add(told, script->path))
			run_record_add_file(record, "quirk-script", script->path, script->sha256);
	}
}

static void record_files(struct run *run)
{
	const struct product_files *files = run->files;

	run_record_add_file(run->record, "station", run->config->path, run->config->sha256);
	if (run->config->quirks)
		record_quirks(run->record, run->config->quirks);
	if (run->site->path_loss)
		run_record_add_file(run->record, "path-loss", run->site->path_loss->path,
		                    run->site->path_loss->sha256);
	if (*run->request->lot_sha256)
		run_record_add_file(run->record, "lot", run->request->lot,
		                    run->request->lot_sha256);
	if (!files)
		return;
	run_record_add_file(run->record, "type", files->type->path, files->type->sha256);
	run_record_add_file(run->record, "plan", files->plan->path, files->plan->sha256);
	for (guint i = 0; i < files->plan->files->len; i++) {
		const struct step_file *step = g_ptr_array_index(files->plan->files, i);
		run_record_add_file(run->record, "script", step->path, step->sha256);
	}
	run_record_add_file(run->record, "knobs", files->product->knobs,
	                    knob_map_sha256(files->knobs));
	for (guint i = 0; i < files->limits->len; i++) {
		const struct limit_set *set = g_ptr_array_index(files->limits, i);
		run_record_add_file(run->record, "limits", limit_set_path(set),
		                    limit_set_sha256(set));
	}
}

void run_begin_record(struct run *run)
{
	struct run_record *record = run->record;
	/* whose files are there may be said by hand, whatever the part number is */
	const struct config_product *product =
		run->files ? run->files->product
			   : config_product(run->config, run->request->part_number);

	set_text(&record->station_id, run->config->station_id);
	set_text(&record->station_version, STATION_VERSION);
	set_text(&record->lot, run->request->lot);
	set_text(&record->serial, run->request->serial);
	set_text(&record->part_number, run->request->part_number);
	set_text(&record->operator_name, run->request->operator_name);
	set_text(&record->type, product->type);
	set_text(&record->form_factor, product->form_factor);
	set_text(&record->product, product->part_number);
	set_text(&record->limits_edition, product->edition);
	if (run->files) {
		set_text(&record->stage, run->files->plan->stage);
		set_text(&record->plan_name, run->files->plan->name);
		set_text(&record->plan_revision, run->files->plan->revision);
	}
	record->site = run->site->site;
	record_files(run);
	record_instruments(run);
}
