/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/loader.h"

#include "base/child.h"
#include "base/error.h"

static char *replace(const char *text, const char *word, const char *with)
{
	g_auto(GStrv) parts = g_strsplit(text, word, -1);

	return g_strjoinv(with, parts);
}

/* `word` is what `with` stands for in the command: {serial} or {lane}. */
static char **command_line(const struct config_site *site, char **command, const char *action,
                           const char *word, const char *with)
{
	GPtrArray *argv = g_ptr_array_new();
	g_autofree char *number = g_strdup_printf("%d", site->site);

	for (char **part = command; *part; part++) {
		g_autofree char *a = replace(*part, "{action}", action);
		g_autofree char *b = replace(a, "{site}", number);
		g_ptr_array_add(argv, replace(b, word, with));
	}
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* Runs it; `key` is the command's in the configuration. */
static gboolean run(const struct config_site *site, char **argv, const char *key,
                    const char *action, const char *with, const struct bounds *bounds,
                    GError **error)
{
	g_autofree char *words = NULL;

	switch (child_run(argv, NULL, key, bounds, &words, error)) {
	case CHILD_DONE:
		return TRUE;
	case CHILD_FAILED:
		station_error_set(error, STATION_ERROR_FIXTURE, "site %d: %s %s %s failed: %s",
		                  site->site, key, action, with, words);
		return FALSE;
	case CHILD_STOPPED:
		return FALSE;
	case CHILD_LOST:
		break;
	}
	station_error_set(error, STATION_ERROR_FIXTURE, "site %d: %s: %s", site->site, key, words);
	return FALSE;
}

gboolean loader_run(const struct config_site *site, const char *action, const char *serial,
                    const struct bounds *bounds, GError **error)
{
	g_auto(GStrv) argv = command_line(site, site->loader, action, "{serial}", serial);

	return run(site, argv, "loader", action, serial, bounds, error);
}

gboolean loader_reference(const struct config_site *site, const char *action, int lane,
                          const struct bounds *bounds, GError **error)
{
	g_autofree char *number = lane ? g_strdup_printf("%d", lane) : g_strdup("off");
	g_auto(GStrv) argv = command_line(site, site->reference, action, "{lane}", number);

	return run(site, argv, "reference", action, number, bounds, error);
}
