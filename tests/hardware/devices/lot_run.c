/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/lot_run.h"

#include <gio/gio.h>
#include <string.h>

#define PART_NUMBER "VB-QDD-DR4-500"

static char *path_of(struct whole_site *site, const char *name)
{
	return g_build_filename(whole_site_folder(site), name, NULL);
}

/* The program with the site's configuration, its output to be read. */
static GSubprocess *start(struct whole_site *site, const char *const *arguments)
{
	g_autofree char *program = g_build_filename(g_getenv("STATION_BIN"), "station", NULL);
	g_autofree char *config = path_of(site, "station.yaml");
	g_autofree char *locks = path_of(site, "locks");
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocessLauncher) launcher =
		g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);

	g_ptr_array_add(words, program);
	g_ptr_array_add(words, (gpointer) "--config");
	g_ptr_array_add(words, config);
	for (guint i = 0; arguments[i]; i++)
		g_ptr_array_add(words, (gpointer)arguments[i]);
	g_ptr_array_add(words, NULL);
	g_subprocess_launcher_setenv(launcher, "STATION_LOCKDIR", locks, TRUE);
	/* to its standard error, which is the test's */
	GSubprocess *station =
		g_subprocess_launcher_spawnv(launcher, (const char *const *)words->pdata, &error);
	g_assert_no_error(error);
	return station;
}

static void write_lot(const char *path, const char *const *serials)
{
	g_autoptr(GString) text = g_string_new("serial,part_number\n");
	g_autoptr(GError) error = NULL;

	for (guint i = 0; serials[i]; i++)
		g_string_append_printf(text, "%s," PART_NUMBER "\n", serials[i]);
	g_file_set_contents(path, text->str, -1, &error);
	g_assert_no_error(error);
}

static const char *member(JsonObject *object, const char *name)
{
	return json_object_get_string_member_with_default(object, name, NULL);
}

static void tell(struct whole_site *site, const char *line, lot_event_fn heard, void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) node = json_from_string(line, &error);

	g_assert_no_error(error);
	JsonObject *object = json_node_get_object(node);
	const char *event = member(object, "event");
	const char *step = member(object, "name");
	if (event)
		heard(site, event, step ? step : member(object, "text"), data);
}

int lot_run(struct whole_site *site, const char *const *serials, lot_event_fn heard, void *data)
{
	g_autofree char *path = path_of(site, "lot.csv");
	const char *const arguments[] = {"--lot", path, "--json", NULL};
	g_autoptr(GError) error = NULL;
	char *line;

	write_lot(path, serials);
	g_autoptr(GSubprocess) station = start(site, arguments);
	g_autoptr(GDataInputStream) lines =
		g_data_input_stream_new(g_subprocess_get_stdout_pipe(station));
	while ((line = g_data_input_stream_read_line(lines, NULL, NULL, &error))) {
		if (heard)
			tell(site, line, heard, data);
		g_free(line);
	}
	g_assert_no_error(error);
	g_subprocess_wait(station, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_subprocess_get_if_exited(station));
	return g_subprocess_get_exit_status(station);
}

JsonNode *lot_record(struct whole_site *site, const char *serial)
{
	const char *const arguments[] = {"report", serial, "--format", "json", NULL};
	g_autoptr(GSubprocess) station = start(site, arguments);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	g_subprocess_communicate_utf8(station, NULL, NULL, &text, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_subprocess_get_exit_status(station), ==, 0);
	JsonNode *record = json_from_string(text, &error);
	g_assert_no_error(error);
	return record;
}

void lot_assert_verdict(struct whole_site *site, const char *serial, const char *verdict,
                        const char *word)
{
	g_autoptr(JsonNode) record = lot_record(site, serial);
	JsonObject *run = json_node_get_object(record);
	const char *reason = member(run, "reason");

	g_test_message("%s: %s %s", serial, member(run, "verdict"), reason ? reason : "");
	g_assert_cmpstr(member(run, "verdict"), ==, verdict);
	if (word && (!reason || !strstr(reason, word)))
		g_error("\"%s\" does not say \"%s\"", reason, word);
}
