/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_SHELL_BED_H
#define TESTS_BENCH_SHELL_BED_H

#include "tests/bench/bench_process.h"

#include "station/commands/commands.h"
#include "station/engine/config.h"
#include "station/script/script_step.h"
#include "station/shell/shell.h"
#include "station/shell/site.h"
#include "station/steps/steps.h"

#include <glib/gstdio.h>

/*
 * A shell at a site of a virtual bench of its own, of the shipped example; one for all tests of a
 * program, since a bench takes its time to start. Unit SN1 is in the socket.
 */
struct shell_bed {
	struct bench_process bench;
	char *folder, *config_path;
	struct step_table steps; /* the station's own, and those in files */
	struct config *config;
	struct shell *shell;
	GCancellable *cancel_at_write; /* null: none */
	GString *out;                  /* what the last line wrote, messages too */
};

static inline void shell_bed_write(const char *text, gpointer data)
{
	struct shell_bed *bed = data;

	g_string_append(bed->out, text);
	if (bed->cancel_at_write)
		g_cancellable_cancel(bed->cancel_at_write);
}

static inline void shell_bed_write_error(const char *text, gpointer data)
{
	g_string_append_printf(((struct shell_bed *)data)->out, "! %s\n", text);
}

static inline void shell_bed_open(struct shell_bed *bed, gboolean json)
{
	const struct shell_world world = {
		.commands = shell_commands,
		.steps = &bed->steps,
		.config = bed->config,
		.config_path = bed->config_path,
		.store_path = bed->config->store_path,
		.station_id = bed->config->station_id,
		.write = shell_bed_write,
		.write_error = shell_bed_write_error,
		.data = bed,
		.json = json,
	};

	bed->steps = (struct step_table){steps_table.steps, steps_table.n, &script_source};
	shell_free(bed->shell);
	bed->shell = shell_new(&world);
}

/* `sites` as virtual-bench takes them: the model whose socket it is. */
static inline void shell_bed_begin_for(struct shell_bed *bed, const char *sites)
{
	const char *source = g_getenv("STATION_SRC");
	g_autofree char *program = bench_program();
	g_autofree char *bin = g_path_get_dirname(program);
	g_autofree char *search = g_strdup_printf("%s:%s", bin, g_getenv("PATH"));
	g_autofree char *template = g_build_filename(source ? source : ".", "station", "examples",
	                                             "virtual-bench.yaml.in", NULL);
	g_autoptr(GError) error = NULL;

	g_setenv("PATH", search, TRUE); /* for the site's loader */
	*bed = (struct shell_bed){.out = g_string_new(NULL)};
	bed->folder = g_dir_make_tmp("station-shell-XXXXXX", &error);
	g_assert_no_error(error);
	bed->config_path = g_build_filename(bed->folder, "station.yaml", NULL);
	const char *const arguments[] =
		{"--seed", "7",     "--time-scale",   "1000",    "--template",
	         template, "--out", bed->config_path, "--sites", sites,
	         NULL};
	bench_start(&bed->bench, arguments);
	bed->config = config_load(bed->config_path, &error);
	g_assert_no_error(error);
	bench_tell(&bed->bench, "{\"command\":\"insert\",\"site\":1,\"serial\":\"SN1\"}");
	shell_bed_open(bed, FALSE);
}

static inline void shell_bed_begin(struct shell_bed *bed)
{
	shell_bed_begin_for(bed, "dr4");
}

static inline void shell_bed_remove(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);
		shell_bed_remove(inner);
	}
	g_remove(path);
}

static inline void shell_bed_end(struct shell_bed *bed)
{
	shell_free(bed->shell);
	config_free(bed->config);
	bench_stop(&bed->bench, SIGTERM);
	shell_bed_remove(bed->folder);
	g_free(bed->folder);
	g_free(bed->config_path);
	g_string_free(bed->out, TRUE);
}

/* What a line writes, then its error with "error: " in front; good until the next line. */
static inline const char *shell_bed_say(struct shell_bed *bed, const char *line)
{
	g_autoptr(GError) error = NULL;

	g_string_truncate(bed->out, 0);
	if (!shell_run(bed->shell, line, NULL, &error))
		g_string_append_printf(bed->out, "error: %s\n", error->message);
	return bed->out->str;
}

/* The same, and wants all of it to match a pattern with * and ?. */
static inline void shell_bed_expect(struct shell_bed *bed, const char *line, const char *pattern)
{
	const char *said = shell_bed_say(bed, line);

	if (!g_pattern_match_simple(pattern, said))
		g_error("\"%s\" says\n%sbut should\n%s", line, said, pattern);
}

#endif
