/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_record.h"

#include "base/error.h"
#include "base/recording.h"
#include "base/recording_clock.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define FORMAT   1
#define MANIFEST "manifest.json"
#define CLOCK    "clock.jsonl"

/* --- the manifest -------------------------------------------------------------------------------
 */

/* What has to be the same when it is played back. */
struct manifest_row {
	const char *key;
	const char *words;
	char *value;
};

enum { MANIFEST_ROWS = 5 };

static void manifest_rows(const struct config *config, const struct lot_file *lot, int site,
                          struct manifest_row rows[MANIFEST_ROWS])
{
	char scale[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_dtostr(scale, sizeof scale, config->time_scale);
	rows[0] = (struct manifest_row){"configuration_sha256", "configuration",
	                                g_strdup(config->sha256)};
	rows[1] = (struct manifest_row){"time_scale", "scale of time", g_strdup(scale)};
	rows[2] = (struct manifest_row){"lot", "lot", g_strdup(lot->name)};
	rows[3] = (struct manifest_row){"lot_sha256", "lot file", g_strdup(lot->sha256)};
	rows[4] = (struct manifest_row){"site", "--site", g_strdup_printf("%d", site)};
}

static void manifest_rows_done(struct manifest_row rows[MANIFEST_ROWS])
{
	for (guint i = 0; i < MANIFEST_ROWS; i++)
		g_free(rows[i].value);
}

static gboolean fail_file(const char *path, const GError *cause, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "%s: %s", path, cause->message);
	return FALSE;
}

static gboolean manifest_write(const char *path, const struct manifest_row rows[MANIFEST_ROWS],
                               GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autoptr(GError) cause = NULL;

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "format");
	json_builder_add_int_value(builder, FORMAT);
	json_builder_set_member_name(builder, "station_version");
	json_builder_add_string_value(builder, STATION_VERSION);
	for (guint i = 0; i < MANIFEST_ROWS; i++) {
		json_builder_set_member_name(builder, rows[i].key);
		json_builder_add_string_value(builder, rows[i].value);
	}
	json_builder_end_object(builder);
	g_autoptr(JsonNode) root = json_builder_get_root(builder);
	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, TRUE);
	return json_generator_to_file(generator, path, &cause) || fail_file(path, cause, error);
}

static const char *text_member(JsonObject *object, const char *key)
{
	JsonNode *node = json_object_get_member(object, key);

	return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
	                                                               : NULL;
}

static gboolean is_format(JsonObject *object)
{
	JsonNode *node = json_object_get_member(object, "format");

	return node && json_node_get_value_type(node) == G_TYPE_INT64 &&
	       json_node_get_int(node) == FORMAT;
}

static gboolean manifest_check(const char *path, const struct manifest_row rows[MANIFEST_ROWS],
                               GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) cause = NULL;

	if (!json_parser_load_from_file(parser, path, &cause))
		return fail_file(path, cause, error);
	JsonNode *root = json_parser_get_root(parser);
	JsonObject *object =
		root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	if (!object || !is_format(object)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: not a recording of format %d",
		                  path, FORMAT);
		return FALSE;
	}
	for (guint i = 0; i < MANIFEST_ROWS; i++) {
		const char *was = text_member(object, rows[i].key);
		if (was && strcmp(was, rows[i].value) == 0)
			continue;
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "%s: recorded with another %s: \"%s\", now \"%s\"", path,
		                  rows[i].words, was ? was : "", rows[i].value);
		return FALSE;
	}
	return TRUE;
}

/* --- the configuration --------------------------------------------------------------------------
 */

/* "record:file=FOLDER/NAME.jsonl:RESOURCE" in place of RESOURCE. */
static char *with_top(const char *top, const char *folder, const char *name, const char *resource)
{
	g_autofree char *file = g_strdup_printf("%s.jsonl", name);
	g_autofree char *path = g_build_filename(folder, g_strdelimit(file, "/", '_'), NULL);

	return recording_resource(top, path, resource);
}

static void put_tops(struct config *config, const char *top, const char *folder)
{
	for (guint i = 0; i < config->instruments->len; i++) {
		struct config_instrument *item = g_ptr_array_index(config->instruments, i);
		char *plain = (char *)item->config.resource;
		item->config.resource = with_top(top, folder, item->config.name, plain);
		g_free(plain);
	}
	for (guint i = 0; i < config->sites->len; i++) {
		struct config_site *site = g_ptr_array_index(config->sites, i);
		g_autofree char *name = g_strdup_printf("fixture-%d", site->site);
		char *plain = site->fixture;
		site->fixture = with_top(top, folder, name, plain);
		g_free(plain);
	}
}

static void replace(char **place, char *text)
{
	g_free(*place);
	*place = text;
}

/* Nothing real is moved, and nothing that was not measured goes where records are. */
static void keep_apart(struct config *config, const char *folder)
{
	static const char *const no_loader[] = {"true", NULL};

	config->is_replayed = TRUE;
	replace(&config->store_path, g_build_filename(folder, "replayed", "store.sqlite", NULL));
	replace(&config->reports_path, g_build_filename(folder, "replayed", NULL));
	for (guint i = 0; i < config->sites->len; i++) {
		struct config_site *site = g_ptr_array_index(config->sites, i);
		if (!site->loader)
			continue;
		g_strfreev(site->loader);
		site->loader = g_strdupv((char **)no_loader);
	}
}

/* --- begin and end ------------------------------------------------------------------------------
 */

static gboolean make_folder(const char *folder, GError **error)
{
	if (g_mkdir_with_parents(folder, 0755) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "cannot make the folder %s", folder);
	return FALSE;
}

gboolean lot_record_begin(struct config *config, const struct lot_file *lot, int site,
                          const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, MANIFEST, NULL);
	g_autofree char *clock = g_build_filename(folder, CLOCK, NULL);
	struct manifest_row rows[MANIFEST_ROWS];

	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "%s holds a recording already; name another folder", folder);
		return FALSE;
	}
	manifest_rows(config, lot, site, rows);
	gboolean ok = make_folder(folder, error) && manifest_write(path, rows, error) &&
	              recording_clock_write(clock, error);
	manifest_rows_done(rows);
	if (ok)
		put_tops(config, "record", folder);
	return ok;
}

gboolean lot_replay_begin(struct config *config, const struct lot_file *lot, int site,
                          const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, MANIFEST, NULL);
	g_autofree char *clock = g_build_filename(folder, CLOCK, NULL);
	g_autofree char *replayed = g_build_filename(folder, "replayed", NULL);
	struct manifest_row rows[MANIFEST_ROWS];

	manifest_rows(config, lot, site, rows);
	gboolean ok = manifest_check(path, rows, error) && make_folder(replayed, error) &&
	              recording_clock_replay(clock, error);
	manifest_rows_done(rows);
	if (!ok)
		return FALSE;
	put_tops(config, "replay", folder);
	keep_apart(config, folder);
	return TRUE;
}

gboolean lot_record_end(GError **error)
{
	g_autofree char *where = NULL;
	gboolean ok = recording_all_played(&where);

	if (!ok)
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "%s: what was recorded behind it did not happen", where);
	ok = recording_clock_end(ok ? error : NULL) && ok;
	recording_forget_all();
	return ok;
}
