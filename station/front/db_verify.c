/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"

#include "station/store/state.h"
#include "station/store/upkeep.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

static gboolean is_whole(const struct store_proof *proof)
{
	return proof->n_findings == 0 && proof->first_unsigned == 0;
}

/* --- for people ------------------------------------------------------------------------------- */

static void print_finding(const struct store_finding *finding)
{
	printf("WRONG  %s", finding->table);
	if (finding->run_id)
		printf(", run %s", finding->run_id);
	if (finding->number >= 0)
		printf(", number %" G_GINT64_FORMAT, finding->number);
	if (finding->column)
		printf(", %s", finding->column);
	printf(": %s\n", finding->words);
}

static void print_proof(const char *path, const struct store_proof *proof)
{
	for (guint i = 0; i < proof->findings->len; i++)
		print_finding(proof->findings->pdata[i]);
	if (proof->n_findings > proof->findings->len)
		printf("WRONG  and %" G_GUINT64_FORMAT " more\n",
		       proof->n_findings - proof->findings->len);
	if (proof->n_bad_lines)
		printf("note   %u lines of %s.heads are cut off\n", proof->n_bad_lines, path);
	if (proof->first_unsigned)
		printf("WRONG  heads, number %" G_GINT64_FORMAT
		       ": from here on nothing is signed, the "
		       "key could not be used then; if these runs are known to be right: station "
		       "db verify --sign\n",
		       proof->first_unsigned);
	printf("%s: %" G_GUINT64_FORMAT " runs, %" G_GUINT64_FORMAT " rows of the chain, "
	       "%" G_GUINT64_FORMAT " signatures: %s\n",
	       path, proof->runs, proof->rows, proof->signatures,
	       is_whole(proof) ? "as they were stored" : "NOT as they were stored");
	if (proof->hash)
		printf("last row %" G_GINT64_FORMAT " %s\n", proof->last, proof->hash);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void add_finding(JsonBuilder *json, const struct store_finding *finding)
{
	json_builder_begin_object(json);
	db_json_text(json, "table", finding->table);
	db_json_text(json, "run_id", finding->run_id);
	json_builder_set_member_name(json, "number");
	if (finding->number >= 0)
		json_builder_add_int_value(json, finding->number);
	else
		json_builder_add_null_value(json);
	db_json_text(json, "column", finding->column);
	db_json_text(json, "words", finding->words);
	json_builder_end_object(json);
}

static void print_json(const char *path, const struct store_proof *proof)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	db_json_text(json, "file", path);
	json_builder_set_member_name(json, "whole");
	json_builder_add_boolean_value(json, is_whole(proof));
	db_json_int(json, "runs", (gint64)proof->runs);
	db_json_int(json, "rows", (gint64)proof->rows);
	db_json_int(json, "signatures", (gint64)proof->signatures);
	db_json_int(json, "last", proof->last);
	db_json_text(json, "hash", proof->hash);
	db_json_int(json, "first_unsigned", proof->first_unsigned);
	db_json_int(json, "lines_cut_off", proof->n_bad_lines);
	db_json_int(json, "wrong", (gint64)proof->n_findings);
	json_builder_set_member_name(json, "findings");
	json_builder_begin_array(json);
	for (guint i = 0; i < proof->findings->len; i++)
		add_finding(json, proof->findings->pdata[i]);
	json_builder_end_array(json);
	json_builder_end_object(json);
	db_json_print(json);
}

/* --- the call --------------------------------------------------------------------------------- */

static gboolean verify(const struct db_call *call, struct store_proof *proof, GError **error)
{
	struct db_progress progress;
	struct store_progress told = db_progress_begin(&progress, "verifying");
	g_autoptr(store) store = store_open_to_read(call->config->store_path, error);

	return store && store_verify(store, NULL, call->key, &told, proof, error);
}

int db_verify(const struct db_call *call)
{
	const char *path = call->config->store_path;
	struct store_proof proof;
	GError *error = NULL;
	gboolean whole;

	if (!verify(call, &proof, &error))
		return front_fail(error);
	/* only what is right otherwise is signed */
	if (call->sign && proof.n_findings == 0 && proof.first_unsigned) {
		store_proof_clear(&proof);
		if (!store_sign(path, &error) || !verify(call, &proof, &error))
			return front_fail(error);
	}
	whole = is_whole(&proof);
	if (call->json)
		print_json(path, &proof);
	else
		print_proof(path, &proof);
	store_proof_clear(&proof);
	return whole ? EXIT_CODE_OK : EXIT_CODE_STORAGE;
}
